"""A folder, or a file, that appears complete or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voicepack.runtime.errors import PackError


@contextmanager
def new_folder(destination: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `destination` when the block ends well.

    It lies beside `destination`, hence on the same file system, and is gone when the block fails. A
    killed process leaves a hidden `.NAME.XXXX.partial`, which may be deleted.

    Raises:
        PackError: `destination` exists, or its parent folder does not.
    """
    _refuse_existing(destination)
    with _partial(destination) as folder:
        yield folder
        _flush_all(folder)
        _refuse_existing(destination)
        folder.rename(destination)
        _flush(destination.parent)


@contextmanager
def replaced_folder(destination: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `destination` when the block ends well.

    Until then `destination` stays as it is. The caller answers for its content, which is deleted.
    """
    with _partial(destination) as folder:
        yield folder
        _flush_all(folder)
        old = _hidden(destination, "old")
        try:
            destination.rename(old)
            folder.rename(destination)
        except BaseException:  # Ctrl-C between the two as well
            if old.exists() and not destination.exists():
                old.rename(destination)
            raise
        _flush(destination.parent)
        shutil.rmtree(old)


@contextmanager
def new_file(destination: Path) -> Iterator[Path]:
    """Yield the path of a file to write, which becomes `destination` when the block ends well.

    Raises:
        PackError: `destination` exists, or its folder does not.
    """
    _refuse_existing(destination)
    with _partial(destination) as folder:
        file = folder / destination.name
        yield file
        _flush(file)
        _refuse_existing(destination)
        file.rename(destination)
        _flush(destination.parent)


@contextmanager
def replaced_file(destination: Path) -> Iterator[Path]:
    """Yield the path of a file to write, which takes the place of `destination` when all went well.

    Raises:
        PackError: The folder of `destination` does not exist.
    """
    with _partial(destination) as folder:
        file = folder / destination.name
        yield file
        _flush(file)
        file.replace(destination)
        _flush(destination.parent)


@contextmanager
def _partial(destination: Path) -> Iterator[Path]:
    if not destination.absolute().parent.is_dir():
        raise PackError(f"{destination}: its folder does not exist. Create it first.")
    # Not tempfile.mkdtemp, whose folders only their owner may read, the finished pack included.
    folder = _hidden(destination, "partial")
    folder.mkdir()
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder)


def _hidden(destination: Path, ending: str) -> Path:
    return destination.with_name(f".{destination.name}.{secrets.token_hex(4)}.{ending}")


def _refuse_existing(destination: Path) -> None:
    if os.path.lexists(destination):
        raise PackError(f"{destination}: exists already. Choose another path, or remove it first.")


def _flush_all(folder: Path) -> None:
    """Bring everything below `folder` to the disk, so that power may fail after the rename."""
    for path in (*folder.rglob("*"), folder):
        _flush(path)


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open a folder.
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
