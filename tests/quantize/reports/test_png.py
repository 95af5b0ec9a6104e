from __future__ import annotations

import struct
import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicepack.quantize.reports.png import to_png

PALETTE = (np.arange(256 * 3).reshape(256, 3) % 251).astype(np.uint8)


def chunks(png: bytes) -> dict[bytes, bytes]:
    """Take a PNG apart as its specification says, and verify every checksum."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, at + 8 + length)
        assert zlib.crc32(kind + content) == checksum
        found[kind] = content
        at += length + 12
    return found


def test_the_header_says_size_and_palette() -> None:
    parts = chunks(to_png(np.zeros((2, 3), np.uint8), PALETTE))
    assert list(parts) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert parts[b"IHDR"] == struct.pack(">IIBBBBB", 3, 2, 8, 3, 0, 0, 0)
    assert parts[b"PLTE"] == PALETTE.tobytes()


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_every_row_is_found_again_behind_its_filter(height: int, width: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    data = zlib.decompress(chunks(to_png(pixels, PALETTE))[b"IDAT"])
    rows = [data[at : at + width + 1] for at in range(0, len(data), width + 1)]
    assert rows == [b"\0" + row.tobytes() for row in pixels]
