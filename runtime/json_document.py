"""JSON that must be exactly what it seems: nothing twice, nothing that other readers refuse."""

from __future__ import annotations

import json
from typing import NoReturn


def read_document(text: str) -> dict[str, object]:
    """Parse a JSON object.

    Raises:
        ValueError: It is no JSON, no object, has a field twice, a number that is not JSON, or text
            that cannot be stored.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
        # A lone surrogate passes as an escape, and breaks whatever prints or stores it later.
        json.dumps(document, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError(str(error)) from error
    if not isinstance(document, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004 the file is wrong, not the caller
    return document


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field occurs twice in one object")
    return fields


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
