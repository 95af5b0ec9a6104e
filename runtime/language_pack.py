"""A language pack on disk: what all voices share that speak a language, in one verified folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from voicepack.runtime import integrity
from voicepack.runtime.atomic_paths import new_folder, replaced_folder
from voicepack.runtime.errors import PackError
from voicepack.runtime.json_document import read_document
from voicepack.runtime.language_manifest import KIND, LanguageManifest, dump, parse
from voicepack.runtime.manifest_json import MANIFEST_NAME, MAX_MANIFEST_BYTES

Build = Callable[[Path], LanguageManifest]
"""Writes all files of a pack into an empty folder, and returns the manifest without `files`."""


@dataclass(frozen=True)
class LanguagePack:
    """A language pack whose files were found in order."""

    root: Path
    """The folder."""
    manifest: LanguageManifest

    @staticmethod
    def open(path: Path) -> LanguagePack:
        """Open a language pack and verify all of it.

        Raises:
            PackError: It is none, is meant for a newer runtime, is damaged, or would lead out of
                its folder. All faults of the files are named.
        """
        manifest = read_language_manifest(path)
        faults = (
            integrity.size_faults(path, manifest.files)
            or integrity.hash_faults(path, manifest.files)
            or integrity.graph_faults(path, manifest.graphs, manifest.files)
        )
        if faults:
            listed = "\n  ".join(f"{name}: {fault}" for name, fault in faults.items())
            raise PackError(
                f"{path}: the language pack is damaged, get it again or make it again with "
                f"`voicepack export-language`:\n  {listed}"
            )
        return LanguagePack(path, manifest)

    def path(self, name: str) -> Path:
        """Turn the path of a file that the manifest lists into one that can be opened."""
        return self.root / name

    def text(self, name: str) -> str:
        """Read a file of text.

        Raises:
            PackError: It is not UTF-8.
        """
        try:
            return self.path(name).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise PackError(
                f"{self.path(name)}: not UTF-8 text. Make the language pack again with "
                "`voicepack export-language`."
            ) from error


def is_language_pack(root: Path) -> bool:
    """Tell whether a folder says of itself that it is a language pack, in whatever state."""
    file = root / MANIFEST_NAME
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        data = stream.read(MAX_MANIFEST_BYTES + 1)
    try:
        return read_document(data.decode()).get("kind") == KIND
    except ValueError:
        return False


def read_language_manifest(root: Path) -> LanguageManifest:
    """Read the manifest of the language pack in the folder `root`, and nothing else of it.

    Raises:
        PackError: There is none, or it is not one that this runtime can use.
    """
    file = root / MANIFEST_NAME
    if not file.is_file():
        raise PackError(
            f"{root}: not a language pack: it has no {MANIFEST_NAME}. Give the folder that "
            "`voicepack export-language` wrote."
        )
    with file.open("rb") as stream:
        data = stream.read(MAX_MANIFEST_BYTES + 1)
    try:
        return parse(data.decode(), str(root))
    except UnicodeDecodeError as error:
        raise PackError(f"{root}: the manifest is not UTF-8. Get the pack again.") from error


def write_language_pack(destination: Path, build: Build) -> LanguagePack:
    """Write a new language pack; it appears complete or not at all.

    Args:
        destination: The folder to be; it must not exist, its parent must.
        build: Fills the pack. Whatever it raises passes through, and leaves nothing behind.

    Raises:
        PackError: `destination` exists, or what `build` made is not a pack that opens.
    """
    with new_folder(destination) as folder:
        manifest = _fill(folder, build)
    return LanguagePack(destination, manifest)


def replace_language_pack(destination: Path, build: Build) -> LanguagePack:
    """Write a language pack, if need be in the place of another, which stays until it is complete.

    Raises:
        PackError: As `write_language_pack`, or `destination` is no language pack, or holds files
            that its manifest does not list: nothing else is ever deleted.
    """
    if not os.path.lexists(destination):
        return write_language_pack(destination, build)
    listed = read_language_manifest(destination).files
    foreign = [path for path in integrity.list_files(destination) if path not in listed]
    if destination.is_symlink() or foreign:
        found = f"it also holds {foreign[0]!r}" if foreign else "it is a link"
        raise PackError(f"{destination}: not replaced, for {found}. Choose another path.")
    with replaced_folder(destination) as folder:
        manifest = _fill(folder, build)
    return LanguagePack(destination, manifest)


def _fill(folder: Path, build: Build) -> LanguageManifest:
    manifest = build(folder)
    files = integrity.record_files(folder, integrity.list_files(folder))
    manifest = replace(manifest, files=files)
    (folder / MANIFEST_NAME).write_text(dump(manifest), encoding="utf-8", newline="\n")
    LanguagePack.open(folder)
    return manifest
