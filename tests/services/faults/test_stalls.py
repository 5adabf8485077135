"""How long a strike was felt is counted from the strike, by those who asked."""

from __future__ import annotations

from services.faults.plan import Kind, Strike
from services.faults.stalls import Struck, by_kind, middle_and_most, stalls_of


def struck(at_s: float, kind: Kind = Kind.KILL_CARE) -> Struck:
    return Struck(Strike(1, kind, 0, 0, 0), "care-1", at_s, at_s + 4)


def test_it_is_felt_until_the_first_settlement_asked_for_after_it() -> None:
    settles = [(99.0, 100.5), (100.2, 103.0), (102.0, 102.5), (110.0, 110.1)]
    (stall,) = stalls_of([struck(100.0)], settles)
    assert stall.down_ms == 4_000
    assert stall.first_ms == 2_500  # not the one that was asked for before
    assert stall.silent_ms == 7_100
    assert stall.longest_ms == 2_800


def test_what_comes_after_the_next_strike_is_felt_of_that_one() -> None:
    settles = [(101.0, 101.5), (201.0, 209.0)]
    first, second = stalls_of([struck(100.0), struck(200.0)], settles)
    assert (first.silent_ms, first.longest_ms) == (1_500, 500)
    assert (second.first_ms, second.longest_ms) == (9_000, 8_000)


def test_where_nobody_asked_nothing_is_made_up() -> None:
    (stall,) = stalls_of([struck(100.0)], [])
    assert (stall.first_ms, stall.silent_ms, stall.longest_ms) == (None, None, None)
    assert middle_and_most([None]) == "–"


def test_medians_and_largest_are_those_of_a_kind() -> None:
    strikes = [struck(0.0), struck(10.0, Kind.KILL_HOUSE), struck(20.0)]
    kinds = by_kind(stalls_of(strikes, [(0.0, 1.0), (20.0, 23.0)]))
    assert list(kinds) == [Kind.KILL_CARE, Kind.KILL_HOUSE]
    assert middle_and_most([stall.first_ms for stall in kinds[Kind.KILL_CARE]]) == "2.0 / 3.0"
