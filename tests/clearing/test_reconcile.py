from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.claim import Fund, Scheme
from clearing.breaks import BreakKind, fingerprint
from clearing.comparison import compare_lines, compare_totals
from clearing.reconcile import BookLine, digest_of, totals_of
from tests.clearing.book_lines import book_line, book_lines

DAY = date(2020, 6, 10)


@pytest.mark.parametrize("field", [field.name for field in fields(BookLine)])
def test_the_digest_covers_every_field(field: str) -> None:
    line = book_line()
    value = getattr(line, field)
    other: Any = {"scheme": Scheme.EMPLOYEE, "by_fund": {Fund.OTHER: 22_980_00}}.get(
        field, value + 1 if isinstance(value, int) else f"{value}x"
    )
    assert digest_of(replace(line, **{field: other})) != digest_of(line)


def test_the_digest_does_not_depend_on_how_funds_are_listed() -> None:
    line = book_line(by_fund={Fund.POOLED: 1, Fund.MEDICAL_AID: 2})
    assert digest_of(line) == digest_of(
        replace(line, by_fund={Fund.MEDICAL_AID: 2, Fund.POOLED: 1})
    )
    assert digest_of(line) == digest_of(
        replace(line, by_fund={Fund.MEDICAL_AID: 2, Fund.POOLED: 1, Fund.OTHER: 0})
    )


def test_a_bucket_adds_up_funds_and_account_apart() -> None:
    settled = book_line(by_fund={Fund.POOLED: 100, Fund.MEDICAL_AID: 20})
    debit = book_line(
        line_id="lin-2", kind="debit", total_fen=0, by_fund={Fund.PERSONAL_ACCOUNT: 7}
    )
    (total,) = totals_of([debit, settled])
    assert (total.care_region, total.insured_region, total.lines) == ("310000", "330213", 2)
    assert (total.total_fen, total.fund_fen, total.account_fen) == (40_000_00, 120, 7)
    listed = f"lin-1:{digest_of(settled)}\nlin-2:{digest_of(debit)}"
    assert total.digest == hashlib.sha256(listed.encode()).hexdigest()


@given(st.permutations(range(6)), st.data())
def test_buckets_do_not_depend_on_the_order_of_lines(order: list[int], data: st.DataObject) -> None:
    lines = [data.draw(book_lines(f"lin-{n}")) for n in range(6)]
    totals = totals_of(lines)
    assert totals_of(lines[n] for n in order) == totals
    pairs = [(total.care_region, total.insured_region) for total in totals]
    assert pairs == sorted(set(pairs))
    assert sum(total.lines for total in totals) == 6


def test_buckets_agree_when_all_three_books_have_one_digest() -> None:
    here = totals_of([book_line()])
    there = totals_of([book_line(care_region="110000")])
    pairs = compare_totals(here + there, here, here)
    assert [(pair.care_region, pair.agrees) for pair in pairs] == [
        ("110000", False),
        ("310000", True),
    ]
    assert pairs[0].insured is None
    assert pairs[0].care == there[0]


def test_amounts_that_cancel_out_do_not_hide_a_difference() -> None:
    one = totals_of([book_line(), book_line(line_id="lin-2", total_fen=1)])
    other = totals_of([book_line(total_fen=1), book_line(line_id="lin-2")])
    (pair,) = compare_totals(one, other, one)
    assert not pair.agrees


LINE = book_line()
OTHER = book_line(by_fund={Fund.POOLED: 1})


@pytest.mark.parametrize(
    ("care", "insured", "house", "kinds"),
    [
        ([LINE], [LINE], [LINE], []),
        ([], [LINE], [], [BreakKind.MISSING_AT_CARE]),
        ([], [LINE], [LINE], [BreakKind.MISSING_AT_CARE]),
        ([LINE], [], [], [BreakKind.MISSING_AT_INSURED]),
        ([LINE], [], [LINE], [BreakKind.MISSING_AT_INSURED]),
        ([LINE], [LINE], [], [BreakKind.MISSING_AT_HOUSE]),
        ([], [], [LINE], [BreakKind.MISSING_AT_CARE, BreakKind.MISSING_AT_INSURED]),
        ([LINE], [OTHER], [], [BreakKind.DIFFERS]),
        ([LINE], [OTHER], [LINE], [BreakKind.DIFFERS]),
        ([OTHER], [OTHER], [LINE], [BreakKind.DIFFERS]),
        ([], [OTHER], [LINE], [BreakKind.DIFFERS, BreakKind.MISSING_AT_CARE]),
    ],
)
def test_what_each_pattern_of_copies_is_called(
    care: list[BookLine], insured: list[BookLine], house: list[BookLine], kinds: list[BreakKind]
) -> None:
    findings = compare_lines(DAY, care, insured, house)
    assert [finding.kind for finding in findings] == kinds
    assert {finding.line_id for finding in findings} <= {"lin-1"}


def test_a_difference_names_its_fields_and_what_each_book_says() -> None:
    (finding,) = compare_lines(DAY, [LINE], [OTHER], [])
    assert finding.detail == "by_fund: care pooled=2298000, insured pooled=1"


def test_a_fingerprint_is_of_day_line_and_kind_only() -> None:
    (found,) = compare_lines(DAY, [LINE], [OTHER], [])
    (again,) = compare_lines(DAY, [OTHER], [LINE], [LINE])
    assert found.fingerprint == again.fingerprint == fingerprint(DAY, "lin-1", BreakKind.DIFFERS)
    assert fingerprint(DAY, "lin-1", BreakKind.MISSING_AT_CARE) != found.fingerprint
    assert fingerprint(date(2020, 6, 11), "lin-1", BreakKind.DIFFERS) != found.fingerprint


@given(st.data())
def test_books_that_are_alike_have_no_findings(data: st.DataObject) -> None:
    lines = [data.draw(book_lines(f"lin-{n}")) for n in range(4)]
    assert compare_lines(DAY, lines, lines[::-1], lines) == []
