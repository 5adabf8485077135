"""Compile a dataclass and a protobuf message into an encoder and a decoder.

The two must agree field by field, by name; a difference is found when the codec is built, not
when a message travels. A dataclass field without a default must be given on the wire: an
empty string, an unspecified enum or a missing message is then ``Malformed``, naming the field.

======================  ==========================================================
dataclass               protobuf
======================  ==========================================================
``str int bool bytes``  the same scalar
``StrEnum``             enum of the same values, prefixed as protobuf asks
``date``                string, ISO 8601; ``date | None``: ``""`` is none
``Instant``             ``google.protobuf.Timestamp``, whole milliseconds
``Mapping[Fund, int]``  ``repeated FundAmount``, sorted
``Mapping[str, int]``   ``map<string, int64>``
``tuple[X, ...]``       ``repeated X``
a dataclass             a message
======================  ==========================================================
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from adapters.wire.compiled import FieldCode, compiled, dated, enumerated, scalar, texted
from adapters.wire.shape import check_shape, enum_numbers
from clearing.benefits.claim import Fund
from clearing.calendar import Instant, day_bounds
from clearing.errors import Malformed

ValueT = TypeVar("ValueT")
_FIRST_SECOND = day_bounds(date(1, 1, 2))[0] // 1000
_END_SECOND = day_bounds(date(9999, 12, 31))[0] // 1000
# Descriptors have two implementations (C and Python) without a common annotated base.
FieldDescriptor = Any


def missing(path: str) -> Malformed:
    """Return the error for a field that must be given and is not."""
    return Malformed("field_missing", "must be given", "必填项缺失", field=path)


def _unreadable(path: str, what: str, value: object) -> Malformed:
    return Malformed(
        "field_unreadable", f"not {what}: {value!r}", f"无法识别: {value!r}", field=path
    )


def without_nul(text: str, path: str) -> str:
    """Return a text. Raises ``Malformed`` where U+0000 is in it: no database takes that."""
    if "\0" in text:
        raise Malformed("text_with_nul", "holds the character U+0000", "含有空字符", field=path)
    return text


def read_instant(stamp: Any, path: str) -> Instant:
    """Return a ``Timestamp`` in whole milliseconds. Raises ``Malformed`` outside the calendar."""
    if not (_FIRST_SECOND <= stamp.seconds < _END_SECOND and 0 <= stamp.nanos < 1_000_000_000):
        raise _unreadable(path, "an instant", f"{stamp.seconds}s {stamp.nanos}ns")
    return Instant(stamp.seconds * 1000 + stamp.nanos // 1_000_000)


def write_instant(instant: int, stamp: Any) -> None:
    """Write an instant into a ``Timestamp``, which is there from then on, at the epoch too."""
    stamp.seconds, stamp.nanos = instant // 1000, instant % 1000 * 1_000_000
    stamp.SetInParent()


class MessageCodec(Generic[ValueT]):
    """Encodes and decodes one dataclass as one protobuf message type.

    ``ignore`` names protobuf fields that the value does not have (a request's header).
    """

    def __init__(
        self, value_type: type[ValueT], message_type: type[Message], ignore: tuple[str, ...] = ()
    ) -> None:
        self.value_type = value_type
        self.message_type = message_type
        fields = {f.name: f for f in dataclasses.fields(value_type)}  # type: ignore[arg-type]  # a dataclass by contract
        wire = {f.name: f for f in message_type.DESCRIPTOR.fields if f.name not in ignore}
        if fields.keys() != wire.keys():
            differ = sorted(fields.keys() ^ wire.keys())
            raise TypeError(f"{value_type.__name__} and {message_type.__name__} differ: {differ}")
        hints = typing.get_type_hints(value_type)
        self.fields: list[FieldCode] = []
        for name, field in fields.items():
            required = (
                field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            )
            self.fields.append(_field(name, hints[name], wire[name], required, field.default))
        self.functions = self._write, self._decode = compiled(value_type, self.fields)

    def encode(self, value: ValueT) -> Any:
        """Return the value as a protobuf message."""
        message = self.message_type()
        self._write(value, message)
        return message

    def write(self, value: ValueT, message: Any) -> None:
        """Write the value into an empty protobuf message."""
        self._write(value, message)

    def decode(self, message: Any, path: str = "") -> ValueT:
        """Return the message as a value. Raises ``Malformed`` with ``path`` before the field."""
        return typing.cast(ValueT, self._decode(message, path))

    def to_bytes(self, value: ValueT) -> bytes:
        """Return the value's canonical bytes: the same value always gives the same ones."""
        return typing.cast(bytes, self.encode(value).SerializeToString(deterministic=True))

    def from_bytes(self, data: bytes) -> ValueT:
        """Read what ``to_bytes`` wrote."""
        try:
            message = self.message_type.FromString(data)
        except Exception as error:  # protobuf's DecodeError moved between releases
            raise Malformed("record_unreadable", str(error), "消息无法解析") from error
        return self.decode(message)


def _field(name: str, hint: Any, wire: FieldDescriptor, required: bool, default: Any) -> FieldCode:
    optional = False
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (hint,) = [part for part in typing.get_args(hint) if part is not type(None)]
        optional = True
    check_shape(name, hint, wire)
    origin = typing.get_origin(hint)
    if origin is tuple:
        return _repeated(name, typing.get_args(hint)[0], wire)
    if origin is not None and issubclass(origin, Mapping):
        key, _ = typing.get_args(hint)
        return _fund_amounts(name) if key is Fund else _int_map(name)
    if hint is Instant:
        return _instant(name, required and not optional)
    if dataclasses.is_dataclass(hint):
        return _nested(name, hint, wire, required, optional)
    return _scalar(name, hint, wire, required, optional, default)


def _scalar(
    name: str, hint: Any, wire: FieldDescriptor, required: bool, optional: bool, default: Any
) -> FieldCode:
    if hint is date:

        def write_date(message: Any, value: date | None) -> None:
            if value is not None:
                setattr(message, name, value.isoformat())

        def read_date(message: Any, path: str) -> date | None:
            text = getattr(message, name)
            if not text:
                if optional:
                    return None
                raise missing(path + name)
            try:
                day = date.fromisoformat(text)
            except ValueError:
                raise _unreadable(path + name, "a date YYYY-MM-DD", text) from None
            if day.isoformat() != text:  # ISO 8601 has weeks and a short form too
                raise _unreadable(path + name, "a date YYYY-MM-DD", text)
            return day

        return dated(name, write_date, read_date)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _enum(name, hint, wire, optional, default if isinstance(default, hint) else None)

    def write(message: Any, value: Any) -> None:
        if value:
            setattr(message, name, value)

    def read(message: Any, path: str) -> Any:
        value = getattr(message, name)
        if required and value == "":
            raise missing(path + name)
        return without_nul(value, path + name) if hint is str else value

    if hint is str:
        return texted(name, write, read, required=required)
    return scalar(name, write, read)


def _enum(
    name: str, hint: type[StrEnum], wire: FieldDescriptor, optional: bool, default: StrEnum | None
) -> FieldCode:
    if wire.enum_type is None:  # kept as text on the wire

        def write_text(message: Any, value: StrEnum | None) -> None:
            if value is not None:
                setattr(message, name, str(value))

        def read_text(message: Any, path: str) -> StrEnum | None:
            text = getattr(message, name)
            if not text:
                if optional:
                    return None
                raise missing(path + name)
            try:
                return hint(text)
            except ValueError:
                raise _unreadable(path + name, f"a {hint.__name__}", text) from None

        return FieldCode(name, write_text, read_text)
    to_number = enum_numbers(hint, wire.enum_type)
    from_number = {number: value for value, number in to_number.items()}

    def write(message: Any, value: StrEnum | None) -> None:
        if value is not None:
            setattr(message, name, to_number[value])

    def read(message: Any, path: str) -> StrEnum | None:
        number = getattr(message, name)
        if number == 0:
            if optional or default is not None:
                return default
            raise missing(path + name)
        if number not in from_number:
            raise _unreadable(path + name, f"a {hint.__name__}", number)
        return from_number[number]

    return enumerated(name, write, read, to_number)


def _instant(name: str, required: bool) -> FieldCode:
    def write(message: Any, value: int | None) -> None:
        if value is not None:
            write_instant(value, getattr(message, name))

    def read(message: Any, path: str) -> Instant | None:
        if not message.HasField(name):
            if required:
                raise missing(path + name)
            return None
        return read_instant(getattr(message, name), path + name)

    return FieldCode(name, write, read)


def _nested(
    name: str, hint: Any, wire: FieldDescriptor, required: bool, optional: bool
) -> FieldCode:
    write_inside, decode_inside = MessageCodec(hint, _message_class(wire)).functions

    def write(message: Any, value: Any) -> None:
        if value is not None:
            nested = getattr(message, name)
            nested.SetInParent()
            write_inside(value, nested)

    def read(message: Any, path: str) -> Any:
        if not message.HasField(name):
            if optional:
                return None
            if required:
                raise missing(path + name)
        return decode_inside(getattr(message, name), f"{path}{name}.")

    return FieldCode(name, write, read)


def _repeated(name: str, hint: Any, wire: FieldDescriptor) -> FieldCode:
    if not dataclasses.is_dataclass(hint):

        def write_plain(message: Any, value: Any) -> None:
            getattr(message, name).extend(value)

        def read_plain(message: Any, path: str) -> Any:
            found = tuple(getattr(message, name))
            if hint is str:
                for index, text in enumerate(found):
                    without_nul(text, f"{path}{name}[{index}]")
            return found

        return FieldCode(name, write_plain, read_plain)
    codec: MessageCodec[Any] = MessageCodec(typing.cast(type, hint), _message_class(wire))
    write_inside, decode_inside = codec.functions

    def write(message: Any, value: Any) -> None:
        target = getattr(message, name)
        for item in value:
            write_inside(item, target.add())

    def read(message: Any, path: str) -> Any:
        return tuple(
            decode_inside(item, f"{path}{name}[{index}].")
            for index, item in enumerate(getattr(message, name))
        )

    return FieldCode(name, write, read)


def _fund_amounts(name: str) -> FieldCode:
    def write(message: Any, value: Mapping[Fund, int]) -> None:
        target = getattr(message, name)
        for fund in sorted(value):
            target.add(fund=_FUND_NUMBERS[fund], amount_fen=value[fund])

    def read(message: Any, path: str) -> dict[Fund, int]:
        amounts: dict[Fund, int] = {}
        for index, item in enumerate(getattr(message, name)):
            if item.fund not in _FUNDS:
                raise _unreadable(f"{path}{name}[{index}].fund", "a fund", item.fund)
            if _FUNDS[item.fund] in amounts:
                raise Malformed(
                    "fund_repeated",
                    f"{_FUNDS[item.fund]} has an amount already",
                    f"基金 {_FUNDS[item.fund]} 重复",
                    field=f"{path}{name}[{index}].fund",
                )
            amounts[_FUNDS[item.fund]] = item.amount_fen
        return amounts

    return FieldCode(name, write, read)


def _int_map(name: str) -> FieldCode:
    def write(message: Any, value: Mapping[str, int]) -> None:
        getattr(message, name).update(value)

    def read(message: Any, path: str) -> dict[str, int]:
        found = dict(getattr(message, name))
        for key in found:
            without_nul(key, f"{path}{name}")
        return found

    return FieldCode(name, write, read)


def _message_class(wire: FieldDescriptor) -> type[Message]:
    return typing.cast(type[Message], wire.message_type._concrete_class)


def _fund_table() -> dict[Fund, int]:
    from protos.common.v1 import common_pb2

    numbers = enum_numbers(Fund, common_pb2.Fund.DESCRIPTOR)
    return {fund: numbers[fund] for fund in Fund}


_FUND_NUMBERS = _fund_table()
_FUNDS = {number: fund for fund, number in _FUND_NUMBERS.items()}
