"""Remembers measurements in a file, so that a search that was interrupted goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

Values = dict[str, float]
"""What was measured, by name."""


class Measurements:
    """A journal: one JSON line for each measurement, on disk as soon as it is made.

    Args:
        file: The journal. What it holds already is believed: whoever names the file answers for
            its being about the same voice. A line that was cut short is measured again.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = dict(_lines(file)) if file.is_file() else {}

    def __contains__(self, key: str) -> bool:
        """Tell whether a measurement was made."""
        return key in self._known

    def recall(self, key: str, measure: Callable[[], Values]) -> Values:
        """Return a measurement, made now if it was not made before.

        Args:
            key: Says what is measured, completely.
            measure: Measures it.
        """
        if key not in self._known:
            self._known[key] = measure()
            self._append(key)
        return self._known[key]

    def _append(self, key: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as journal:
            # The break before it ends a line that an earlier process could not.
            journal.write("\n" + json.dumps({"key": key, "values": self._known[key]}))


def _lines(file: Path) -> list[tuple[str, Values]]:
    found = []
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue  # empty, or cut short
        found.append((entry["key"], entry["values"]))
    return found
