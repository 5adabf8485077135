"""Rows tell medians of the runs, and whether they keep their bounds."""

from __future__ import annotations

from tests.bench.on_servers.bare_chain import BareChain
from tests.bench.on_servers.full_visits import FullVisits
from tests.bench.on_servers.message_leg import MessageLeg
from tests.bench.on_servers.rows import growth_rows, leg_rows, visit_rows
from tests.bench.on_servers.test_gate import SOUND
from tests.bench.on_servers.use import Uses
from tests.bench.on_servers.visit_load import Calls, Played
from tests.bench.table import Row

USED = Uses({"insured": 0.1, "broker": 0.3}, {"insured": 150, "care": 140, "house": 130})


def _leg(rate: int) -> MessageLeg:
    sizes = {"insured": 240.4, "care": 120.0, "house": 360.0}
    return MessageLeg(100, 100 / rate, 1.0, USED, SOUND, [], sizes)


def _row(rows: list[Row], name: str) -> Row:
    (found,) = [each for each in rows if each.name == name]
    return found


def test_the_legs_median_is_held_to_its_bound() -> None:
    legs = [_leg(900), _leg(1_500), _leg(1_000)]
    one_message = [BareChain(100, 100 / rate, USED) for rate in (4_000, 5_000, 4_100)]
    same_hops = [BareChain(100, 100 / rate, USED) for rate in (2_000, 2_500, 2_050)]

    rows = leg_rows(legs, one_message, same_hops)

    told = _row(rows, "message leg, settlements a second")
    assert (told.median, told.spread) == ("1,000", "900 to 1,500")
    assert told.bound == "at least 1,000: met"
    # 900/4000, 1500/5000, 1000/4100: each run with the bare chain of the same run.
    assert _row(rows, "insured, messages a transaction").median == "240"
    strict = _row(rows, "ours / bare chain of one message a hop")
    assert (strict.median, strict.bound) == ("0.244", "at least 0.25: MISSED")
    assert _row(rows, "bare chain of the same hops, settlements a second").median == "2,050"
    same = _row(rows, "ours / bare chain of the same hops")
    assert (same.median, same.bound) == ("0.488", "at least 0.25: met")


def test_use_is_told_for_each_settlement() -> None:
    bare = BareChain(200, 1.0, USED)
    rows = leg_rows([_leg(1_000)], [bare], [bare])

    assert _row(rows, "broker, processor µs a settlement").median == "3,000"
    assert _row(rows, "all of it, processor µs a settlement").median == "4,000"
    assert _row(rows, "broker, processor µs a bare settlement of the same hops").median == "1,500"
    assert _row(rows, "insured, most memory, MiB").median == "150"


def test_growth_is_told_beside_the_usual_of_the_same_run() -> None:
    rows = growth_rows("twice", [_leg(500), _leg(800)], [_leg(1_000), _leg(1_000)])

    assert _row(rows, "twice: its rate / the usual").median == "0.650"


def test_visits_tell_the_slowest_settlements() -> None:
    calls = Calls([float(ms) for ms in range(1, 101)], [100.0, 200.0])
    run = FullVisits(Played(240, 2.0, Calls()), Played(100, 2.0, calls), USED, USED)

    rows = visit_rows([run])

    assert _row(rows, "full visits a second").bound == "at least 120: met"
    assert _row(rows, "Settle then, p50 ms").median == "50.5"
    assert _row(rows, "Settle then, p99 ms").median == "99.0"
    assert _row(rows, "Settle then, p99 ms").bound == "under 250: met"
