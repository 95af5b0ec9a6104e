"""Everything that can be found wrong with a pack, as a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from voicepack.runtime.integrity import Files, graph_faults, hash_faults, list_files, size_faults
from voicepack.runtime.language_graphs import check_language_content
from voicepack.runtime.language_pack import LanguagePack, read_language_manifest
from voicepack.runtime.manifest import GraphEntry
from voicepack.runtime.pack import VoicePack, read_manifest
from voicepack.targets.errors import EdgeError


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
    """Check every file of a voice pack, and go on where `VoicePack.open` would stop.

    Raises:
        PackError: The manifest itself cannot be used.
    """
    manifest = read_manifest(root)
    pack = VoicePack(root, manifest)
    return _verify(root, manifest.files, manifest.all_graphs, pack.check_content)


def verify_language_pack(root: Path) -> Verification:
    """Check every file of a language pack, and go on where `LanguagePack.open` would stop.

    Raises:
        PackError: The manifest itself cannot be used.
    """
    manifest = read_language_manifest(root)
    pack = LanguagePack(root, manifest)
    return _verify(root, manifest.files, manifest.graphs, lambda: check_language_content(pack))


def _verify(
    root: Path, files: Files, graphs: Iterable[GraphEntry], check_content: Callable[[], object]
) -> Verification:
    faults = size_faults(root, files)
    readable = {path: record for path, record in files.items() if path not in faults}
    faults |= hash_faults(root, readable)
    faults |= graph_faults(root, [graph for graph in graphs if graph.file in readable], files)
    sentences = [f"{path}: {fault}" for path, fault in faults.items()]
    return Verification(
        num_files=len(files),
        num_bytes=sum(record.size for record in files.values()),
        faults=tuple(sentences or _content_faults(check_content)),
        unlisted=tuple(path for path in list_files(root) if path not in files),
    )


def _content_faults(check_content: Callable[[], object]) -> list[str]:
    try:
        check_content()
    except EdgeError as error:
        return [str(error)]
    return []
