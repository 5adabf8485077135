"""A period is closed, perhaps while a line is being posted to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from clearing.journal import JournalLine
from clearing.messages import HOUSE
from clearing.period import Period, PeriodState
from clearing.ports import UnitOfWork
from services.care_region import commands as ask
from services.clearing_house.closing import close_period
from tests.services.care_region.counter import DAY, Counter

MONTH = f"{DAY:%Y-%m}"


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter(with_house=True)
    counter.member("E1")
    yield counter
    counter.pump.close()


def _close(counter: Counter) -> None:
    counter.pump.world.write(HOUSE, partial(close_period, MONTH))


def test_a_line_comes_into_the_next_period_once_its_own_is_closed(counter: Counter) -> None:
    counter.settle("first", counter.visit("E1", 100_000, key="a"))
    _close(counter)
    counter.settle("second", counter.visit("E1", 90_000, key="b"))
    posted = [(line.period, line.slipped_months) for line in counter.pump.rows(HOUSE, JournalLine)]
    assert posted == [(MONTH, 0), ("2023-07", 1)]


def test_a_batch_that_read_it_as_open_is_worked_out_again(counter: Counter) -> None:
    visit_id = counter.visit("E1", 100_000)
    _settle_but_for_the_house(counter, visit_id)
    house = counter.pump.world.process(HOUSE)
    while places := counter.pump.world.waiting_places(house):
        house.read(places[0], 100)
    assert house.open()
    _close(counter)
    assert house.end() is None
    assert counter.pump.rows(HOUSE, JournalLine) == []
    counter.pump.world.settle_down()
    posted = [(line.period, line.slipped_months) for line in counter.pump.rows(HOUSE, JournalLine)]
    assert posted == [("2023-07", 1)]


def test_closing_twice_is_closing_once(counter: Counter) -> None:
    def twice(unit: UnitOfWork) -> None:
        close_period(MONTH, unit)
        close_period(MONTH, unit)

    counter.pump.world.write(HOUSE, twice)
    assert counter.pump.rows(HOUSE, Period) == [Period(MONTH, PeriodState.CLOSED, 2)]


def _settle_but_for_the_house(counter: Counter, visit_id: str) -> None:
    counter.send("settle", ask.Settle(visit_id, True, "", ""))
    counter.flow(HOUSE)
