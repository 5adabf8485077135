"""Tell which changes of .proto files would break whoever runs, or kept messages, of the old ones.

Adding is allowed: messages, fields, enum values, services and methods that are new break nobody.
Everything else is a defect with a code. What may still be done deliberately, by moving the
reference forward (see ``released_protos``), and what may not, ``Defect.never`` tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)

Files = Iterable[FileDescriptorProto]


@dataclass(frozen=True, slots=True)
class Defect:
    """A change that breaks: where it is, as a full name, its code, and what was and is."""

    where: str
    code: str
    what: str

    @property
    def never(self) -> bool:
        """Whether even a deliberate move is refused: the reference would forget a number in use.

        Once it is forgotten, nothing keeps the number or the name from meaning something else to
        readers of the messages that are still kept.
        """
        return self.code in {"field_not_reserved", "enum_value_not_reserved", "reservation_removed"}

    def __str__(self) -> str:
        return f"{self.where}: {self.code}: {self.what}"


def breaking_changes(released: Files, current: Files) -> Iterator[Defect]:
    """Compare the files that are in use with those to be; the order is that of the former."""
    old, new = list(released), list(current)
    packages = {file.name: file.package for file in new}
    moved = set()
    for file in old:
        package = packages.get(file.name, file.package)
        if package != file.package:
            moved.add(file.name)
            yield Defect(file.name, "package_renamed", f"{file.package} became {package}")
    kept = [file for file in old if file.name not in moved]
    yield from _messages(_all_messages(kept), _all_messages(new))
    yield from _enums(_all_enums(kept), _all_enums(new))
    yield from _services(_all_services(kept), _all_services(new))


# --- messages and their fields


def _messages(
    old: Mapping[str, DescriptorProto], new: Mapping[str, DescriptorProto]
) -> Iterator[Defect]:
    for name, was in old.items():
        if name in new:
            yield from _fields(name, was, new[name])
            yield from _reservations(name, was, new[name])
        else:
            yield Defect(name, "message_removed", "it is no more")


def _fields(message: str, old: DescriptorProto, new: DescriptorProto) -> Iterator[Defect]:
    by_number = {field.number: field for field in new.field}
    by_name = {field.name: field for field in new.field}
    for was in old.field:
        where = f"{message}.{was.name}"
        is_ = by_number.get(was.number)
        renumbered = by_name.get(was.name)
        if renumbered is not None and renumbered.number != was.number:
            what = f"{was.number} became {renumbered.number}"
            yield Defect(where, "field_renumbered", what)
        elif is_ is None:
            yield _removed(where, was.number, was.name, new, "field")
        else:
            yield from _one_field(where, (old, was), (new, is_))


def _one_field(
    where: str,
    old: tuple[DescriptorProto, FieldDescriptorProto],
    new: tuple[DescriptorProto, FieldDescriptorProto],
) -> Iterator[Defect]:
    was, is_ = old[1], new[1]
    pairs = {
        "field_renamed": (was.name, is_.name),
        "field_retyped": (_type(was), _type(is_)),
        "field_label_changed": (_label(was), _label(is_)),
        "field_oneof_changed": (_oneof(*old), _oneof(*new)),
        "field_json_name_changed": (_json_name(was), _json_name(is_)),
    }
    if was.name != is_.name:
        if _type(was) != _type(is_):
            what = f"{was.number} now is {is_.name}, {_type(is_)}"
            yield Defect(where, "field_number_reused", what)
            return
        del pairs["field_json_name_changed"]  # follows from the name
    for code, (before, after) in pairs.items():
        if before != after:
            yield Defect(where, code, f"{before or 'none'} became {after or 'none'}")


def _type(field: FieldDescriptorProto) -> str:
    kind = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    return f"{kind} {field.type_name}".strip()


def _label(field: FieldDescriptorProto) -> str:
    if field.proto3_optional:
        return "explicitly optional"
    return FieldDescriptorProto.Label.Name(field.label).removeprefix("LABEL_").lower()


def _oneof(message: DescriptorProto, field: FieldDescriptorProto) -> str:
    real = field.HasField("oneof_index") and not field.proto3_optional
    return message.oneof_decl[field.oneof_index].name if real else ""


def _json_name(field: FieldDescriptorProto) -> str:
    head, *rest = field.name.split("_")
    return field.json_name or head + "".join(part[:1].upper() + part[1:] for part in rest)


# --- what may not come back


def _removed(
    where: str, number: int, name: str, new: DescriptorProto | EnumDescriptorProto, kind: str
) -> Defect:
    if _is_reserved(number, number, new) and name in new.reserved_name:
        return Defect(where, f"{kind}_removed", f"{number} is no more, and reserved")
    what = f"{number} is no more; reserve {number} and {name!r}"
    return Defect(where, f"{kind}_not_reserved", what)


def _reserved(holder: DescriptorProto | EnumDescriptorProto) -> list[tuple[int, int]]:
    """Return the ranges of reserved numbers, first and last, both within."""
    beyond = 0 if isinstance(holder, EnumDescriptorProto) else 1  # a message's end is outside
    return sorted((each.start, each.end - beyond) for each in holder.reserved_range)


def _is_reserved(first: int, last: int, holder: DescriptorProto | EnumDescriptorProto) -> bool:
    return any(low <= first and last <= high for low, high in _reserved(holder))


def _reservations(
    where: str,
    old: DescriptorProto | EnumDescriptorProto,
    new: DescriptorProto | EnumDescriptorProto,
) -> Iterator[Defect]:
    for first, last in _reserved(old):
        if not _is_reserved(first, last, new):
            yield Defect(where, "reservation_removed", f"{first} to {last} was reserved")
    for name in old.reserved_name:
        if name not in new.reserved_name:
            yield Defect(where, "reservation_removed", f"{name!r} was reserved")


# --- enums


def _enums(
    old: Mapping[str, EnumDescriptorProto], new: Mapping[str, EnumDescriptorProto]
) -> Iterator[Defect]:
    for name, was in old.items():
        if name in new:
            yield from _values(name, was, new[name])
            yield from _reservations(name, was, new[name])
        else:
            yield Defect(name, "enum_removed", "it is no more")


def _values(enum: str, old: EnumDescriptorProto, new: EnumDescriptorProto) -> Iterator[Defect]:
    numbers = {value.name: value.number for value in new.value}
    names = {value.number: value.name for value in new.value}
    for was in old.value:
        where = f"{enum}.{was.name}"
        if was.name in numbers:
            if numbers[was.name] != was.number:
                what = f"{was.number} became {numbers[was.name]}"
                yield Defect(where, "enum_value_renumbered", what)
        elif was.number in names:
            yield Defect(where, "enum_value_renamed", f"it became {names[was.number]}")
        else:
            yield _removed(where, was.number, was.name, new, "enum_value")


# --- services


def _services(
    old: Mapping[str, ServiceDescriptorProto], new: Mapping[str, ServiceDescriptorProto]
) -> Iterator[Defect]:
    for name, was in old.items():
        if name not in new:
            yield Defect(name, "service_removed", "it is no more")
            continue
        methods = {method.name: method for method in new[name].method}
        for method in was.method:
            where = f"{name}.{method.name}"
            if method.name in methods:
                yield from _method(where, method, methods[method.name])
            else:
                yield Defect(where, "method_removed", "it is no more")


def _method(where: str, was: MethodDescriptorProto, is_: MethodDescriptorProto) -> Iterator[Defect]:
    pairs = {
        "method_request_changed": (was.input_type, is_.input_type),
        "method_answer_changed": (was.output_type, is_.output_type),
        "method_streaming_changed": (_streaming(was), _streaming(is_)),
    }
    for code, (before, after) in pairs.items():
        if before != after:
            yield Defect(where, code, f"{before} became {after}")


def _streaming(method: MethodDescriptorProto) -> str:
    sides = ("one", "many")
    return f"{sides[method.client_streaming]} to {sides[method.server_streaming]}"


# --- everything by its full name


def _all_messages(files: Files) -> dict[str, DescriptorProto]:
    found: dict[str, DescriptorProto] = {}

    def add(scope: str, messages: Iterable[DescriptorProto]) -> None:
        for message in messages:
            name = f"{scope}.{message.name}"
            found[name] = message
            add(name, message.nested_type)

    for file in files:
        add(file.package, file.message_type)
    return found


def _all_enums(files: Files) -> dict[str, EnumDescriptorProto]:
    files = list(files)
    found = {f"{file.package}.{enum.name}": enum for file in files for enum in file.enum_type}
    for name, message in _all_messages(files).items():
        found |= {f"{name}.{enum.name}": enum for enum in message.enum_type}
    return found


def _all_services(files: Files) -> dict[str, ServiceDescriptorProto]:
    return {f"{file.package}.{each.name}": each for file in files for each in file.service}
