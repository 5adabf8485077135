"""Each rule about changes of .proto files: one change, and the defect it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto
from google.protobuf.descriptor_pb2 import FileDescriptorProto as File

from scripts.proto_changes import Defect, breaking_changes

Change = Callable[[File], object]

INT64, STRING = FieldDescriptorProto.TYPE_INT64, FieldDescriptorProto.TYPE_STRING
REPEATED = FieldDescriptorProto.LABEL_REPEATED
OPTIONAL = FieldDescriptorProto.LABEL_OPTIONAL


def _file() -> File:
    """Return a file with one of everything."""
    file = File(name="visit.proto", package="p.v1", syntax="proto3")
    visit = file.message_type.add(name="Visit")
    _add(visit, "visit_id", 1, STRING)
    _add(visit, "total_fen", 2, INT64)
    visit.oneof_decl.add(name="body")
    for number, name in enumerate(("paid", "refused"), start=3):
        _add(visit, name, number, STRING).oneof_index = 0
    visit.reserved_range.add(start=10, end=13)
    visit.reserved_name.append("old")
    part = visit.nested_type.add(name="Part")
    _add(part, "line", 1, INT64)
    visit.nested_type.add(name="Line")
    file.message_type.add(name="Empty")
    for holder in (file, part):
        state = holder.enum_type.add(name="State")
        for number, name in enumerate(("STATE_UNSPECIFIED", "OPEN", "CLOSED")):
            state.value.add(name=name, number=number)
        state.reserved_range.add(start=7, end=8)
    care = file.service.add(name="Care")
    care.method.add(name="Settle", input_type=".p.v1.Visit", output_type=".p.v1.Visit")
    care.method.add(name="Quote", input_type=".p.v1.Visit", output_type=".p.v1.Visit")
    file.service.add(name="Desk")
    return file


def _add(message: DescriptorProto, name: str, number: int, kind: int) -> FieldDescriptorProto:
    field = message.field.add(name=name, number=number, label=OPTIONAL)
    field.type = FieldDescriptorProto.Type.ValueType(kind)
    return field


def _found(change: Change) -> list[Defect]:
    before, after = _file(), _file()
    change(after)
    return list(breaking_changes([before], [after]))


def _visit(file: File) -> DescriptorProto:
    return file.message_type[0]


def _reserve_total(file: File) -> None:
    _visit(file).reserved_range.add(start=2, end=3)
    _visit(file).reserved_name.append("total_fen")
    del _visit(file).field[1]


def _swap(file: File) -> None:
    _visit(file).field[0].number, _visit(file).field[1].number = 2, 1


def _reuse(file: File) -> None:
    _visit(file).field[1].name = "note"
    _visit(file).field[1].type = STRING


def _make_explicitly_optional(file: File) -> None:
    _visit(file).oneof_decl.add(name="_total_fen")
    _visit(file).field[1].proto3_optional = True
    _visit(file).field[1].oneof_index = 1


def _reserve_closed(file: File) -> None:
    del file.enum_type[0].value[2]
    file.enum_type[0].reserved_range.add(start=2, end=2)
    file.enum_type[0].reserved_name.append("CLOSED")


def _retype_to_message(file: File) -> None:
    _visit(file).field[1].type = FieldDescriptorProto.TYPE_MESSAGE
    _visit(file).field[1].type_name = ".p.v1.Visit.Part"


BREAKING: list[tuple[Change, str, str]] = [
    (lambda f: setattr(f, "package", "p.v2"), "visit.proto", "package_renamed"),
    (lambda f: setattr(f.message_type[1], "name", "Stay"), "p.v1.Empty", "message_removed"),
    (lambda f: _visit(f).nested_type.pop(), "p.v1.Visit.Line", "message_removed"),
    (lambda f: _visit(f).field.pop(1), "p.v1.Visit.total_fen", "field_not_reserved"),
    (lambda f: _visit(f).nested_type[0].field.pop(), "p.v1.Visit.Part.line", "field_not_reserved"),
    (_reserve_total, "p.v1.Visit.total_fen", "field_removed"),
    (
        lambda f: setattr(_visit(f).field[1], "number", 9),
        "p.v1.Visit.total_fen",
        "field_renumbered",
    ),
    (_swap, "p.v1.Visit.visit_id", "field_renumbered"),
    (
        lambda f: setattr(_visit(f).field[1], "name", "sum_fen"),
        "p.v1.Visit.total_fen",
        "field_renamed",
    ),
    (_reuse, "p.v1.Visit.total_fen", "field_number_reused"),
    (
        lambda f: setattr(_visit(f).field[1], "type", STRING),
        "p.v1.Visit.total_fen",
        "field_retyped",
    ),
    (_retype_to_message, "p.v1.Visit.total_fen", "field_retyped"),
    (
        lambda f: setattr(_visit(f).field[1], "label", REPEATED),
        "p.v1.Visit.total_fen",
        "field_label_changed",
    ),
    (_make_explicitly_optional, "p.v1.Visit.total_fen", "field_label_changed"),
    (
        lambda f: setattr(_visit(f).field[1], "oneof_index", 0),
        "p.v1.Visit.total_fen",
        "field_oneof_changed",
    ),
    (
        lambda f: _visit(f).field[2].ClearField("oneof_index"),
        "p.v1.Visit.paid",
        "field_oneof_changed",
    ),
    (
        lambda f: setattr(_visit(f).field[1], "json_name", "total"),
        "p.v1.Visit.total_fen",
        "field_json_name_changed",
    ),
    (lambda f: _visit(f).reserved_range.pop(), "p.v1.Visit", "reservation_removed"),
    (
        lambda f: setattr(_visit(f).reserved_range[0], "end", 12),
        "p.v1.Visit",
        "reservation_removed",
    ),
    (lambda f: _visit(f).reserved_name.pop(), "p.v1.Visit", "reservation_removed"),
    (lambda f: f.enum_type.pop(), "p.v1.State", "enum_removed"),
    (lambda f: f.enum_type[0].value.pop(), "p.v1.State.CLOSED", "enum_value_not_reserved"),
    (
        lambda f: _visit(f).nested_type[0].enum_type[0].value.pop(),
        "p.v1.Visit.Part.State.CLOSED",
        "enum_value_not_reserved",
    ),
    (_reserve_closed, "p.v1.State.CLOSED", "enum_value_removed"),
    (
        lambda f: setattr(f.enum_type[0].value[2], "number", 3),
        "p.v1.State.CLOSED",
        "enum_value_renumbered",
    ),
    (
        lambda f: setattr(f.enum_type[0].value[2], "name", "SHUT"),
        "p.v1.State.CLOSED",
        "enum_value_renamed",
    ),
    (
        lambda f: setattr(f.enum_type[0].reserved_range[0], "end", 7),
        "p.v1.State",
        "reservation_removed",
    ),
    (lambda f: f.service.pop(), "p.v1.Desk", "service_removed"),
    (lambda f: f.service[0].method.pop(), "p.v1.Care.Quote", "method_removed"),
    (
        lambda f: setattr(f.service[0].method[0], "input_type", ".p.v1.Visit.Part"),
        "p.v1.Care.Settle",
        "method_request_changed",
    ),
    (
        lambda f: setattr(f.service[0].method[0], "output_type", ".p.v1.Visit.Part"),
        "p.v1.Care.Settle",
        "method_answer_changed",
    ),
    (
        lambda f: setattr(f.service[0].method[0], "server_streaming", True),
        "p.v1.Care.Settle",
        "method_streaming_changed",
    ),
]


@pytest.mark.parametrize(("change", "where", "code"), BREAKING, ids=range(len(BREAKING)))
def test_a_breaking_change_is_named(change: Change, where: str, code: str) -> None:
    found = _found(change)
    assert (found[0].where, found[0].code) == (where, code)
    assert {defect.code for defect in found} == {code}


ADDITIONS: list[Change] = [
    lambda f: None,
    lambda f: f.message_type.add(name="Stay"),
    lambda f: _add(_visit(f), "note", 20, STRING),
    lambda f: setattr(_add(_visit(f), "waived", 21, STRING), "oneof_index", 0),
    lambda f: _visit(f).nested_type.add(name="Note"),
    lambda f: f.enum_type[0].value.add(name="LOST", number=3),
    lambda f: f.service.add(name="House"),
    lambda f: f.service[0].method.add(name="Undo"),
    lambda f: setattr(_visit(f).reserved_range[0], "end", 20),
    lambda f: setattr(_visit(f).field[1], "json_name", "totalFen"),
    lambda f: setattr(f, "name", "moved.proto"),
]


@pytest.mark.parametrize("change", ADDITIONS)
def test_what_is_added_breaks_nobody(change: Change) -> None:
    assert _found(change) == []


def test_a_file_that_is_gone_takes_everything_with_it() -> None:
    codes = {defect.code for defect in breaking_changes([_file()], [])}
    assert codes == {"message_removed", "enum_removed", "service_removed"}


def test_only_what_would_be_forgotten_is_refused_for_ever() -> None:
    never = {code for change, _, code in BREAKING if _found(change)[0].never}
    assert never == {"field_not_reserved", "enum_value_not_reserved", "reservation_removed"}
