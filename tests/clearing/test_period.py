from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.calendar import Instant, instant_at
from clearing.period import (
    FIRST_EPOCH,
    Period,
    PeriodState,
    Posting,
    following,
    months_between,
    own_period,
    posting_fault,
    posting_for,
)

NOTHING_CLOSED = dict[str, Period]().get


def closed(*periods: str) -> dict[str, Period]:
    return {period: Period(period, PeriodState.CLOSED, FIRST_EPOCH + 1) for period in periods}


def test_a_line_belongs_to_the_month_of_its_business_time_in_shanghai() -> None:
    last_ms_of_june = Instant(instant_at(date(2020, 7, 1), 0) - 1)
    assert own_period(last_ms_of_june) == "2020-06"
    assert own_period(Instant(last_ms_of_june + 1)) == "2020-07"


def test_it_is_posted_to_its_own_month_while_that_is_open() -> None:
    posting = posting_for(instant_at(date(2020, 6, 30)), NOTHING_CLOSED)
    assert posting == Posting("2020-06", FIRST_EPOCH, 0)


def test_it_slips_to_the_earliest_open_month_after_its_own() -> None:
    periods = closed("2020-10", "2020-11", "2020-12")
    posting = posting_for(instant_at(date(2020, 11, 3)), periods.get)
    assert posting == Posting("2021-01", FIRST_EPOCH, 2)


def test_an_open_period_gives_its_own_epoch() -> None:
    periods = {"2020-06": Period("2020-06", PeriodState.OPEN, 3)}
    assert posting_for(instant_at(date(2020, 6, 3)), periods.get) == Posting("2020-06", 3, 0)


def test_an_earlier_period_that_is_still_open_is_not_taken() -> None:
    periods = closed("2020-06")
    assert posting_for(instant_at(date(2020, 6, 3)), periods.get).period == "2020-07"


@given(st.dates(date(2019, 1, 1), date(2023, 12, 31)), st.sets(st.integers(1, 24), max_size=20))
def test_no_line_ever_enters_a_closed_period_or_passes_an_open_one(
    day: date, months: set[int]
) -> None:
    periods = closed(*(f"{2019 + (m - 1) // 12}-{(m - 1) % 12 + 1:02d}" for m in months))
    business_time = instant_at(day)
    posting = posting_for(business_time, periods.get)
    assert posting.period not in periods
    assert posting.slipped_months == months_between(own_period(business_time), posting.period)
    passed = own_period(business_time)
    while passed != posting.period:
        assert passed in periods
        passed = following(passed)
    assert posting_fault(business_time, posting, periods.get) == ""


@pytest.mark.parametrize(
    ("posting", "told"),
    [
        (Posting("2020-05", FIRST_EPOCH, -1), "slipped -1"),
        (Posting("2020-07", FIRST_EPOCH, 0), "slipped 0"),
        (Posting("2020-08", FIRST_EPOCH, 2), "while 2020-07 is open"),
        (Posting("2020-07", FIRST_EPOCH + 1, 1), "epoch 2"),
    ],
)
def test_a_posting_that_cannot_have_been_is_told(posting: Posting, told: str) -> None:
    fault = posting_fault(instant_at(date(2020, 6, 3)), posting, closed("2020-06").get)
    assert told in fault
