"""The report says what was done, what was felt and what was proved, the bad news as well."""

from __future__ import annotations

from pathlib import Path

from clearing.settlement import SettlementState
from services.faults.plan import Kind, Strike
from services.faults.report import HEAD, machine_here, report_of, with_section
from services.faults.run import Found, Wanted
from services.faults.stalls import Struck
from services.faults.told import Event, RequestKey, Told, ToldSettlement
from services.faults.wrong import Wrong
from services.real.network import Layout

LAYOUT = Layout(
    {"care": 2, "insured": 2, "house": 1}, {"care": 1, "insured": 2, "house": 3}, 4, 5, brokers=3
)
REQUEST = RequestKey("310000", "H1", "r1")
TOLD = ToldSettlement("s1", SettlementState.SETTLED, {}, 0)


def run_of(*wrong: Wrong) -> Found:
    told = Told({REQUEST: TOLD}, settles=[(9.0, 12.5), (101.0, 102.0)])
    told.counts[Event.UNKNOWN] = 7
    strikes = [
        Struck(Strike(1, Kind.KILL_LEADER, 0, 0, 0), "broker 1", 10.0, 20.0),
        Struck(Strike(2, Kind.PAUSE_NODE, 0, 0, 0), "care-1", 100.0, 101.0),
    ]
    found = Found(Wanted(7, 1, 0, Path("run"), LAYOUT, 12), told, strikes, {"sums": list(wrong)})
    found.counts = {"lines in the journal": 1_234}
    found.ended_by_themselves = {("care-1", 75): 2}
    return found


def test_databases_that_were_put_back_are_counted_by_themselves() -> None:
    run = run_of()
    put_back = Strike(3, Kind.RESTORE_HOUSE, 0, 0, 0)
    run.strikes.append(Struck(put_back, "house", 200.0, 201.0))
    assert report_of(run, "", "").startswith("## Seed 7: 1 kills, 1 databases put back, nothing")


def test_it_tells_everything_that_was_measured() -> None:
    text = report_of(run_of(), "yidi faults --seed 7", "a machine")
    assert text.startswith("## Seed 7: 1 kills, nothing lost, nothing doubled\n")
    for said in (
        "    yidi faults --seed 7\n",
        "a machine",
        "3 broker(s), each record on 3",
        "2 care, 2 insured, 1 house",
        "1 settlements acknowledged",
        "7 answers *unknown*",
        "care-1 with 75 × 2",
        "| kill -9 of the broker that leads most partitions | 1 | 10.0 / 10.0 | 92.0 / 92.0 | 2.5",
        "| SIGSTOP of a node's process, later SIGCONT | 1 | 1.0 / 1.0 | 2.0 / 2.0 |",
        "| lines in the journal | 1,234 |",
        "| sums | holds |",
    ):
        assert said in text, said


def test_what_does_not_hold_is_in_the_title_and_named() -> None:
    text = report_of(run_of(Wrong("two_effects", "settlement s1", "twice")), "yidi", "a machine")
    assert text.startswith("## Seed 7: 1 kills, 1 WRONG\n")
    assert "| sums | **1 wrong** |" in text
    assert "- two_effects: settlement s1: twice" in text


def test_an_answer_is_counted_once_and_its_change_is_kept() -> None:
    told = Told()
    told.settled(REQUEST, TOLD)
    told.settled(REQUEST, ToldSettlement("s1", SettlementState.SETTLED, {}, 0))
    assert told.counts[Event.REPEATED_ANSWER] == 1
    assert told.changed == []
    told.settled(REQUEST, ToldSettlement("s2", SettlementState.SETTLED, {}, 0))
    assert len(told.changed) == 1
    assert told.settlements[REQUEST].settlement_id == "s1"


def test_a_page_keeps_one_section_a_seed() -> None:
    page = with_section("", "## Seed 1: 2 kills, good\n\n(one)\n")
    page = with_section(page, "## Seed 12: 2 kills, good\n\n(twelve)\n")
    page = with_section(page, "## Seed 1: 3 kills, good\n\n(anew)\n")
    assert page.startswith(HEAD)
    assert "(one)" not in page
    assert page.index("(twelve)") < page.index("(anew)")
    assert page.count("## Seed") == 2


def test_the_machine_is_described() -> None:
    assert "cores" in machine_here()
