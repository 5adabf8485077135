"""How a value of a record becomes a value of a column, and back exactly as it was.

What SQL has a column type for is stored as that; dates are ISO text, which sorts as dates do;
mappings, tuples and nested records are JSON text with sorted keys. Whatever is read back has
the declared type: a ``StrEnum`` is that enum again, a tuple is a tuple. A mapping comes back
with its keys in text order, whatever order they were put in.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

Convert = Callable[[Any], Any]


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


@dataclass(frozen=True, slots=True)
class _Json:
    """``exact`` is set where JSON keeps values of just that type as they are."""

    shape: str
    encode: Convert
    decode: Convert
    exact: type | None = None


_write_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
_scan_json = json.JSONDecoder().raw_decode  # what was written here has nothing behind it


def column_value(declared: Any) -> ColumnValue:
    """Return how a field of this declared type is stored.

    Raises ``TypeError`` for a type that cannot be restored exactly (a float, a set, a union
    of anything but one type and ``None``).
    """
    inner, nullable = _without_none(declared)
    suffix = "?" if nullable else ""
    if inner is str:
        return ColumnValue(Kind.TEXT, nullable, "str" + suffix, str, None, None)
    if inner is bool:
        return ColumnValue(Kind.BOOLEAN, nullable, "bool" + suffix, bool, None, bool)
    if inner is int:
        return ColumnValue(Kind.INTEGER, nullable, "int" + suffix, int, None, None)
    if inner is bytes:
        return ColumnValue(Kind.BINARY, nullable, "bytes" + suffix, bytes, None, bytes)
    part = _json_part(inner)
    if inner is date or _is_str_enum(inner):
        return ColumnValue(
            Kind.TEXT, nullable, part.shape + suffix, inner, part.encode, part.decode
        )
    return ColumnValue(
        Kind.TEXT,
        nullable,
        f"json({part.shape}){suffix}",
        object,
        lambda value: _write_json(part.encode(value)),
        lambda text: part.decode(_scan_json(text)[0]),
    )


def _is_str_enum(declared: Any) -> bool:
    return isinstance(declared, type) and issubclass(declared, StrEnum)


def _without_none(declared: Any) -> tuple[Any, bool]:
    """Take a type apart into what it is and whether it may be ``None``."""
    while isinstance(declared, NewType):
        declared = declared.__supertype__
    if get_origin(declared) in (Union, types.UnionType):
        parts = [part for part in get_args(declared) if part is not types.NoneType]
        if len(parts) == 1:
            return _without_none(parts[0])[0], True
        raise TypeError(f"a column of more than one type cannot be kept: {declared}")
    return declared, False


def _json_part(declared: Any) -> _Json:
    """Return how a value inside JSON is written and read."""
    inner, nullable = _without_none(declared)
    if inner is Any:
        return _Json("any", _plain, _frozen)
    part = _scalar_part(inner) or _compound_part(inner)
    if not nullable:
        return part
    encode, decode = part.encode, part.decode
    return _Json(
        part.shape + "?",
        lambda value: None if value is None else encode(value),
        lambda value: None if value is None else decode(value),
    )


def _scalar_part(declared: Any) -> _Json | None:
    if declared is str or declared is int or declared is bool:
        return _Json(declared.__name__, _exactly(declared), _same, declared)
    if declared is date:
        return _Json("date", date.isoformat, date.fromisoformat)
    if declared is bytes:
        return _Json("bytes", bytes.hex, bytes.fromhex)
    if _is_str_enum(declared):
        members = {member.value: member for member in declared}
        return _Json(f"enum {declared.__name__}", str.__str__, members.__getitem__)
    return None


def _compound_part(declared: Any) -> _Json:
    origin, arguments = get_origin(declared), get_args(declared)
    if dataclasses.is_dataclass(declared) and isinstance(declared, type):
        return _record_part(declared)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_part(*arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _tuple_part(_json_part(arguments[0]))
    if origin is tuple and arguments:
        return _fixed_tuple_part(tuple(_json_part(argument) for argument in arguments))
    raise TypeError(f"a value of this type cannot be kept: {declared}")


def _tuple_part(item: _Json) -> _Json:
    shape, kept = f"[{item.shape}...]", _types_kept(item.exact)

    def encode(values: tuple[Any, ...]) -> Sequence[Any]:
        if kept.issuperset(map(type, values)):
            return values
        return [item.encode(value) for value in values]

    if item.exact is not None:
        return _Json(shape, encode, tuple)
    return _Json(shape, encode, lambda values: tuple([item.decode(value) for value in values]))


def _types_kept(*exact: type | None) -> set[type]:
    return {each for each in exact if each is not None}


def _fixed_tuple_part(items: tuple[_Json, ...]) -> _Json:
    def encode(values: tuple[Any, ...]) -> list[Any]:
        return [item.encode(value) for item, value in zip(items, values, strict=True)]

    def decode(values: list[Any]) -> tuple[Any, ...]:
        return tuple(item.decode(value) for item, value in zip(items, values, strict=True))

    return _Json(f"[{','.join(item.shape for item in items)}]", encode, decode)


def _mapping_part(key: Any, value: Any) -> _Json:
    inner = _without_none(key)[0]
    name, item = _scalar_part(inner), _json_part(value)
    if name is None or name.shape == "bool":
        raise TypeError(f"a mapping with keys of this type cannot be kept: {key}")
    write_key, read_key = (str, int) if name.shape == "int" else (name.encode, name.decode)
    keys_kept = _types_kept(inner if issubclass(inner, str) else None)
    values_kept = _types_kept(item.exact)

    def encode(mapping: Mapping[Any, Any]) -> dict[str, Any]:
        if keys_kept.issuperset(map(type, mapping)) and values_kept.issuperset(
            map(type, mapping.values())
        ):
            return dict(mapping)
        return {write_key(key): item.encode(value) for key, value in mapping.items()}

    def decode(mapping: dict[str, Any]) -> dict[Any, Any]:
        return {read_key(key): item.decode(value) for key, value in mapping.items()}

    return _Json(f"{{{name.shape}:{item.shape}}}", encode, decode)


def _record_part(record: type) -> _Json:
    hints = get_type_hints(record)
    parts = [
        (field.name, _json_part(hints[field.name]))
        for field in dataclasses.fields(record)
        if field.init
    ]

    def encode(value: Any) -> dict[str, Any]:
        return {name: part.encode(getattr(value, name)) for name, part in parts}

    def decode(fields: dict[str, Any]) -> Any:
        return record(**{name: part.decode(fields[name]) for name, part in parts})

    fields = ",".join(f"{name}:{part.shape}" for name, part in parts)
    return _Json(f"{record.__name__}({fields})", encode, decode)


def _same(value: Any) -> Any:
    return value


def _exactly(declared: type) -> Convert:
    """Return a check: JSON would write another type too, and read it back as that."""

    def check(value: Any) -> Any:
        if type(value) is declared:
            return value
        if declared is str and isinstance(value, str):
            return str.__str__(value)
        raise TypeError(f"{declared.__name__} is declared, not {value!r}")

    return check


def _plain(value: Any) -> Any:
    """Write what is declared as anything: only what JSON gives back unchanged."""
    if isinstance(value, StrEnum):
        return str.__str__(value)
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str.__str__(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"a value of this type cannot be kept: {value!r}")


def _frozen(value: Any) -> Any:
    """Read what is declared as anything: its sequences are tuples again."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return value
