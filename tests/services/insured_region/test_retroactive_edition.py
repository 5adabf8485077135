"""A retroactive edition: in June a ratio is raised for care from March on.

The made-up region pays an adult's visit to a tertiary hospital elsewhere, unfiled, at 50 % less
20 points, after a yearly deductible of 100.00 and up to 600.00 a year. The new edition raises
the 50 % to 60 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from clearing.benefits.claim import Fund
from clearing.errors import Conflict
from services.insured_region.records import Settlement
from services.insured_region.verifying import verify_insured
from services.node.day_book import BookedLine
from tests.services.insured_region.rules_desk import REGION, RulesDesk, raised

MARCH = date(2024, 3, 1)
PAID = "outpatient/resident/payment"


@pytest.fixture
def spring() -> Iterator[RulesDesk]:
    """Return the region after four visits of one member, the third of them reversed."""
    desk = RulesDesk()
    # 400.00 less the deductible of 100.00, at 30 %
    assert desk.visit("february", date(2024, 2, 10), 40_000) == 9_000
    # 500.00 at 30 %
    assert desk.visit("march", date(2024, 3, 5), 50_000) == 15_000
    # 800.00 at 30 %
    assert desk.visit("april", date(2024, 4, 5), 80_000) == 24_000
    # 1,000.00 at 30 % is 300.00; of the cap only 600 - 90 - 150 - 240 = 120.00 is left
    assert desk.visit("may", date(2024, 5, 5), 100_000) == 12_000
    assert desk.undo("r1", "reversal", target="request of april").result == "undone"
    yield desk
    assert desk.pump.look(desk.at, lambda unit: verify_insured(unit, REGION))[1] == ""
    desk.pump.close()


def test_each_settlement_is_listed_with_old_new_and_difference(spring: RulesDesk) -> None:
    before = spring.pump.rows(spring.at, Settlement)
    lines, used = spring.pump.rows(spring.at, BookedLine), spring.used()
    published = spring.publish(raised("60%"), MARCH)
    spring.run_all()
    items = spring.items(published.rerun_id)
    # February is before the edition, April was reversed: neither is listed.
    assert set(items) == {"march", "may"}
    # March: 500.00 at 40 %.
    march = items["march"]
    assert (march.old_by_fund, march.new_by_fund) == ({Fund.POOLED: 15_000}, {Fund.POOLED: 20_000})
    assert (march.difference_fen, march.remedy, march.state) == (5_000, "reimburse", "open")
    # May: 1,000.00 at 40 % is 400.00; left of the cap is 600 - 90 - 200 = 310.00.
    may = items["may"]
    assert (may.old_by_fund, may.new_by_fund) == ({Fund.POOLED: 12_000}, {Fund.POOLED: 31_000})
    assert (may.difference_fen, may.remedy) == (19_000, "reimburse")
    (job,) = spring.reruns()
    assert (job.state, job.chains, job.settlements) == ("done", 1, 2)
    assert (job.reimburse_fen, job.recover_fen) == (24_000, 0)
    # Nothing settled was rewritten, nothing entered a book, no accumulator moved.
    assert spring.pump.rows(spring.at, Settlement) == before
    assert spring.pump.rows(spring.at, BookedLine) == lines
    assert spring.used() == used == {PAID: 36_000, "outpatient/resident/deductible": 10_000}


def test_a_recorded_reimbursement_moves_the_accumulators_once(spring: RulesDesk) -> None:
    rerun = spring.publish(raised("60%"), MARCH).rerun_id
    spring.run_all()
    recorded = spring.record(rerun, "march")
    assert (recorded.state, recorded.recorded_by) == ("recorded", "Mr Hu")
    assert spring.used()[PAID] == 36_000 + 5_000
    spring.record(rerun, "may")
    assert spring.used()[PAID] == 60_000  # the year's cap, to the fen
    with pytest.raises(Conflict, match="already_recorded"):
        spring.record(rerun, "march")
    # What was reimbursed by hand is no longer undone through the hospital.
    undone = spring.undo("r2", "reversal", target="request of march")
    assert (undone.result, undone.code) == ("refused", "correction_recorded")
    # Nothing is left of the cap.
    assert spring.visit("june", date(2024, 6, 5), 20_000) == 0


def test_money_through_the_hospital_becomes_a_linked_line(spring: RulesDesk) -> None:
    rerun = spring.publish(raised("60%"), MARCH).rerun_id
    spring.run_all()
    lines = len(spring.pump.rows(spring.at, BookedLine))
    item = spring.record(rerun, "march", through_hospital=True)
    rows = {row.line_id: row for row in spring.pump.rows(spring.at, BookedLine)}
    assert len(rows) == lines + 1
    line = rows[item.correction_id]
    assert (line.kind, line.original_line_id, line.total_fen) == ("correction", "march", 0)
    assert line.by_fund == {Fund.POOLED: 5_000}
    # It belongs to the day it is recorded on, not to March, whose period may be closed.
    assert line.on == date(2024, 6, 10)
    assert spring.used()[PAID] == 41_000
    # Care at home is cleared between nobody.
    with pytest.raises(Conflict, match="not_cleared"):
        spring.record(_at_home(spring), "home", through_hospital=True)


def _at_home(spring: RulesDesk) -> str:
    spring.visit("home", date(2024, 3, 8), 10_000, care_region=REGION)
    rerun = spring.publish(raised("70%"), MARCH).rerun_id
    spring.run_all()
    return rerun


def test_a_claim_settled_in_between_has_the_rerun_repeated(spring: RulesDesk) -> None:
    first = spring.publish(raised("60%"), MARCH).rerun_id
    spring.run_all()
    # By the new rules, on the accumulators as they are: 200.00 at 40 %.
    assert spring.visit("june", date(2024, 6, 5), 20_000) == 8_000
    with pytest.raises(Conflict, match="chain_moved"):
        spring.record(first, "march")
    second = spring.repeat(first)
    spring.run_all()
    items = spring.items(second)
    # March and May take what is left of the cap, so June comes to nothing.
    assert {name: item.difference_fen for name, item in items.items()} == {
        "march": 5_000,
        "may": 19_000,
        "june": -8_000,
    }
    assert items["june"].remedy == "recover"
    assert spring.items(first)["march"].state == "superseded"
    with pytest.raises(Conflict, match="item_superseded"):
        spring.record(first, "march")
    for name in items:
        spring.record(second, name)
    assert spring.used()[PAID] == 60_000


def test_a_second_edition_goes_on_from_what_was_recorded(spring: RulesDesk) -> None:
    first = spring.publish(raised("60%"), MARCH).rerun_id
    spring.run_all()
    spring.record(first, "march")
    # From April on 55 %: less than the 60 % in force, more than what was paid.
    second = spring.publish(raised("55%", "2024-04-01"), date(2024, 4, 1)).rerun_id
    spring.run_all()
    items = spring.items(second)
    assert set(items) == {"may"}  # March's days stay with the first
    # 1,000.00 at 35 % is 350.00; left of the cap is 600 - 90 - (150 + 50 recorded) = 310.00.
    assert items["may"].new_by_fund == {Fund.POOLED: 31_000}
    assert items["may"].difference_fen == 19_000
    spring.record(second, "may")
    assert spring.used()[PAID] == 60_000


def test_an_edition_taken_back_recovers_what_was_reimbursed(spring: RulesDesk) -> None:
    first = spring.publish(raised("60%"), MARCH).rerun_id
    spring.run_all()
    spring.record(first, "march")
    lower = spring.publish(raised("45%"), MARCH).rerun_id
    spring.run_all()
    march = spring.items(lower)["march"]
    # 500.00 at 25 % is 125.00; 150.00 were settled and 50.00 reimbursed.
    assert (march.old_by_fund, march.new_by_fund) == ({Fund.POOLED: 20_000}, {Fund.POOLED: 12_500})
    assert (march.difference_fen, march.remedy) == (-7_500, "recover")
    spring.record(lower, "march")
    assert spring.used()[PAID] == 9_000 + 12_500 + 12_000


def test_later_claims_are_decided_by_the_edition_of_their_day(spring: RulesDesk) -> None:
    spring.publish(raised("60%"), MARCH)
    spring.run_all()
    by_day = {
        "late february": (date(2024, 2, 29), 10_000, 3_000),
        "first of march": (MARCH, 10_000, 4_000),
    }
    for name, (day, in_scope_fen, fund_fen) in by_day.items():
        assert spring.visit(name, day, in_scope_fen) == fund_fen
