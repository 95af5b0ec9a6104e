"""Where language packs are looked for, and which of them fits a voice."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from voicepack.runtime.errors import PackError
from voicepack.runtime.language_manifest import BERT, SUFFIX, LanguageManifest
from voicepack.runtime.language_pack import LanguagePack, read_language_manifest
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.manifest_json import MANIFEST_NAME
from voicepack.runtime.pack import VoicePack

VARIABLE = "VOICEPACK_LANGUAGE_PACKS"
"""Names language packs, or folders that hold some, with the system's path separator between."""


def find_language_pack(
    voice: VoicePack, language: str, given: Sequence[Path] = ()
) -> LanguagePack | None:
    """Find and verify the language pack that a voice uses.

    Args:
        voice: Whose references were made with a certain BERT; another would mislead the voice. One
            whose references were made without takes any.
        language: Code of the language, such as "zh".
        given: Packs that the user names, which are looked at first; then those that the environment
            variable names, then those that lie beside the voice pack.

    Returns:
        The first that fits; None where there is none.

    Raises:
        PackError: A pack cannot be read or is damaged.
    """
    found = fitting_pack(voice, language, given)
    return LanguagePack.open(found.root) if found else None


def fitting_pack(
    voice: VoicePack, language: str, given: Sequence[Path] = ()
) -> LanguagePack | None:
    """Find the same pack and read its manifest only: its files may be damaged.

    Raises:
        PackError: A manifest cannot be read.
    """
    for path in (*given, *_searched(voice.root)):
        manifest = read_language_manifest(path)
        if manifest.language == language and _fits(manifest, voice.manifest):
            return LanguagePack(path, manifest)
    return None


def refuse_unfit(voice: VoicePack, given: Sequence[Path]) -> None:
    """Refuse a language pack that the user names for a voice it does not fit.

    Raises:
        PackError: It is none, or was made from another BERT than the voice's references.
    """
    for path in given:
        found = read_language_manifest(path)
        if not _fits(found, voice.manifest):
            raise PackError(
                f"{path}: made from another BERT ({found.bert.identity[:12]}...) than the one that "
                f"{voice.root} was made with ({voice.manifest.shared_components[BERT][:12]}...). "
                "Give the language pack that the voice was exported with, in any precision, or "
                "export the voice again."
            )


def _fits(found: LanguageManifest, voice: Manifest) -> bool:
    return voice.shared_components.get(BERT, found.bert.identity) == found.bert.identity


def _searched(voice: Path) -> Iterator[Path]:
    for entry in os.environ.get(VARIABLE, "").split(os.pathsep):
        if entry:
            place = Path(entry)
            if not place.is_dir():
                raise PackError(f"{place}: no such folder, but {VARIABLE} names it. Correct it.")
            yield from [place] if (place / MANIFEST_NAME).is_file() else _packs_in(place)
    yield from _packs_in(voice.absolute().parent)


def _packs_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if path.is_dir())
