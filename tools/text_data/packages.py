"""Reads files of downloaded packages without installing them."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path


def read_member(packages: Path, package: str, member: str) -> bytes:
    """Read one file of the only archive of a package, a wheel or a source distribution."""
    found = [path for path in packages.glob(f"{package}-*") if path.suffix in (".whl", ".gz")]
    if len(found) != 1:
        raise SystemExit(f"{packages}: expected one archive of {package}, found {len(found)}")
    if found[0].suffix == ".whl":
        with zipfile.ZipFile(found[0]) as wheel:
            return wheel.read(member)
    with tarfile.open(found[0]) as archive:
        file = archive.extractfile(f"{found[0].name.removesuffix('.tar.gz')}/{member}")
        return file.read() if file else b""
