"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voicepack.runtime.errors import EdgeError


class OutputError(EdgeError):
    """A place that cannot be written to."""


@contextmanager
def replacing_file(destination: Path) -> Iterator[Path]:
    """Give a temporary file beside `destination` that takes its place when all went well.

    Yields:
        Path of the empty temporary file.

    Raises:
        OutputError: The folder is missing or cannot be written to.
    """
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{destination.name}.", suffix=destination.suffix, dir=destination.parent
        )
    except OSError as error:
        raise OutputError(
            f"{destination}: cannot write there ({error.strerror}). Choose another place."
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())  # mkstemp makes files that only the owner can read
        temporary.replace(destination)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
