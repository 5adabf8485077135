"""Which declared types can be kept, and that the others are refused at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.db.json_values import Convert
from adapters.db.shape import TableShape
from adapters.db.values import column_value
from clearing.benefits.claim import Circumstances, Decision, Explained, Fund, Outcome
from clearing.calendar import Instant
from clearing.ports import TableSpec
from tests.contracts.shelves import Colour


@pytest.mark.parametrize(
    "declared",
    [
        float,
        datetime,
        set[str],
        list[str],
        tuple,
        int | str,
        Mapping[str, float],
        Mapping[bool, int],
        tuple[float, ...],
    ],
)
def test_a_type_that_would_not_come_back_exactly_is_refused(declared: Any) -> None:
    with pytest.raises(TypeError):
        column_value(declared)


def test_a_nested_record_comes_back_whole() -> None:
    step = Explained("band", "t", "2020", "S3:80", "rule", "规则", {"a": (1, "x", None)}, 5, 9)
    decision = Decision(
        Outcome.PAID, None, ("f",), {Fund.POOLED: 5}, 0, 0, 2020, {"k": 1}, "h", (step,)
    )
    column = column_value(Decision)
    assert column.encode is not None
    assert column.decode is not None
    assert column.decode(column.encode(decision)) == decision


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (tuple[int, ...], (1.0,)),
        (tuple[int, ...], (True,)),
        (tuple[str, int], ("a",)),
        (Mapping[str, Any], {"a": 0.5}),
        (Mapping[str, Any], {1: "a"}),
        (Mapping[str, int], {"a": "1"}),
        (date, "2020-01-01"),
        (Colour, 3),
    ],
)
def test_a_value_of_another_type_is_refused(declared: Any, value: Any) -> None:
    encode = column_value(declared).encode
    assert encode is not None
    with pytest.raises((TypeError, ValueError)):
        encode(value)


def test_json_is_written_with_sorted_keys() -> None:
    encode = column_value(Mapping[Colour, int]).encode
    assert encode is not None
    assert encode({Colour.RED: 1, Colour.GREEN: 2}) == '{"green":2,"red":1}'


@given(st.dictionaries(st.text(), st.integers() | st.text()))
def test_the_text_is_that_of_the_standard_library(mapping: dict[str, Any]) -> None:
    """Rows that were written before are compared and found by it."""
    written = column_value(Mapping[str, Any]).encode
    assert written is not None
    expected = json.dumps(mapping, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert written(mapping) == expected


def test_an_enum_may_stand_where_text_is_declared() -> None:
    column = column_value(tuple[str, ...])
    assert column.encode is not None
    assert column.encode(("a", Colour.RED)) == '["a","red"]'


def test_shapes_tell_types_apart() -> None:
    declared: tuple[Any, ...] = (
        str,
        str | None,
        int,
        bool,
        date,
        bytes,
        Colour,
        tuple[str, ...],
        tuple[str, str],
        tuple[str | None, ...],
        Mapping[str, int],
        Mapping[Colour, int],
        Mapping[str, Any],
        Explained,
        Decision,
    )
    assert len({column_value(each).shape for each in declared}) == len(declared)
    assert column_value(Instant).shape == column_value(int).shape


@dataclass(frozen=True)
class _Named:
    name: str
    day: date
    made: str = field(init=False, default="")


@dataclass(frozen=True)
class _Dated:
    day: date
    code: str | None


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        (TableSpec(_Named, "named", ("name",)), TypeError),
        (TableSpec(_Dated, "dated", ("day",)), TypeError),
        (TableSpec(_Dated, "dated", ("code",)), TypeError),
        (TableSpec(_Dated, "dated", ("other",)), ValueError),
        (TableSpec(Explained, "steps", ("step",), indexes=(("other",),)), ValueError),
        (TableSpec(str, "texts", ("a",)), TypeError),
    ],
)
def test_a_table_that_cannot_be_kept_is_refused(spec: TableSpec, error: type[Exception]) -> None:
    with pytest.raises(error):
        TableShape(spec)


def test_what_equals_a_value_of_another_type_is_refused_however_often_that_was_written() -> None:
    encode = _both(Circumstances)[0]
    written = encode(Circumstances(special_disease=False, third_party_compensation_fen=1))
    assert encode(Circumstances(third_party_compensation_fen=1)) == written
    for wrong in ({"third_party_compensation_fen": True}, {"special_disease": 0}):
        with pytest.raises(TypeError):
            encode(Circumstances(**wrong))


@pytest.mark.parametrize(
    ("declared", "empty", "text"),
    [
        (tuple[str, ...], (), "[]"),
        (Mapping[str, int], {}, "{}"),
        (Mapping[str, int] | None, {}, "{}"),
    ],
)
def test_nothing_is_written_as_json_writes_it(declared: Any, empty: Any, text: str) -> None:
    encode, decode = _both(declared)
    assert encode(empty) == text
    assert decode(text) == empty


def test_an_empty_value_of_another_kind_is_refused() -> None:
    for declared, empty in ((tuple[int, str], ()), (Mapping[str, int], ())):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            _both(declared)[0](empty)


def test_what_can_be_changed_is_read_anew_each_time() -> None:
    _, decode = _both(Mapping[str, int])
    assert decode('{"a":1}') is not decode('{"a":1}')
    encode, decode = _both(tuple[Circumstances, ...])
    text = encode((Circumstances(),))
    assert decode(text) is decode(text)
    _, decode = _both(tuple[Mapping[str, int], ...])
    assert decode('[{"a":1}]') is not decode('[{"a":1}]')


def _both(declared: Any) -> tuple[Convert, Convert]:
    column = column_value(declared)
    assert column.encode is not None
    assert column.decode is not None
    return column.encode, column.decode
