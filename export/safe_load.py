"""Files of torch, loaded without running anything that is in them."""

from __future__ import annotations

import hashlib
import io
import pickle
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from voicepack.export.errors import CheckpointError
from voicepack.export.weights import abbreviate

VERSION_HEADERS = {
    b"00": "v1",
    b"01": "v2",
    b"02": "v3",
    b"03": "v3-lora",
    b"04": "v4-lora",
    b"05": "v2Pro",
    b"06": "v2ProPlus",
}
"""Upstream writes these over the first two bytes of the zip archive, which then no reader opens."""

ZIP_HEADER = b"PK"
_ZIP_HEADER_REST = b"\x03\x04"

_PICKLE_HEADER = b"\x80\x02"
"""First bytes of the files that torch wrote before 1.6, which are no zip archives."""

_DAMAGE = (
    RuntimeError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What torch raises on a damaged file, depending on where the damage is."""


@dataclass(frozen=True)
class LoadedFile:
    """A file of torch: what it holds, and what was seen on the way."""

    content: object
    """Tensors on the CPU, plain values, containers and `HParams`, whose types are unchecked."""
    header: bytes
    """First two bytes of the file."""
    sha256: str


class HParams:
    """Stands in for upstream's class `utils.HParams`, and keeps its attributes as data.

    The slot leaves no instance dictionary, so a file cannot plant a method on the object.
    """

    __slots__ = ("attributes",)

    attributes: dict[str, Any]

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Take the attributes that the file gives the object."""
        self.attributes = dict(state)


def load_safely(path: Path) -> LoadedFile:
    """Load a file that `torch.save` wrote, with or without a version header of upstream.

    Only tensors, plain values, containers and upstream's config class are let through. The header
    is mended in memory; the file is not changed.

    Raises:
        CheckpointError: No such file, not a file of torch, damaged, or naming anything that could
            run.
    """
    if not path.is_file():
        raise CheckpointError(f"{path}: no such file. Give the path of a .ckpt or .pth file.")
    file = io.BytesIO(path.read_bytes())
    with file.getbuffer() as view:
        sha256 = hashlib.sha256(view).hexdigest()
        header = bytes(view[:2])
        if header in VERSION_HEADERS:
            view[:2] = ZIP_HEADER
    with torch.serialization.safe_globals([(HParams, "utils.HParams")]):
        return LoadedFile(_load(path, file), header, sha256)


def _load(path: Path, file: io.BytesIO) -> object:
    try:
        _refuse_other_files(path, file)
        if file.getvalue()[:2] == ZIP_HEADER:
            _refuse_other_archives(path, file)
        return torch.load(file, map_location="cpu", weights_only=True)
    except zipfile.BadZipFile as error:
        raise _damaged(path, "the end of the archive is missing") from error
    except pickle.UnpicklingError as error:
        # The text of this error advises to load the file unsafely, so only the name is taken.
        if named := re.search(r"GLOBAL ([\w.]+\w)", str(error)):
            raise _unsafe(path, [named[1]]) from error
        raise _damaged(path, "its pickle has instructions that no checkpoint needs") from error
    except _DAMAGE as error:
        raise _damaged(path, str(error).partition("\n")[0] or type(error).__name__) from error


def _refuse_other_files(path: Path, file: io.BytesIO) -> None:
    start = file.getvalue()[:4]
    if start[:2] in (ZIP_HEADER, _PICKLE_HEADER):
        return
    if start[2:] == _ZIP_HEADER_REST:
        known = b", ".join(VERSION_HEADERS).decode()
        raise CheckpointError(
            f"{path}: version header {start[:2]!r}, but this voicepack knows {known}. "
            "Upgrade voicepack, or use a checkpoint of an older generation."
        )
    raise CheckpointError(
        f"{path}: not a checkpoint: it begins with {start!r} where a zip archive written by "
        "torch was expected. Give a .ckpt or .pth file."
    )


def _refuse_other_archives(path: Path, file: io.BytesIO) -> None:
    """Refuse a zip archive that torch did not write, or that names anything that could run."""
    archive = zipfile.ZipFile(file)
    names = archive.namelist()
    if not any(name.endswith("/data.pkl") for name in names):
        raise CheckpointError(
            f"{path}: a zip archive, but not a checkpoint: it has no data.pkl among "
            f"{len(names)} files. Give a .ckpt or .pth file."
        )
    # Torch does not compare the checksums, so flipped bits would become weights.
    if broken := archive.testzip():
        raise _damaged(path, f"the checksum of {broken} does not match")
    file.seek(0)
    # Loading would name the first of them only.
    unsafe = sorted(torch.serialization.get_unsafe_globals_in_checkpoint(file))
    file.seek(0)
    if unsafe:
        raise _unsafe(path, unsafe)


def _unsafe(path: Path, names: list[str]) -> CheckpointError:
    return CheckpointError(
        f"{path}: refused, for loading it would run code that the file names: {abbreviate(names)}. "
        "A checkpoint needs tensors and plain values only. Ask whoever made the file, and do not "
        "open it with other tools before."
    )


def _damaged(path: Path, reason: str) -> CheckpointError:
    return CheckpointError(
        f"{path}: cannot be read: {reason} ({path.stat().st_size} bytes). The file is cut short, "
        "damaged, or not what training wrote: copy or download it again."
    )
