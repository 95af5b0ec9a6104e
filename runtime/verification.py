"""Everything that can be found wrong with a voice pack, as a report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voicepack.runtime.errors import PackError
from voicepack.runtime.integrity import graph_faults, hash_faults, list_files, size_faults
from voicepack.runtime.pack import VoicePack, read_manifest


@dataclass(frozen=True)
class Verification:
    """What verifying a pack showed."""

    num_files: int
    num_bytes: int
    faults: tuple[str, ...]
    """One sentence each; none where the pack is intact."""
    unlisted: tuple[str, ...]
    """Files in the folder that the manifest does not list. Harmless: nothing reads them."""


def verify(root: Path) -> Verification:
    """Check every file of a pack, and go on where `VoicePack.open` would stop.

    Raises:
        PackError: The manifest itself cannot be used.
    """
    manifest = read_manifest(root)
    files = manifest.files
    faults = size_faults(root, files)
    readable = {path: record for path, record in files.items() if path not in faults}
    faults |= hash_faults(root, readable)
    graphs = [graph for graph in manifest.all_graphs if graph.file in readable]
    faults |= graph_faults(root, graphs, files)
    sentences = [f"{path}: {fault}" for path, fault in faults.items()]
    return Verification(
        num_files=len(files),
        num_bytes=sum(record.size for record in files.values()),
        faults=tuple(sentences or _array_faults(VoicePack(root, manifest))),
        unlisted=tuple(path for path in list_files(root) if path not in files),
    )


def _array_faults(pack: VoicePack) -> list[str]:
    try:
        pack.check_content()
    except PackError as error:
        return [str(error)]
    return []
