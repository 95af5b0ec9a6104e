"""Which names a file of a voice pack may have, so that no pack can reach outside its folder."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

MAX_PATH_LENGTH = 255
"""Bytes of UTF-8. Most file systems allow as many for one name; here the whole path has them."""

# Everything that some file system reads as a separator, a drive, a stream or a wildcard.
_UNSAFE_CHARACTERS = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff\\:*?"<>|]')
# Windows opens these as devices, whatever their extension.
_DEVICE_NAME = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def path_fault(path: str) -> str | None:
    """Say why `path` may not name a file of a pack; None where it may.

    A good path is relative, with forward slashes, and means the same file on every system.
    """
    if _UNSAFE_CHARACTERS.search(path):
        return "holds a character that is not allowed in a pack's paths"
    if len(path.encode()) > MAX_PATH_LENGTH:
        return f"is longer than {MAX_PATH_LENGTH} bytes"
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return "must be relative, with single forward slashes and no '.' or '..'"
        if part.endswith((".", " ")) or _DEVICE_NAME.fullmatch(part):
            return f"has the part {part!r}, which not every file system can store"
    return None


def colliding_paths(paths: Iterable[str]) -> list[str]:
    """List the paths that some file system would take for one of the others.

    Case and Unicode composition do not tell files apart everywhere, and a file cannot be a folder.
    """
    paths = list(paths)
    folded = {path: unicodedata.normalize("NFC", path.casefold()) for path in paths}
    times = Counter(folded[path] for path in paths)
    folders = {folder for path in folded.values() for folder in _parents(path)}
    return sorted(p for p in folded if times[folded[p]] > 1 or folded[p] in folders)


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]
