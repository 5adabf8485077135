"""Whether a dataclass field and a protobuf field can carry each other's values."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as Field

from clearing.benefits.claim import Fund
from clearing.calendar import Instant

_SCALARS: Mapping[type, frozenset[int]] = {
    str: frozenset({Field.TYPE_STRING}),
    bytes: frozenset({Field.TYPE_BYTES}),
    bool: frozenset({Field.TYPE_BOOL}),
    int: frozenset({Field.TYPE_INT32, Field.TYPE_INT64}),
    date: frozenset({Field.TYPE_STRING}),
}


def check_shape(name: str, hint: Any, wire: Any) -> None:
    """Raise ``TypeError`` when the field of ``hint`` cannot travel as ``wire``.

    ``hint`` is a field's type without its ``None``; ``wire`` the descriptor of the protobuf
    field of the same name.
    """
    if not _fits(hint, wire):
        raise TypeError(f"{name}: {hint} does not travel as {wire.full_name}")


def enum_numbers(values: type[StrEnum], wire: Any) -> dict[StrEnum, int]:
    """Return each value's number; raises ``TypeError`` when the two lists differ."""
    prefix = "".join("_" + c if c.isupper() else c for c in wire.name).lstrip("_").upper() + "_"
    numbers = {v.name.removeprefix(prefix).lower(): v.number for v in wire.values if v.number}
    if set(numbers) != {str(value) for value in values}:
        raise TypeError(f"{values.__name__} and {wire.full_name} differ")
    return {value: numbers[str(value)] for value in values}


def _fits(hint: Any, wire: Any) -> bool:
    origin = typing.get_origin(hint)
    if origin is tuple:
        (item, *rest) = typing.get_args(hint)
        plain = dataclasses.is_dataclass(item) or item in (str, int, bool, bytes)
        listed = rest == [...] and wire.is_repeated and not _is_map(wire)
        return plain and listed and _fits_one(item, wire)
    if origin is not None and issubclass(origin, Mapping):
        key, value = typing.get_args(hint)
        return _fits_mapping(key, value, wire)
    return not wire.is_repeated and _fits_one(hint, wire)


def _fits_one(hint: Any, wire: Any) -> bool:
    message = wire.message_type
    if hint is Instant:
        return message is not None and message.full_name == "google.protobuf.Timestamp"
    if dataclasses.is_dataclass(hint):
        return message is not None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return wire.type in (Field.TYPE_ENUM, Field.TYPE_STRING)
    return bool(wire.type in _SCALARS.get(hint, frozenset()))


def _fits_mapping(key: Any, value: Any, wire: Any) -> bool:
    if key is Fund:
        amounts = wire.message_type
        return bool(wire.is_repeated and amounts.full_name == "yidi.common.v1.FundAmount")
    if key is not str or not _is_map(wire):
        return False
    return _fits_one(value, wire.message_type.fields_by_name["value"])


def _is_map(wire: Any) -> bool:
    return wire.message_type is not None and bool(wire.message_type.GetOptions().map_entry)
