"""What the voice maker says about a reference: its name, clips, language and text."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicepack.export.errors import ReferenceClipError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Names become file names inside the pack."""

DEFAULT_NAME = "default"
"""Of a reference that is given without a name."""

_NAMED = re.compile(r"([^=/\\:]*)=(.*)", re.DOTALL)
_SPOKEN = re.compile(r"(.+?)(?::([a-z]{2,4}(?:_[a-z]{2,4})?)(?::(.*))?)?", re.DOTALL)
"""Clip, language, text. The first language code between colons ends the clip; a drive does not."""


@dataclass(frozen=True)
class ReferenceSpec:
    """A reference as it is asked for.

    Raises:
        ReferenceClipError: The name is unsafe, no clip is given, or text without a language.
    """

    name: str
    clips: tuple[Path, ...]
    """The first is the one whose words `text` gives; the embedding averages over all."""
    language: str = ""
    text: str = ""
    """Empty for a reference that only lends its sound."""

    def __post_init__(self) -> None:
        if not SAFE_NAME.fullmatch(self.name):
            raise ReferenceClipError(
                f"Reference name {self.name!r}: expected up to 64 letters, digits, - or _ "
                "(it becomes a file name). Rename it."
            )
        if not self.clips:
            raise ReferenceClipError(f"Reference {self.name!r} has no clip. Give at least one.")
        if self.text.strip() and not self.language:
            raise ReferenceClipError(
                f'Reference {self.name!r} has a text but no language. Say which, such as "en".'
            )


def parse_reference(argument: str) -> ReferenceSpec:
    r"""Read a reference from one argument of the command line.

    Args:
        argument: `[NAME=]CLIP[:LANGUAGE[:TEXT]]`, such as `calm=calm.wav:en:All is well: sleep.`
            The text may hold anything, the clip may begin with a drive (`C:\clips\calm.wav`). A
            path with `=` in its first part is written `./a=b.wav`.

    Raises:
        ReferenceClipError: There is no clip, or the name is unsafe.
    """
    named = _NAMED.fullmatch(argument)
    name, rest = named.groups() if named else (DEFAULT_NAME, argument)
    found = _SPOKEN.fullmatch(rest)
    if found is None:
        raise ReferenceClipError(
            f"Reference {argument!r} has no clip. Write [NAME=]CLIP[:LANGUAGE[:TEXT]], such as "
            "calm=calm.wav:en:All is well."
        )
    clip, language, text = found.groups(default="")
    return ReferenceSpec(name, (Path(clip),), language, text)


def check_names(specs: Sequence[ReferenceSpec]) -> None:
    """Refuse references that would share a file, also where case does not count.

    Raises:
        ReferenceClipError: Two references have the same name.
    """
    counts = Counter(spec.name.casefold() for spec in specs)
    repeated = sorted(name for name, count in counts.items() if count > 1)
    if repeated:
        raise ReferenceClipError(
            f"Reference names used more than once: {', '.join(repeated)}. "
            "Rename all but one of each; upper and lower case count as the same."
        )


def read_references(path: Path) -> tuple[ReferenceSpec, ...]:
    """Read the references of a voice from a TOML file.

    Every `[[reference]]` has `name`, `clip` or `clips`, and as a rule `language` and `text`.
    Paths count from the folder of the file.

    Raises:
        ReferenceClipError: The file is missing, is not such a file, or a reference is wrong.
    """
    entries = _parse(path).get("reference")
    if not isinstance(entries, list) or not entries:
        raise ReferenceClipError(
            f"{path}: no references. Expected a [[reference]] table for each, with name, clip, "
            "language and text."
        )
    specs = tuple(_spec(path, number, entry) for number, entry in enumerate(entries, start=1))
    check_names(specs)
    return specs


def _parse(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ReferenceClipError(f"{path}: no such list of references. Check the path.")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ReferenceClipError(f"{path}: not TOML ({error}). Mend that line.") from error


def _spec(path: Path, number: int, entry: Any) -> ReferenceSpec:
    where = f"{path}, reference {number}"
    if not isinstance(entry, dict):
        raise ReferenceClipError(f"{where}: expected a [[reference]] table, found {entry!r}.")
    unknown = sorted(entry.keys() - {"name", "clip", "clips", "language", "text"})
    if unknown:
        raise ReferenceClipError(
            f"{where}: unknown {', '.join(unknown)}. Expected name, clip or clips, language, text."
        )
    if ("clip" in entry) == ("clips" in entry):
        raise ReferenceClipError(f"{where}: give either clip or clips.")
    clips = entry["clips"] if "clips" in entry else [entry["clip"]]
    if not isinstance(clips, list):
        raise ReferenceClipError(f"{where}: clips is {clips!r}, expected a list of paths.")
    return ReferenceSpec(
        name=_text(where, "name", entry.get("name")),
        clips=tuple(path.parent / _text(where, "clip", clip) for clip in clips),
        language=_text(where, "language", entry.get("language", "")),
        text=_text(where, "text", entry.get("text", "")),
    )


def _text(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ReferenceClipError(f"{where}: {key} is {value!r}, expected text in quotes.")
    return value
