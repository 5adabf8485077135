"""How a value inside JSON text is written, and read back with its declared type.

``JsonPart`` is built once for each declared type; writing and reading only follow it. What
would not come back as it was is refused when it is written.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class JsonPart:
    """Writes and reads values of one declared type, which ``shape`` describes.

    ``exact`` is set where JSON keeps values of just that type as they are. ``shared`` says that
    nobody can change what ``decode`` returns, so that it may be given to many.
    """

    shape: str
    encode: Convert
    decode: Convert
    exact: type | None = None
    shared: bool = False


def is_str_enum(declared: Any) -> bool:
    return isinstance(declared, type) and issubclass(declared, StrEnum)


def without_none(declared: Any) -> tuple[Any, bool]:
    """Take a type apart into what it is and whether it may be ``None``."""
    while isinstance(declared, NewType):
        declared = declared.__supertype__
    if get_origin(declared) in (Union, types.UnionType):
        parts = [part for part in get_args(declared) if part is not types.NoneType]
        if len(parts) == 1:
            return without_none(parts[0])[0], True
        raise TypeError(f"a column of more than one type cannot be kept: {declared}")
    return declared, False


def json_part(declared: Any) -> JsonPart:
    """Return how a value of this declared type is written and read.

    Raises ``TypeError`` for a type that JSON would not give back exactly.
    """
    inner, nullable = without_none(declared)
    if inner is Any:
        return JsonPart("any", _plain, _frozen)
    part = _scalar_part(inner) or _compound_part(inner)
    if not nullable:
        return part
    encode, decode = part.encode, part.decode
    return JsonPart(
        part.shape + "?",
        lambda value: None if value is None else encode(value),
        lambda value: None if value is None else decode(value),
        shared=part.shared,
    )


def _scalar_part(declared: Any) -> JsonPart | None:
    if declared is str or declared is int or declared is bool:
        return JsonPart(declared.__name__, _exactly(declared), _same, declared, shared=True)
    if declared is date:
        return JsonPart("date", date.isoformat, date.fromisoformat, shared=True)
    if declared is bytes:
        return JsonPart("bytes", bytes.hex, bytes.fromhex, shared=True)
    if is_str_enum(declared):
        members = {member.value: member for member in declared}
        name = f"enum {declared.__name__}"
        return JsonPart(name, str.__str__, members.__getitem__, shared=True)
    return None


def _compound_part(declared: Any) -> JsonPart:
    origin, arguments = get_origin(declared), get_args(declared)
    if dataclasses.is_dataclass(declared) and isinstance(declared, type):
        return _record_part(declared)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_part(*arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _tuple_part(json_part(arguments[0]))
    if origin is tuple and arguments:
        return _fixed_tuple_part(tuple(json_part(argument) for argument in arguments))
    raise TypeError(f"a value of this type cannot be kept: {declared}")


def _tuple_part(item: JsonPart) -> JsonPart:
    shape, kept = f"[{item.shape}...]", _types_kept(item.exact)

    def encode(values: tuple[Any, ...]) -> Sequence[Any]:
        if kept.issuperset(map(type, values)):
            return values
        return [item.encode(value) for value in values]

    if item.exact is not None:
        return JsonPart(shape, encode, tuple, shared=True)
    return JsonPart(
        shape,
        encode,
        lambda values: tuple([item.decode(value) for value in values]),
        shared=item.shared,
    )


def _types_kept(*exact: type | None) -> set[type]:
    return {each for each in exact if each is not None}


def _fixed_tuple_part(items: tuple[JsonPart, ...]) -> JsonPart:
    def encode(values: tuple[Any, ...]) -> list[Any]:
        return [item.encode(value) for item, value in zip(items, values, strict=True)]

    def decode(values: list[Any]) -> tuple[Any, ...]:
        return tuple(item.decode(value) for item, value in zip(items, values, strict=True))

    shared = all(item.shared for item in items)
    return JsonPart(f"[{','.join(item.shape for item in items)}]", encode, decode, shared=shared)


def _mapping_part(key: Any, value: Any) -> JsonPart:
    inner = without_none(key)[0]
    name, item = _scalar_part(inner), json_part(value)
    if name is None or name.shape == "bool":
        raise TypeError(f"a mapping with keys of this type cannot be kept: {key}")
    write_key, read_key = (str, int) if name.shape == "int" else (name.encode, name.decode)
    values_kept = _types_kept(item.exact)

    def encode(mapping: Mapping[Any, Any]) -> dict[str, Any]:
        if values_kept.issuperset(map(type, mapping.values())):
            return {write_key(key): value for key, value in mapping.items()}
        return {write_key(key): item.encode(value) for key, value in mapping.items()}

    def decode(mapping: dict[str, Any]) -> dict[Any, Any]:
        return {read_key(key): item.decode(value) for key, value in mapping.items()}

    return JsonPart(f"{{{name.shape}:{item.shape}}}", encode, decode)


def _record_part(record: type) -> JsonPart:
    hints = get_type_hints(record)
    parts = [
        (field.name, json_part(hints[field.name]))
        for field in dataclasses.fields(record)
        if field.init
    ]

    def encode(value: Any) -> dict[str, Any]:
        return {name: part.encode(getattr(value, name)) for name, part in parts}

    def decode(fields: dict[str, Any]) -> Any:
        return record(**{name: part.decode(fields[name]) for name, part in parts})

    fields = ",".join(f"{name}:{part.shape}" for name, part in parts)
    frozen: bool = record.__dataclass_params__.frozen  # type: ignore[attr-defined]  # a dataclass
    shared = frozen and all(part.shared for _, part in parts)
    return JsonPart(
        f"{record.__name__}({fields})",
        encode,
        decode,
        shared=shared,
    )


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
