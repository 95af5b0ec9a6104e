"""A voice pack as one file for transport: a zip archive, and the safe way back."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from voicepack.runtime.atomic_paths import new_file, new_folder
from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.manifest_json import MANIFEST_NAME, MAX_FILES, MAX_MANIFEST_BYTES
from voicepack.runtime.pack import VoicePack, decode_manifest

_PACK_SUFFIX = ".voicepack"
_ZIP_SUFFIX = ".zip"
_MAX_RATIO = 100
"""Weights hardly compress; an archive that grows a hundred times is an attack."""
_BLOCK_BYTES = 1 << 20
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
_DAMAGED = (OSError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


def zip_path(pack: Path) -> Path:
    """Name the archive of a pack: voices/my.voicepack -> voices/my.voicepack.zip."""
    path = pack.absolute()
    return path.with_name(path.name.removesuffix(_PACK_SUFFIX) + _PACK_SUFFIX + _ZIP_SUFFIX)


def unpacked_path(archive: Path) -> Path:
    """Name the pack of an archive: voices/my.voicepack.zip -> voices/my.voicepack."""
    stem = archive.name.removesuffix(_ZIP_SUFFIX).removesuffix(_PACK_SUFFIX)
    return archive.with_name(stem + _PACK_SUFFIX)


def pack_to_zip(pack: VoicePack, destination: Path) -> None:
    """Write a pack into an archive; equal packs give equal bytes.

    Nothing is compressed, for weights hardly get smaller and devices would pay for it.

    Raises:
        PackError: `destination` exists.
    """
    with (
        new_file(destination) as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive,
    ):
        # The manifest comes first, so that a reader knows early what it will get.
        for path in (MANIFEST_NAME, *sorted(pack.manifest.files)):
            # Named by a ZipInfo, the entry is dated 1980 and not now.
            info = zipfile.ZipInfo(path)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            with (
                (pack.root / path).open("rb") as source,
                archive.open(info, "w", force_zip64=True) as target,
            ):
                shutil.copyfileobj(source, target, _BLOCK_BYTES)


def unpack_zip(archive_path: Path, destination: Path) -> VoicePack:
    """Unpack an archive into a new folder, which appears only once the pack in it is verified.

    Files are written under the names that the verified manifest lists, with no more bytes than it
    says; what else an archive could hold is refused.

    Raises:
        PackError: `destination` exists, or the archive is damaged, unsafe, or holds no intact pack.
    """
    with _opened(archive_path) as archive, new_folder(destination) as folder:
        manifest = _read_manifest(archive, archive_path)
        _refuse_unsafe(archive, manifest, archive_path)
        _refuse_too_large(manifest, archive_path, folder)
        _extract(archive, manifest, archive_path, folder)
        VoicePack.open(folder).check_content()
    return VoicePack(destination, manifest)


def read_zip_manifest(archive_path: Path) -> Manifest:
    """Read the manifest of an archive without unpacking it.

    Raises:
        PackError: It is not an archive of a voice pack.
    """
    with _opened(archive_path) as archive:
        return _read_manifest(archive, archive_path)


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Translate what `zipfile` raises on damaged archives; only reading belongs in the block."""
    try:
        yield
    except _DAMAGED as error:
        raise PackError(
            f"{source}: not an intact zip archive ({error}). Get the archive again."
        ) from error


def _opened(source: Path) -> zipfile.ZipFile:
    with _reading(source):
        return zipfile.ZipFile(source)


def _read_manifest(archive: zipfile.ZipFile, source: Path) -> Manifest:
    names = archive.namelist()
    if names.count(MANIFEST_NAME) != 1 or len(names) > 2 * MAX_FILES:
        raise PackError(
            f"{source}: not a packed voice pack: expected one {MANIFEST_NAME} at its top and at "
            f"most {MAX_FILES} files. Make it with `voicepack pack`."
        )
    info = archive.getinfo(MANIFEST_NAME)
    _refuse_unreadable([info], source)
    with _reading(source), archive.open(info) as stream:
        data = stream.read(MAX_MANIFEST_BYTES + 1)
    return decode_manifest(data, str(source))


def _refuse_unsafe(archive: zipfile.ZipFile, manifest: Manifest, source: Path) -> None:
    """Allow one plain entry for each file of the manifest, of its size, and folders."""
    entries = [info for info in archive.infolist() if not info.is_dir()]
    _refuse_unreadable(entries, source)
    found = sorted(info.filename for info in entries)
    expected = sorted([MANIFEST_NAME, *manifest.files])
    if found != expected:
        extra = [name for name in found if name not in expected or found.count(name) > 1]
        missing = [name for name in expected if name not in found]
        raise PackError(
            f"{source}: its entries are not those of its manifest "
            f"(too many: {extra[:5]}, missing: {missing[:5]}). Get the archive again."
        )
    for path, record in manifest.files.items():
        if archive.getinfo(path).file_size != record.size:
            raise PackError(
                f"{source}: {path} has {archive.getinfo(path).file_size} bytes, "
                f"but the manifest says {record.size}. Get the archive again."
            )


def _refuse_unreadable(entries: list[zipfile.ZipInfo], source: Path) -> None:
    for info in entries:
        kind = stat.S_IFMT(info.external_attr >> 16)
        plain = kind in (0, stat.S_IFREG) and not info.flag_bits & _ENCRYPTED
        if not plain or info.compress_type not in _READABLE:
            raise PackError(
                f"{source}: {info.filename!r} is a link, encrypted, or compressed in an unknown "
                "way. Make the archive with `voicepack pack`."
            )


def _refuse_too_large(manifest: Manifest, source: Path, folder: Path) -> None:
    total = sum(record.size for record in manifest.files.values())
    size, free = source.stat().st_size, shutil.disk_usage(folder).free
    if total > _MAX_RATIO * size:
        raise PackError(
            f"{source}: {size} bytes that claim to become {total}, more than {_MAX_RATIO} times "
            "as many. This is no voice pack; do not trust where it came from."
        )
    if total > free:
        raise PackError(f"{folder.parent}: {total} bytes needed, {free} free. Make room first.")


def _extract(archive: zipfile.ZipFile, manifest: Manifest, source: Path, folder: Path) -> None:
    sizes = {path: record.size for path, record in manifest.files.items()}
    sizes[MANIFEST_NAME] = MAX_MANIFEST_BYTES
    for path, size in sizes.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with _reading(source):
            stream = archive.open(path)
        with stream, target.open("xb") as file:
            file.writelines(_blocks(stream, size, source))


def _blocks(stream: IO[bytes], size: int, source: Path) -> Iterator[bytes]:
    """Read at most `size` bytes, whatever the archive holds."""
    while size > 0:
        with _reading(source):
            block = stream.read(min(size, _BLOCK_BYTES))
        if not block:
            return
        yield block
        size -= len(block)
