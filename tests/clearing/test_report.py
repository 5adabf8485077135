from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from clearing.benefits.claim import Fund
from clearing.calendar import Instant
from clearing.errors import Rejected
from clearing.reconcile import BookLine, digest_of
from clearing.report import Side, book_line, check_line, reported
from tests.clearing import book_lines as example


@pytest.mark.parametrize(
    ("given_values", "field"),
    [
        ({"care_region": "31000"}, "care_region"),
        ({"payer_region": "31000x"}, "payer_region"),
        ({"payer_region": "310000"}, "payer_region"),
        ({"care_region": "330200"}, "payer_region"),
        ({"kind": "refund"}, "kind"),
        ({"clearing_type": "51"}, "clearing_type"),
        ({"total_fen": -1}, "total_fen"),
        ({"by_fund": {Fund.POOLED: -1}}, "by_fund.pooled"),
        ({"by_fund": {Fund.PERSONAL_ACCOUNT: 1}}, "by_fund.personal_account"),
        ({"kind": "debit"}, "by_fund.pooled"),
        ({"kind": "reversal", "original_line_id": "lin-0"}, "total_fen"),
        ({"kind": "reversal", "total_fen": -1, "by_fund": {}}, "original_line_id"),
        ({"kind": "correction", "total_fen": 0}, "original_line_id"),
        ({"kind": "correction", "original_line_id": "lin-0"}, "total_fen"),
        (
            {
                "kind": "correction",
                "total_fen": 0,
                "original_line_id": "lin-0",
                "by_fund": {Fund.PERSONAL_ACCOUNT: 1},
            },
            "by_fund.personal_account",
        ),
    ],
)
def test_a_line_that_no_book_can_hold_is_rejected(given_values: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as caught:
        check_line(example.book_line(**given_values))
    assert caught.value.field == field


def test_a_correction_takes_from_one_fund_and_gives_to_another() -> None:
    by_fund = {Fund.POOLED: 100, Fund.BIG_ILLNESS: -40}
    check_line(
        example.book_line(kind="correction", total_fen=0, original_line_id="lin-0", by_fund=by_fund)
    )


@given(example.book_lines("lin-1"))
def test_a_report_keeps_what_the_line_says(line: BookLine) -> None:
    check_line(line)
    report = reported(line, Side.CARE, Instant(0))
    assert digest_of(book_line(report)) == digest_of(line) == report.digest
    assert all(report.by_fund.values())
