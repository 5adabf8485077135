from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clearing.benefits.claim import Fund, Scheme
from clearing.breaks import BreakFound, BreakKind, fingerprint
from clearing.calendar import instant_at
from clearing.chain import GENESIS
from clearing.journal import JournalLine
from clearing.period import Period, PeriodState
from clearing.position import Position
from clearing.reconcile import BookLine
from clearing.report import ReportedLine
from tests.clearing.book_lines import book_line
from tests.services.clearing_house.house_node import HouseNode


def on(day: date, **given: object) -> BookLine:
    return book_line(business_time=instant_at(day), **given)


@pytest.mark.parametrize("sides", [("care", "payer"), ("payer", "care")])
def test_a_line_that_both_report_alike_is_posted(house: HouseNode, sides: tuple[str, str]) -> None:
    line = book_line(by_fund={Fund.MEDICAL_AID: 5, Fund.POOLED: 22_980_00})
    house.report(sides[0], line)
    assert house.rows(JournalLine) == []
    house.report(sides[1], line)
    journal = house.rows(JournalLine)
    assert [(entry.sequence, entry.fund, entry.amount_fen) for entry in journal] == [
        (1, Fund.POOLED, 22_980_00),
        (2, Fund.MEDICAL_AID, 5),
    ]
    assert journal[0].previous_hash == GENESIS
    assert journal[1].previous_hash == journal[0].hash
    assert Position(
        "330213", "310000", Scheme.RESIDENT, "21", Fund.POOLED, "2020-06", 22_980_00, 1
    ) in house.rows(Position)
    assert house.rows(BreakFound) == []


def test_a_line_without_an_amount_is_matched_and_posts_nothing(house: HouseNode) -> None:
    house.match(book_line(by_fund={}), book_line(line_id="lin-2", by_fund={Fund.POOLED: 0}))
    assert len(house.rows(ReportedLine)) == 4
    assert house.rows(JournalLine) == []
    assert house.rows(Position) == []
    assert house.verify().sound


def test_a_repeat_is_ignored_under_the_same_or_another_message_id(house: HouseNode) -> None:
    line = book_line()
    house.run([house.delivery("care", line, "m-1"), house.delivery("care", line, "m-1")])
    house.report("care", line)
    house.match(line)
    house.match(line)
    assert len(house.rows(JournalLine)) == 1
    assert len(house.rows(ReportedLine)) == 2
    assert house.rows(BreakFound) == []


def test_sides_that_differ_are_a_break_at_once_and_post_nothing(house: HouseNode) -> None:
    care = book_line()
    payer = replace(care, by_fund={Fund.POOLED: 1}, business_time=instant_at(date(2020, 6, 11)))
    house.report("payer", payer)
    house.report("care", care)
    assert house.rows(JournalLine) == []
    assert house.rows(Position) == []
    (found,) = house.rows(BreakFound)
    assert found.kind is BreakKind.DIFFERS
    assert found.fingerprint == fingerprint(date(2020, 6, 10), "lin-1", BreakKind.DIFFERS)
    assert found.detail == (
        "business_time: care 2020-06-10T04:00:00.000Z, payer 2020-06-11T04:00:00.000Z; "
        "by_fund: care pooled=2298000, payer pooled=1"
    )
    assert house.verify().sound


def test_what_was_reported_first_is_never_overwritten(house: HouseNode) -> None:
    line = book_line()
    house.match(line)
    before = house.rows(JournalLine), house.rows(ReportedLine)
    house.report("payer", replace(line, total_fen=1))
    house.report("payer", replace(line, total_fen=2))
    assert (house.rows(JournalLine), house.rows(ReportedLine)) == before
    (found,) = house.rows(BreakFound)
    assert found.kind is BreakKind.DIFFERS
    assert found.detail == "total_fen: payer first 4000000, payer later 1"
    assert house.verify().sound


def test_a_later_report_of_other_content_does_not_match_the_other_side(house: HouseNode) -> None:
    house.report("care", book_line(total_fen=1))
    house.report("care", book_line())
    house.report("payer", book_line())
    assert house.rows(JournalLine) == []
    assert len(house.rows(BreakFound)) == 1


def test_a_report_that_no_book_can_hold_is_parked(house: HouseNode) -> None:
    house.match(book_line(payer_region="310000"))
    house.report("hospital", book_line(line_id="lin-2"))
    assert [parked.code for parked in house.parked()] == [
        "line_inconsistent",
        "behind_parked",  # the other side's report of the same line waits behind it
        "report_side",
    ]
    assert house.rows(ReportedLine) == []


def test_an_account_line_is_owed_by_the_region_that_holds_the_account(house: HouseNode) -> None:
    debit = book_line(
        line_id="lin-2",
        kind="debit",
        payer_region="140100",
        total_fen=0,
        by_fund={Fund.PERSONAL_ACCOUNT: 60_00},
    )
    house.match(book_line(), debit)
    house.match(
        replace(
            debit,
            line_id="lin-3",
            kind="debit_reversal",
            original_line_id="lin-2",
            by_fund={Fund.PERSONAL_ACCOUNT: -60_00},
        )
    )
    amounts = {
        (row.payer_region, row.fund): (row.amount_fen, row.lines) for row in house.rows(Position)
    }
    assert amounts == {
        ("330213", Fund.POOLED): (22_980_00, 1),
        ("140100", Fund.PERSONAL_ACCOUNT): (0, 2),
    }


def test_a_late_line_enters_the_next_open_period(house: HouseNode) -> None:
    unit = house.store.begin()
    unit.table(Period).put(Period("2020-06", PeriodState.CLOSED, 2))
    unit.commit()
    reversal = book_line(
        kind="reversal", original_line_id="lin-0", total_fen=-1, by_fund={Fund.POOLED: -1}
    )
    house.match(reversal)
    (entry,) = house.rows(JournalLine)
    assert (entry.period, entry.slipped_months, entry.original_line_id) == ("2020-07", 1, "lin-0")
    assert [position.period for position in house.rows(Position)] == ["2020-07"]
    assert house.verify().sound


def test_the_head_is_told_once_a_business_day(house: HouseNode) -> None:
    june = [date(2020, 6, day) for day in (10, 10, 11, 10, 12)]
    for number, day in enumerate(june):
        house.match(on(day, line_id=f"lin-{number}"))
    journal = house.rows(JournalLine)
    assert [(head.on.day, head.sequence) for head in house.heads] == [(10, 2), (11, 4)]
    assert [head.hash for head in house.heads] == [journal[1].hash, journal[3].hash]


def test_a_batch_is_posted_as_one_report_after_the_other(house: HouseNode) -> None:
    lines = [on(date(2020, 6, 10 + n // 3), line_id=f"lin-{n}") for n in range(9)]
    house.match(*lines)
    one_by_one = HouseNode()
    for line in lines:
        for side in ("care", "payer"):
            one_by_one.report(side, line)
    assert [entry.line_id for entry in house.rows(JournalLine)] == [f"lin-{n}" for n in range(9)]
    assert house.rows(JournalLine) == one_by_one.rows(JournalLine)
    assert house.rows(Position) == one_by_one.rows(Position)
    assert house.heads == one_by_one.heads
    one_by_one.close()


def test_a_restart_goes_on_where_the_chains_end(tmp_path: object) -> None:
    path = f"{tmp_path}/house.db"
    first = HouseNode(path)
    first.match(book_line())
    first.close()
    second = HouseNode(path)
    second.match(book_line(line_id="lin-2"))
    assert [entry.sequence for entry in second.rows(JournalLine)] == [1, 2]
    assert second.verify().sound
    second.close()
