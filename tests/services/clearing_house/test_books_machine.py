"""Random reports in random order: the books always add up and always verify."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clearing.breaks import BreakFound
from clearing.journal import JournalLine, trial_balance
from clearing.period import Period, PeriodState, posting_for
from clearing.position import Position, key_of, positions_of
from clearing.reconcile import BookLine, digest_of
from clearing.report import ACCOUNT_KINDS, TAKING_BACK, ReportedLine
from tests.clearing.book_lines import book_lines
from tests.effort import examples
from tests.services.clearing_house.house_node import HouseNode

OPPOSITE = {
    "settlement": "reversal",
    "restoration": "cancellation",
    "debit": "debit_reversal",
}


class HouseBooks(RuleBasedStateMachine):
    """Two sides with lines to tell; reports are lost, repeated, delayed and contradicted."""

    def __init__(self) -> None:
        super().__init__()
        self.house = HouseNode()
        self.lines: list[BookLine] = []
        self.told: dict[tuple[str, str], BookLine] = {}
        self.posted: list[BookLine] = []
        self.quarrels: set[str] = set()
        self.periods: dict[str, Period] = {}
        self.expected_periods: dict[str, str] = {}

    def teardown(self) -> None:
        self.house.close()

    @rule(data=st.data())
    def write_a_line(self, data: st.DataObject) -> None:
        self.lines.append(data.draw(book_lines(f"lin-{len(self.lines)}")))

    @precondition(lambda self: self.lines)
    @rule(data=st.data())
    def take_a_line_back(self, data: st.DataObject) -> None:
        line = data.draw(st.sampled_from(self.lines))
        if line.kind in TAKING_BACK:
            return
        self.lines.append(
            replace(
                line,
                line_id=f"lin-{len(self.lines)}",
                original_line_id=line.line_id,
                kind=OPPOSITE[line.kind],
                total_fen=-line.total_fen,
                by_fund={fund: -amount_fen for fund, amount_fen in line.by_fund.items()},
            )
        )

    @precondition(lambda self: self.lines)
    @rule(data=st.data())
    def report_some(self, data: st.DataObject) -> None:
        batch = data.draw(
            st.lists(
                st.tuples(st.sampled_from(("care", "payer")), st.sampled_from(self.lines)),
                min_size=1,
                max_size=8,
            )
        )
        self.tell(batch)

    @precondition(lambda self: self.lines)
    @rule(data=st.data(), side=st.sampled_from(("care", "payer")))
    def report_otherwise(self, data: st.DataObject, side: str) -> None:
        line = data.draw(st.sampled_from(self.lines))
        more_fen = -1 if line.kind in TAKING_BACK else 1
        self.tell([(side, replace(line, total_fen=line.total_fen + more_fen))])

    @rule(month=st.sampled_from(("2020-05", "2020-06")))
    def close_a_period(self, month: str) -> None:
        self.periods[month] = Period(month, PeriodState.CLOSED, 2)
        unit = self.house.store.begin()
        unit.table(Period).put(self.periods[month])
        unit.commit()

    def tell(self, batch: list[tuple[str, BookLine]]) -> None:
        """Report and predict, by the rule in its plainest form, what the house makes of it."""
        self.house.run([self.house.delivery(side, line) for side, line in batch])
        for side, line in batch:
            before = self.told.setdefault((line.line_id, side), line)
            if digest_of(before) != digest_of(line):
                self.quarrels.add(line.line_id)
            elif before is line:
                self.meet(line)

    def meet(self, line: BookLine) -> None:
        if line.line_id in self.expected_periods:
            return
        sides = [self.told.get((line.line_id, side)) for side in ("care", "payer")]
        if None in sides:
            return
        posting = posting_for(line.business_time, self.periods.get)
        self.expected_periods[line.line_id] = posting.period
        if len({digest_of(told) for told in sides if told is not None}) == 1:
            self.posted.append(line)
        else:
            self.quarrels.add(line.line_id)

    @invariant()
    def the_books_verify(self) -> None:
        verification = self.house.verify()
        assert verification.sound, verification.first_fault

    @invariant()
    def what_was_agreed_is_posted_once(self) -> None:
        entries = {
            (entry.line_id, entry.fund): (entry.amount_fen, entry.period)
            for entry in self.house.rows(JournalLine)
        }
        assert entries == {
            (line.line_id, fund): (amount_fen, self.expected_periods[line.line_id])
            for line in self.posted
            for fund, amount_fen in line.by_fund.items()
            if amount_fen
        }

    @invariant()
    def positions_are_the_sums_of_lines_and_balance(self) -> None:
        journal = self.house.rows(JournalLine)
        positions = {key_of(position): position for position in self.house.rows(Position)}
        assert positions == positions_of(journal)
        assert sum(trial_balance(journal).values()) == 0
        assert all(
            (entry.kind in ACCOUNT_KINDS) == (entry.fund == "personal_account") for entry in journal
        )

    @invariant()
    def every_quarrel_is_one_break(self) -> None:
        found = [item.line_id for item in self.house.rows(BreakFound)]
        assert len(set(found)) == len(found)
        assert set(found) == self.quarrels

    @invariant()
    def reports_are_kept_as_they_came_first(self) -> None:
        kept = {(row.line_id, str(row.side)): row.digest for row in self.house.rows(ReportedLine)}
        assert kept == {key: digest_of(line) for key, line in self.told.items()}


TestHouseBooks = HouseBooks.TestCase
TestHouseBooks.settings = settings(max_examples=examples(30), stateful_step_count=20, deadline=None)
