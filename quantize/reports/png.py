"""Images with a palette as PNG, with nothing but zlib."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

ByteArray = npt.NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE_8_BIT = bytes((8, 3, 0, 0, 0))
"""Bit depth, colour type, then the only compression, filter and interlacing without options."""


def to_png(pixels: ByteArray, palette: ByteArray) -> bytes:
    """Encode an image.

    Args:
        pixels: uint8, (height, width), at least 1 x 1: indices into the palette, top row first.
        palette: uint8, (at most 256, 3): red, green, blue.

    Source: W3C, "Portable Network Graphics (PNG) Specification", third edition.
    """
    height, width = pixels.shape
    no_filter = np.zeros((height, 1), np.uint8)  # each row begins with the number of its filter
    rows = np.hstack([no_filter, pixels]).tobytes()
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">II", width, height) + _PALETTE_8_BIT),
            _chunk(b"PLTE", palette.astype(np.uint8).tobytes()),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
