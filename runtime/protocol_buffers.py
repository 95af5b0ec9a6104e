"""Walks over serialized protocol buffers, without their package."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

Data = memoryview | mmap.mmap
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def fields(data: Data, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Walk over one message: number, start and end of each field that holds bytes.

    Args:
        data: Where it lies.
        start: Its first byte.
        end: The byte after its last.

    Raises:
        ValueError: It is none.
    """
    position = start
    while position < end:
        tag, position = _varint(data, position, end)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _VARINT:
            _, position = _varint(data, position, end)
        elif wire_type == _FIXED64:
            position += 8
        elif wire_type == _FIXED32:
            position += 4
        elif wire_type == _BYTES:
            length, position = _varint(data, position, end)
            yield number, position, min(position + length, end)
            position += length
        else:
            raise ValueError(f"wire type {wire_type} at byte {position}")
    if position != end:
        raise ValueError("a field reaches beyond its message")


def _varint(data: Data, position: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= end:
            raise ValueError("a number is cut off")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError("a number of more than ten bytes")
