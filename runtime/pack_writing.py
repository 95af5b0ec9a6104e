"""Writes voice packs: built beside their destination, verified, then renamed into place."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from voicepack.runtime.atomic_paths import new_folder, replaced_folder
from voicepack.runtime.errors import PackError
from voicepack.runtime.integrity import list_files, record_files
from voicepack.runtime.manifest import Manifest, ReferenceEntry
from voicepack.runtime.manifest_json import MANIFEST_NAME, dump
from voicepack.runtime.pack import VoicePack, read_manifest
from voicepack.runtime.pack_paths import path_fault
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.prompt_file import save_prompt

Build = Callable[[Path], Manifest]
"""Writes all files of a pack into an empty folder, and returns the manifest without `files`."""


def write_pack(destination: Path, build: Build) -> VoicePack:
    """Write a new voice pack.

    Args:
        destination: The folder to be; it must not exist, its parent must.
        build: Fills the pack. Whatever it raises passes through, and leaves nothing behind.

    Raises:
        PackError: `destination` exists, or what `build` made is not a pack that opens.
    """
    return _write(new_folder(destination), destination, build)


def replace_pack(destination: Path, build: Build) -> VoicePack:
    """Write a voice pack, if need be in the place of another, which stays until it is complete.

    Raises:
        PackError: As `write_pack`, or `destination` is not a voice pack, or it holds files that its
            manifest does not list: nothing but a pack is ever deleted.
    """
    if not os.path.lexists(destination):
        return write_pack(destination, build)
    _refuse_foreign(destination)
    return _write(replaced_folder(destination), destination, build)


def write_prompt(folder: Path, prompt: Prompt) -> ReferenceEntry:
    """Write a reference into a pack that is being built.

    Args:
        folder: What `build` was given.
        prompt: The reference; its name becomes a file name.

    Returns:
        The entry for the manifest.

    Raises:
        PackError: The name cannot be a file name, exists already, or the arrays are not in order.
    """
    file = f"references/{prompt.name}.npz"
    fault = "holds a '/'" if "/" in prompt.name else path_fault(prompt.name) or path_fault(file)
    if fault or (folder / file).exists():
        raise PackError(
            f"The reference name {prompt.name!r} {fault or 'is taken'}. Choose another name."
        )
    (folder / "references").mkdir(exist_ok=True)
    save_prompt(folder / file, prompt)
    return ReferenceEntry(prompt.name, prompt.language, prompt.text, file)


def _write(folder_for: AbstractContextManager[Path], destination: Path, build: Build) -> VoicePack:
    with folder_for as folder:
        manifest = build(folder)
        manifest = replace(manifest, files=record_files(folder, list_files(folder)))
        (folder / MANIFEST_NAME).write_text(dump(manifest), encoding="utf-8", newline="\n")
        VoicePack.open_without_hashing(folder).check_content()
    return VoicePack(destination, manifest)


def _refuse_foreign(destination: Path) -> None:
    try:
        listed = read_manifest(destination).files
    except PackError as error:
        raise PackError(f"Not replaced, for it is no intact voice pack. {error}") from error
    foreign = [path for path in list_files(destination) if path not in listed]
    if destination.is_symlink() or foreign:
        found = "it is a link" if destination.is_symlink() else f"it also holds {foreign[0]!r}"
        raise PackError(f"{destination}: not replaced, for {found}. Choose another path.")
