from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.claim import Fund, Scheme
from clearing.journal import JournalLine, entries_for
from clearing.period import Period, Posting, posting_for
from clearing.position import Position, positions_of
from clearing.reconcile import BookLine
from tests.clearing.book_lines import book_line, book_lines

NOTHING_CLOSED = dict[str, Period]().get


def entries(*lines: BookLine) -> list[JournalLine]:
    return [
        entry
        for line in lines
        for entry in entries_for(line, posting_for(line.business_time, NOTHING_CLOSED))
    ]


def test_a_position_is_the_sum_of_its_lines_and_may_turn_negative() -> None:
    settled = book_line()
    taken_back = book_line(
        line_id="lin-2",
        kind="reversal",
        original_line_id="lin-1",
        total_fen=-40_000_00,
        by_fund={Fund.POOLED: -22_980_01},
    )
    positions = positions_of(entries(settled, taken_back))
    assert list(positions.values()) == [
        Position("330213", "310000", Scheme.RESIDENT, "21", Fund.POOLED, "2020-06", -1, 2)
    ]


def test_funds_and_payers_have_positions_of_their_own() -> None:
    settled = book_line(by_fund={Fund.POOLED: 1, Fund.MEDICAL_AID: 2})
    debit = book_line(
        line_id="lin-2",
        kind="debit",
        payer_region="140100",
        total_fen=0,
        by_fund={Fund.PERSONAL_ACCOUNT: 4},
    )
    amounts = {
        (position.payer_region, position.fund): position.amount_fen
        for position in positions_of(entries(settled, debit)).values()
    }
    assert amounts == {
        ("330213", Fund.POOLED): 1,
        ("330213", Fund.MEDICAL_AID): 2,
        ("140100", Fund.PERSONAL_ACCOUNT): 4,
    }


def test_a_slipped_line_moves_the_period_it_was_posted_to() -> None:
    late = entries_for(book_line(), Posting("2020-08", 1, 2))
    (position,) = positions_of(late).values()
    assert position.period == "2020-08"


@given(st.permutations(range(8)), st.data())
def test_positions_do_not_depend_on_the_order_of_lines(
    order: list[int], data: st.DataObject
) -> None:
    lines = [data.draw(book_lines(f"lin-{n}")) for n in range(8)]
    in_order = positions_of(entries(*lines))
    assert positions_of(entries(*(lines[n] for n in order))) == in_order
    assert sum(position.amount_fen for position in in_order.values()) == sum(
        sum(line.by_fund.values()) for line in lines
    )
