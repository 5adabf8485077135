"""Compares what came out with what was expected; the first difference is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clearing.money import format_yuan
from services.harness.corpus import (
    Balances,
    FilingResult,
    PositionKey,
    VisitResult,
    YearKey,
)
from services.harness.difference import DifferenceError, expect
from services.harness.result_notation import filing_result_json, visit_result_json

_UNSEEN = "filing"
"""The one part of an expectation that no service reads back."""

_TELLING = ("state", "outcome", "code")
"""Looked at first: amounts differ because of them."""


def compare_visit(expected: VisitResult, got: VisitResult, *, with_filing: bool = False) -> None:
    """Raise ``DifferenceError`` naming the first field that differs."""
    wanted = visit_result_json(expected)
    if not with_filing:
        wanted.pop(_UNSEEN, None)
    _compare(expected.key, wanted, visit_result_json(got))


def compare_filing(expected: FilingResult, got: FilingResult) -> None:
    """Raise ``DifferenceError`` naming the first field that differs."""
    _compare(expected.key, filing_result_json(expected), filing_result_json(got))


def compare_positions(
    expected: Mapping[PositionKey, tuple[int, int]], got: Mapping[PositionKey, tuple[int, int]]
) -> None:
    """Compare who owes whom; a position of amount and lines 0 is none."""
    for key in _keys(expected, got):
        what = (
            f"position {key.payer_region} to {key.payee_region} {key.scheme} "
            f"{key.clearing_type} {key.fund} {key.period}"
        )
        amount_fen, lines = expected.get(key, (0, 0))
        got_fen, got_lines = got.get(key, (0, 0))
        expect(what, "amount", format_yuan(amount_fen), format_yuan(got_fen))
        expect(what, "lines", lines, got_lines)


def compare_accumulators(
    expected: Mapping[YearKey, Mapping[str, int]], got: Mapping[YearKey, Mapping[str, int]]
) -> None:
    """Compare accumulators; one of 0 is none."""
    for key in _keys(expected, got):
        what = f"accumulators of {key.member_id} in {key.insured_region} for {key.benefit_year}"
        wanted, found = expected.get(key, {}), got.get(key, {})
        for name in sorted({*wanted, *found}):
            expect(what, name, wanted.get(name, 0), found.get(name, 0))


def compare_balances(expected: Balances, got: Balances) -> None:
    """Raise ``DifferenceError`` naming the first balance that differs."""
    compare_accumulators(expected.accumulators, got.accumulators)
    for account in _keys(expected.accounts, got.accounts):
        what = f"account {account.account_id} of {account.account_region}"
        for side, balances in (("expected", expected), ("read back", got)):
            if account not in balances.accounts:
                raise DifferenceError(what, "account", "in both", f"not {side}")
        wanted, found = expected.accounts[account], got.accounts[account]
        expect(what, "balance", format_yuan(wanted), format_yuan(found))
    compare_positions(expected.positions, got.positions)


def _compare(
    what: str, wanted: Mapping[str, Any], found: Mapping[str, Any], path: str = ""
) -> None:
    for name in dict.fromkeys((*_TELLING, *wanted, *found)):
        left, right = wanted.get(name), found.get(name)
        if isinstance(left, dict) and isinstance(right, dict):
            _compare(what, left, right, f"{path}{name}.")
        else:
            expect(what, f"{path}{name}", left, right)


def _keys(expected: Mapping[Any, Any], got: Mapping[Any, Any]) -> Iterable[Any]:
    return sorted({*expected, *got})
