"""What is written out field by field is what ``json`` writes of the fields."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearing.benefits.bundles.bundle_life import BundleAct
from clearing.breaks import BreakClosure, BreakFound
from clearing.canonical import list_writer, object_writer
from clearing.chain import GENESIS, ChainHead, content_hash, link
from clearing.journal import JournalLine, PublishedHead
from clearing.report import ReportedLine
from services.insured_region.records import Settlement

KEPT = (ReportedLine, JournalLine, PublishedHead, BreakFound, BreakClosure, BundleAct, Settlement)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return dataclasses.asdict(value)


def _as_json(content: Any) -> str:
    """Return what every hash in the books was made of before records were written out."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )


def _records(kind: type) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind)
    fields = (field.name for field in dataclasses.fields(kind))
    return st.builds(kind, **{name: _values(hints[name]) for name in fields})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if typing.get_origin(hint) is Mapping:
        keys, values = typing.get_args(hint)
        return st.dictionaries(st.from_type(keys), st.from_type(values), max_size=4)
    return st.from_type(hint)


@pytest.mark.parametrize("kind", KEPT)
def test_a_record_is_written_as_ever(kind: type) -> None:
    names = [field.name for field in dataclasses.fields(kind)]
    as_object, as_list = object_writer(kind, names), list_writer(kind, names)

    @settings(max_examples=40, deadline=None)
    @given(_records(kind))
    def written(record: Any) -> None:
        content = {name: getattr(record, name) for name in names}
        assert as_object(record) == _as_json(content)
        assert as_list(record) == _as_json(list(content.values()))

    written()


def test_a_truth_is_no_number_and_a_number_no_truth() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Odd:
        number: Any
        flag: Any

    Odd.__annotations__.update(number=int, flag=bool)
    write = list_writer(Odd, ["number", "flag"])
    assert write(Odd(True, 1)) == "[true,1]"
    assert write(Odd(1, False)) == "[1,false]"


@given(st.integers(0, 2**40))
def test_a_link_has_the_hash_of_its_place(sequence: int) -> None:
    act = PublishedHead(0, date(2025, 6, 1), 7, "a", 8, "", "")  # type: ignore[arg-type]  # an instant
    linked = link(act, ChainHead("heads", sequence, GENESIS))
    assert (linked.sequence, linked.previous_hash) == (sequence + 1, GENESIS)
    assert linked.hash == content_hash(linked)
