"""The digest over fee lines tells any change of a line, and no change of their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clearing.lines_digest import digest_of_lines
from clearing.messages import DetailedLine

LINE = DetailedLine(1, "X0001", 10_000, 10_000_000, 1_000, 0, 0, 0, 1_000, date(2023, 6, 1))
OTHER = replace(LINE, line_no=2)


def test_the_order_of_lines_does_not_count() -> None:
    assert digest_of_lines([LINE, OTHER]) == digest_of_lines([OTHER, LINE])


@pytest.mark.parametrize(
    "changes",
    [
        {"line_no": 3},
        {"item_code": "X0002"},
        {"quantity_e4": 1},
        {"unit_price_e6": 1},
        {"amount_fen": 1},
        {"own_pay_fen": 1},
        {"over_limit_fen": 1},
        {"first_pay_fen": 1},
        {"in_scope_fen": 1},
        {"incurred_on": date(2023, 6, 2)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_part_of_a_line_counts(changes: dict[str, object]) -> None:
    changed = replace(LINE, **changes)  # type: ignore[arg-type]  # one field of its own type
    assert digest_of_lines([changed]) != digest_of_lines([LINE])
