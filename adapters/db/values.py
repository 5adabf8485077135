"""How a value of a record becomes a value of a column, and back exactly as it was.

What SQL has a column type for is stored as that; dates are ISO text, which sorts as dates do;
mappings, tuples and nested records are JSON text with sorted keys. Whatever is read back has
the declared type: a ``StrEnum`` is that enum again, a tuple is a tuple. A mapping comes back
with its keys in text order, whatever order they were put in.
"""

from __future__ import annotations

import json
import types
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import orjson

from adapters.db.json_values import Convert, JsonPart, is_str_enum, json_part, without_none

_write_any_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
_raw_decode = json.JSONDecoder().raw_decode  # decode itself looks for white space as well

MEMORY = 1_024
"""How many texts of a column are remembered with what they say."""


def _write_json(value: Any) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # an integer of more than 64 bits: the same text, eight times as slow
        return _write_any_json(value)


def _read_json(text: str) -> Any:
    # Not with orjson: an integer of more than 64 bits comes back as a float from it.
    value, end = _raw_decode(text)
    if end != len(text):
        raise ValueError(f"something stands behind the value: {text[end:]!r}")
    return value


class Kind(Enum):
    """The column types in use; each database says what it calls them."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """How one field is stored.

    ``shape`` describes the declared type down to its last part: two declarations with one
    shape can read each other's rows. ``accepts`` is what ``takes`` looks for. ``encode`` and
    ``decode`` are ``None`` where the value is stored as it is; neither is called with
    ``None``.
    """

    kind: Kind
    nullable: bool
    shape: str
    accepts: type
    encode: Convert | None
    decode: Convert | None

    def takes(self, given: type) -> bool:
        """Whether a value of this very type may be stored, as far as that can be seen."""
        if given is types.NoneType:
            return self.nullable
        # A bool is an int and a datetime is a date to Python, but they come back as less.
        return issubclass(given, self.accepts) and (
            given not in (bool, datetime) or given is self.accepts or self.accepts is object
        )


def column_value(declared: Any) -> ColumnValue:
    """Return how a field of this declared type is stored.

    Raises ``TypeError`` for a type that cannot be restored exactly (a float, a set, a union
    of anything but one type and ``None``).
    """
    inner, nullable = without_none(declared)
    suffix = "?" if nullable else ""
    if inner is str:
        return ColumnValue(Kind.TEXT, nullable, "str" + suffix, str, None, None)
    if inner is bool:
        return ColumnValue(Kind.BOOLEAN, nullable, "bool" + suffix, bool, None, bool)
    if inner is int:
        return ColumnValue(Kind.INTEGER, nullable, "int" + suffix, int, None, None)
    if inner is bytes:
        return ColumnValue(Kind.BINARY, nullable, "bytes" + suffix, bytes, None, bytes)
    part = json_part(inner)
    if inner is date or is_str_enum(inner):
        return ColumnValue(
            Kind.TEXT, nullable, part.shape + suffix, inner, part.encode, part.decode
        )
    return ColumnValue(
        Kind.TEXT,
        nullable,
        f"json({part.shape}){suffix}",
        object,
        _writer(part),
        _reader(part),
    )


def _writer(part: JsonPart) -> Convert:
    kind: type | None = None
    if part.shape.endswith("...]"):
        kind, empty = tuple, "[]"
    elif part.shape.startswith("{"):
        kind, empty = dict, "{}"

    def write(value: Any) -> str:
        # Most columns of this kind hold nothing most of the time.
        if not value and type(value) is kind:
            return empty
        return _write_json(part.encode(value))

    return write


def _reader(part: JsonPart) -> Convert:
    def read(text: str) -> Any:
        return part.decode(_read_json(text))

    # The circumstances of visits, spans of enrolment and flags repeat: 0.2 µs instead of 1 to 6.
    return lru_cache(maxsize=MEMORY)(read) if part.shared else read
