"""The characters and readings that a g2pW graph knows, as a language pack holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from voicepack.runtime.dataclass_json import Faults, as_json, read_record
from voicepack.runtime.errors import PackError
from voicepack.runtime.json_document import read_document
from voicepack.runtime.phones import FloatArray


@dataclass(frozen=True)
class G2pwTables:
    """What the numbers of the graph stand for. Characters are traditional, as in Taiwan."""

    readings: tuple[str, ...]
    """Pinyin with the tone as the last digit and v for ü; empty where a reading has no pinyin."""
    characters: tuple[str, ...]
    """Those that the graph tells apart by their context."""
    choices: tuple[tuple[int, ...], ...]
    """For each character the readings it may have, as places in `readings`; none allows all."""
    unasked: tuple[str, ...]
    """Characters that the graph knows, but that are better read without it."""
    fixed: dict[str, str]
    """Characters with a single reading."""

    @cached_property
    def places(self) -> dict[str, int]:
        """Characters that are asked about -> place in `characters`."""
        asked = {character: place for place, character in enumerate(self.characters)}
        return {each: place for each, place in asked.items() if each not in self.unasked}

    def mask(self, place: int) -> FloatArray:
        """Mark the readings a character may have: float32, (readings,), ones and zeros."""
        allowed = self.choices[place]
        mask = np.zeros(len(self.readings), np.float32)
        mask[list(allowed) if allowed else slice(None)] = 1
        return mask


def dump_tables(tables: G2pwTables) -> str:
    """Write the tables as JSON."""
    return json.dumps(as_json(tables), ensure_ascii=False, indent=1) + "\n"


def read_tables(text: str, source: str) -> G2pwTables:
    """Read what `dump_tables` wrote.

    Args:
        text: JSON.
        source: Where it comes from, for the message.

    Raises:
        PackError: It is something else, or its parts do not fit together.
    """
    faults: Faults = []
    try:
        tables = read_record(G2pwTables, read_document(text), faults)
    except ValueError as error:
        raise PackError(f"{source}: not the tables of g2pW ({error}).") from error
    if not faults:
        faults += _faults(tables)
    if faults:
        raise PackError(
            f"{source}: not the tables of g2pW: {'; '.join(faults)}. Make the language pack again "
            "with `voicepack export-language`."
        )
    return tables


def _faults(tables: G2pwTables) -> Iterator[str]:
    if not tables.readings or not tables.characters:
        yield "no readings or no characters"
    if len(tables.choices) != len(tables.characters):
        yield f"{len(tables.choices)} choices for {len(tables.characters)} characters"
    largest = max((place for choice in tables.choices for place in choice), default=0)
    smallest = min((place for choice in tables.choices for place in choice), default=0)
    if smallest < 0 or largest >= len(tables.readings):
        yield f"choices from {smallest} to {largest} among {len(tables.readings)} readings"
