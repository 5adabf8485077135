from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest

from clearing.benefits.claim import Filing, Fund, Outcome, Scheme
from clearing.messages import CostSplit
from services.harness.compare import compare_balances, compare_filing, compare_visit
from services.harness.corpus import (
    AccountKey,
    Balances,
    FilingResult,
    FinalState,
    Payment,
    PositionKey,
    VisitResult,
    YearKey,
)
from services.harness.difference import DifferenceError

PAYMENT = Payment(300, {Fund.POOLED: 300}, 700, 100, 600, 50)
RESULT = VisitResult(
    "v", FinalState.SETTLED, Outcome.PAID, cost=CostSplit(1000, 0, 0, 0, 1000), payment=PAYMENT
)
POSITION = PositionKey("330213", "310000", Scheme.RESIDENT, "21", Fund.POOLED, "2020-06")
YEAR = YearKey("330213", "m", 2020)
ACCOUNT = AccountKey("330213", "a")
BALANCES = Balances({POSITION: (300, 1)}, {YEAR: {"x": 5, "y": 6}}, {ACCOUNT: 40})


@pytest.mark.parametrize(
    ("got", "field"),
    [
        (replace(RESULT, state=FinalState.CANCELLED), "state"),
        (replace(RESULT, outcome=Outcome.MANUAL), "outcome"),
        (replace(RESULT, code="c"), "code"),
        (replace(RESULT, flags=("f",)), "flags"),
        (replace(RESULT, refusals=("r",)), "refusals"),
        (replace(RESULT, cost=CostSplit(1000, 1, 0, 0, 999)), "cost.own_pay"),
        (replace(RESULT, cost=None), "cost"),
        (replace(RESULT, payment=None), "payment"),
        (replace(RESULT, payment=replace(PAYMENT, by_fund={})), "payment.by_fund.pooled"),
        (replace(RESULT, payment=replace(PAYMENT, account_fen=99)), "payment.account"),
        (replace(RESULT, payment=replace(PAYMENT, deductible_fen=0)), "payment.deductible"),
    ],
)
def test_the_field_that_differs_is_named(got: VisitResult, field: str) -> None:
    compare_visit(RESULT, deepcopy(RESULT))
    for left, right in ((RESULT, got), (got, RESULT)):
        with pytest.raises(DifferenceError) as caught:
            compare_visit(left, right)
        assert (caught.value.what, caught.value.field) == ("v", field)


def test_how_a_visit_stood_to_filing_is_only_compared_when_it_is_known() -> None:
    filed = replace(RESULT, filing=Filing.REFERRAL)
    compare_visit(filed, RESULT)
    with pytest.raises(DifferenceError):
        compare_visit(filed, RESULT, with_filing=True)


def test_a_filing_that_differs_is_named() -> None:
    expected = FilingResult("f", valid_from=date(2020, 6, 1))
    compare_filing(expected, FilingResult("f", valid_from=date(2020, 6, 1)))
    with pytest.raises(DifferenceError, match="valid_from"):
        compare_filing(expected, FilingResult("f", valid_from=date(2020, 5, 6)))
    with pytest.raises(DifferenceError, match="code"):
        compare_filing(expected, FilingResult("f", "filing_locked"))


def _position(balances: Balances) -> None:
    balances.positions[POSITION] = (301, 1)


def _lines(balances: Balances) -> None:
    balances.positions[POSITION] = (300, 3)


def _no_position(balances: Balances) -> None:
    balances.positions.clear()


def _accumulator(balances: Balances) -> None:
    balances.accumulators[YEAR] = {"x": 5}


def _account(balances: Balances) -> None:
    balances.accounts[ACCOUNT] = 41


def _no_account(balances: Balances) -> None:
    balances.accounts.clear()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_position, "amount"),
        (_lines, "lines"),
        (_no_position, "amount"),
        (_accumulator, "y"),
        (_account, "balance"),
        (_no_account, "account"),
    ],
)
def test_a_balance_that_differs_is_named(change: Callable[[Balances], None], field: str) -> None:
    got = deepcopy(BALANCES)
    compare_balances(BALANCES, got)
    change(got)
    for left, right in ((BALANCES, got), (got, BALANCES)):
        with pytest.raises(DifferenceError) as caught:
            compare_balances(left, right)
        assert caught.value.field == field


def test_what_is_nothing_is_as_if_not_there() -> None:
    got = deepcopy(BALANCES)
    other = replace_period(POSITION, "2020-07")
    got.positions[other] = (0, 0)
    got.accumulators[YearKey("330213", "m", 2021)] = {"x": 0}
    compare_balances(BALANCES, got)


def replace_period(position: PositionKey, period: str) -> PositionKey:
    return replace(position, period=period)
