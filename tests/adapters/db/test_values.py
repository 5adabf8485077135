"""Which declared types can be kept, and that the others are refused at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest

from adapters.db.shape import TableShape
from adapters.db.values import column_value
from clearing.benefits.claim import Decision, Explained, Fund, Outcome
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
