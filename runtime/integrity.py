"""Compares the files of a voice pack with what its manifest says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from voicepack.runtime.manifest import FileRecord, GraphEntry
from voicepack.runtime.manifest_json import MANIFEST_NAME
from voicepack.runtime.onnx_files import external_files

Files = Mapping[str, FileRecord]
Faults = dict[str, str]
"""Path inside the pack -> what is wrong with that file."""

_BLOCK_BYTES = 1 << 20


def record_file(path: Path) -> FileRecord:
    """Measure and hash a file."""
    digest = hashlib.sha256()
    block = memoryview(bytearray(_BLOCK_BYTES))
    size = 0
    with path.open("rb", buffering=0) as file:
        while num_read := file.readinto(block):
            digest.update(block[:num_read])
            size += num_read
    return FileRecord(digest.hexdigest(), size)


def record_files(root: Path, paths: list[str]) -> dict[str, FileRecord]:
    """Measure and hash several files at once; hashing leaves Python's lock, so threads help."""
    with ThreadPoolExecutor() as pool:
        records = pool.map(record_file, [root / path for path in paths])
        return dict(zip(paths, records, strict=True))


def list_files(root: Path) -> list[str]:
    """Name every file under `root` but the manifest, sorted, as paths of the pack."""
    found = (
        p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_symlink() or not p.is_dir()
    )
    return sorted(path for path in found if path != MANIFEST_NAME)


def size_faults(root: Path, files: Files) -> Faults:
    """Find files that are missing, lie outside the pack, or have another size than recorded."""
    faults = ((path, _size_fault(root, path, record.size)) for path, record in files.items())
    return {path: fault for path, fault in faults if fault}


def hash_faults(root: Path, files: Files) -> Faults:
    """Find files that have another content than recorded. All of them must exist."""
    actual = record_files(root, list(files))
    return {
        path: f"content changed: sha256 is {actual[path].sha256}, expected {record.sha256}"
        for path, record in files.items()
        if actual[path] != record
    }


def graph_faults(root: Path, graphs: Iterable[GraphEntry], files: Files) -> Faults:
    """Find graphs that are none, or read weights from anything but a file of the pack."""
    faults = ((graph.file, _graph_fault(root, graph.file, files)) for graph in graphs)
    return {path: fault for path, fault in faults if fault}


def _graph_fault(root: Path, path: str, files: Files) -> str | None:
    try:
        locations = external_files(root / path)
    except ValueError as error:
        return f"not an ONNX graph ({error})"
    beside = PurePosixPath(path).parent
    outside = sorted(place for place in locations if str(beside / place) not in files)
    return f"reads weights from {outside}, not from files of the pack" if outside else None


def _size_fault(root: Path, path: str, size: int) -> str | None:
    file = root / path
    if not file.exists():
        return "missing"
    if not file.resolve().is_relative_to(root.resolve()):
        return "leads out of the pack through a link"
    if not file.is_file():
        return "not a regular file"
    actual = file.stat().st_size
    return None if actual == size else f"{actual} bytes, expected {size}"
