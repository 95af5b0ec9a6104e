"""Adds references to a voice pack that exists, and removes them; its graphs stay as they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from voicepack.export.checkpoint import open_sovits
from voicepack.export.errors import CheckpointError
from voicepack.export.reference_encoder import HelperNets, clip_source, encode_references
from voicepack.export.reference_spec import ReferenceSpec, check_names
from voicepack.export.synthesizer import build_synthesizer
from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import Manifest, ReferenceEntry
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import replace_pack, write_prompt


def add_references(
    path: Path, specs: Sequence[ReferenceSpec], sovits: Path, helpers: HelperNets
) -> VoicePack:
    """Add references behind those that a pack has, whatever the precision of its graphs.

    Args:
        path: The pack, which stays as it is until the new one is complete.
        specs: What to add.
        sovits: The checkpoint that the pack was made from, for the reference encoder and the
            quantizer in it are no part of the pack.
        helpers: The HuBERT and the speaker encoder that the pack was made with.

    Raises:
        CheckpointError: A checkpoint or helper is another one than the pack was made with, or
            cannot be used.
        ReferenceClipError: A clip or its text cannot be used.
        TextError: A text cannot be pronounced.
        PackError: The pack is damaged, or has a reference of such a name.
    """
    check_names(specs)
    pack = VoicePack.open(path)
    _refuse_taken_names(pack, specs)
    checkpoint = open_sovits(sovits)
    _require_source(pack, "sovits", checkpoint.sha256)
    net = build_synthesizer(checkpoint)
    encoded = encode_references(specs, checkpoint, net, helpers, pack.lexicon())
    made_with = pack.manifest.provenance.sources
    for role in encoded.nets.keys() & made_with.keys():
        _require_source(pack, role, encoded.nets[role])
    shared = pack.manifest.shared_components
    for role in encoded.shared.keys() & shared.keys():
        _require(pack, role, encoded.shared[role], shared[role])

    def build(folder: Path) -> Manifest:
        _take_files(pack, folder, pack.manifest.files)
        added = tuple(write_prompt(folder, prompt) for prompt in encoded.prompts)
        sources = made_with | encoded.nets | encoded.clips
        manifest = replace(pack.manifest, shared_components=shared | encoded.shared)
        return _with_references(manifest, (*pack.manifest.references, *added), sources)

    return replace_pack(path, build)


def remove_references(path: Path, names: Sequence[str]) -> VoicePack:
    """Remove references from a pack; the first that is left becomes the default.

    A recorded quality check goes with the default reference, which it was made with.

    Raises:
        PackError: The pack is damaged, has no such reference, or would be left with none.
    """
    pack = VoicePack.open(path)
    removed = [_find(pack, name) for name in names]
    left = tuple(entry for entry in pack.manifest.references if entry not in removed)
    if not left:
        raise PackError(
            f"{path}: a voice needs at least one reference, so the last cannot be removed. "
            "Add another first (voicepack reference add)."
        )
    manifest = pack.manifest
    if left[0] != manifest.references[0]:
        manifest = replace(manifest, quality=None)
    sources = {
        role: sha256
        for role, sha256 in manifest.provenance.sources.items()
        if not role.startswith(tuple(clip_source(name) for name in names))
    }

    def build(folder: Path) -> Manifest:
        _take_files(pack, folder, manifest.files.keys() - {entry.file for entry in removed})
        return _with_references(manifest, left, sources)

    return replace_pack(path, build)


def _refuse_taken_names(pack: VoicePack, specs: Sequence[ReferenceSpec]) -> None:
    present = {entry.name.casefold(): entry.name for entry in pack.manifest.references}
    taken = [present[spec.name.casefold()] for spec in specs if spec.name.casefold() in present]
    if taken:
        raise PackError(
            f"{pack.root}: has a reference {', '.join(taken)} already. Choose another name, or "
            "remove that one first (voicepack reference remove)."
        )


def _require_source(pack: VoicePack, role: str, sha256: str) -> None:
    _require(pack, role, sha256, pack.manifest.provenance.sources.get(role))


def _require(pack: VoicePack, role: str, sha256: str, expected: str | None) -> None:
    if expected != sha256:
        raise CheckpointError(
            f"{pack.root} was made with another {role} file: sha256 is {sha256}, expected "
            f"{expected or 'one that the manifest does not tell'}. Give that file, or export the "
            "voice again: a reference only fits the nets it was made for."
        )


def _find(pack: VoicePack, name: str) -> ReferenceEntry:
    for entry in pack.manifest.references:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in pack.manifest.references)
    raise PackError(f"{pack.root}: no reference {name!r} in the pack. Choose one of: {known}.")


def _take_files(pack: VoicePack, folder: Path, files: Iterable[str]) -> None:
    """Bring verified files over without copying, where the file system can link them."""
    for name in files:
        source, target = pack.path(name).resolve(), folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # FAT has no links, nor do some network shares
            shutil.copyfile(source, target)


def _with_references(
    manifest: Manifest, references: tuple[ReferenceEntry, ...], sources: Mapping[str, str]
) -> Manifest:
    provenance = replace(manifest.provenance, sources=dict(sources))
    return replace(manifest, references=references, provenance=provenance)
