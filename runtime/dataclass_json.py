"""Reads parsed JSON into a frozen dataclass, strictly, and names every fault at once."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
Faults = list[str]
"""What is wrong, each with the place where it is, such as "graphs[0].role: ..."."""

_INT64 = 2**63
_SCALARS: dict[type, tuple[str, Callable[[Any], bool]]] = {
    str: ("text", lambda value: isinstance(value, str)),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: ("a whole number", lambda value: _is_number(value) and isinstance(value, int)),
    float: ("a number", lambda value: _is_number(value)),
    type(None): ("null", lambda value: value is None),
}


def read_record(kind: type[Record], value: object, faults: Faults, where: str = "") -> Record:
    """Build a `kind` from a JSON object.

    Args:
        kind: A dataclass of scalars, enums, tuples, string-keyed dicts, unions and dataclasses.
        value: What `json.loads` returned. Unknown fields are ignored.
        faults: Grows by one line for everything that is missing or of the wrong type. Where it
            grows, the result is incomplete and must not be used.
        where: Place of `value` in the document.
    """
    record = _read_dataclass(kind, value, faults, where)
    return record  # type: ignore[no-any-return]


def as_json(value: object) -> object:
    """Turn a dataclass into what `json.dumps` takes; dicts are sorted, so equals look equal."""
    if dataclasses.is_dataclass(value):
        return {f.name: as_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return as_json(value.value)
    if isinstance(value, dict):
        return {key: as_json(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return value


def _read(kind: Any, value: object, faults: Faults, where: str) -> Any:
    origin = get_origin(kind)
    if kind is Any:
        return value
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, value, faults, where)
    if origin is tuple:
        return _read_tuple(get_args(kind)[0], value, faults, where)
    if origin is dict:
        return _read_dict(get_args(kind)[1], value, faults, where)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), value, faults, where)
    if issubclass(kind, Enum):
        return _read_enum(kind, value, faults, where)
    return _read_scalar(kind, value, faults, where)


def _read_dataclass(kind: Any, value: object, faults: Faults, where: str) -> Any:
    if not isinstance(value, dict):
        return _wrong(value, "an object", faults, where)
    hints = get_type_hints(kind)
    before = len(faults)
    read = {}
    for field in dataclasses.fields(kind):
        place = f"{where}.{field.name}" if where else field.name
        if field.name in value:
            read[field.name] = _read(hints[field.name], value[field.name], faults, place)
        elif _is_required(field):
            faults.append(f"{place}: missing")
    return kind(**read) if len(faults) == before else None


def _read_tuple(item: Any, value: object, faults: Faults, where: str) -> Any:
    if not isinstance(value, list):
        return _wrong(value, "a list", faults, where)
    return tuple(_read(item, one, faults, f"{where}[{i}]") for i, one in enumerate(value))


def _read_dict(item: Any, value: object, faults: Faults, where: str) -> Any:
    if not isinstance(value, dict):
        return _wrong(value, "an object", faults, where)
    return {key: _read(item, one, faults, f"{where}[{key!r}]") for key, one in value.items()}


def _read_union(kinds: tuple[Any, ...], value: object, faults: Faults, where: str) -> Any:
    tried: Faults = []
    for kind in kinds:
        found: Faults = []
        result = _read(kind, value, found, where)
        if not found:
            return result
        tried += found
    faults.append("; or ".join(tried))
    return None


def _read_enum(kind: type[Enum], value: object, faults: Faults, where: str) -> Any:
    for member in kind:
        if member.value == value:
            return member
    known = ", ".join(str(member.value) for member in kind)
    return _wrong(value, f"one of {known}", faults, where)


def _read_scalar(kind: type, value: object, faults: Faults, where: str) -> Any:
    expected, fits = _SCALARS[kind]
    if not fits(value):
        return _wrong(value, expected, faults, where)
    return float(value) if kind is float else value  # type: ignore[arg-type]


def _wrong(value: object, expected: str, faults: Faults, where: str) -> None:
    found = repr(value)
    shown = found if len(found) <= 40 else f"{found[:37]}..."
    faults.append(f"{where or 'the document'}: expected {expected}, found {shown}")


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < _INT64)


def _is_required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing
