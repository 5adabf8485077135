"""The proof holds of a sound network, and finds each loss and doubling that is planted in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.db.memory import MemoryStore
from adapters.db.store import SqlStore
from clearing.journal import JournalLine
from clearing.messages import HOUSE, Address, Role
from clearing.ports import Store
from clearing.position import Position
from clearing.report import ReportedLine
from clearing.settlement import SettlementState
from services.care_region import records as at_care
from services.care_region.answers import ReversalAnswer, SettlementAnswer
from services.care_region.commands import ReverseRequest, Settle
from services.faults.proof import check_all
from services.faults.rows import WANTED, Rows, read_rows
from services.faults.told import RequestKey, Told, ToldSettlement, ToldUndo
from services.insured_region import records as at_insured
from services.network.roles import SPECS
from services.node.day_book import BookedLine
from services.node.records import Outgoing, ParkedRecord, RequestEntry, RequestStatus
from services.simulator.run import Run
from services.simulator.scheduler import Scheduler

SEED = 3


@pytest.fixture(scope="module")
def run() -> Run:
    """Return a simulated network that came to rest after a thousand steps."""
    run = Run(SEED)
    scheduler = Scheduler(run.world, SEED)
    assert run.play(scheduler.next() for _ in range(1_000)).violation is None
    return run


@pytest.fixture(scope="module")
def rows(run: Run) -> Rows:
    return read_rows(run.world.disks, lambda node: MemoryStore(run.world.disks[node]))


@pytest.fixture(scope="module")
def told(run: Run) -> Told:
    told = Told()
    for sent in run.people.sent:
        request = RequestKey(sent.at.region, sent.scope, sent.request_id)
        if isinstance(sent.payload, Settle) and isinstance(sent.answer, SettlementAnswer):
            payment = sent.answer.payment
            told.settled(
                request,
                ToldSettlement(
                    sent.answer.settlement_id,
                    sent.answer.state,
                    payment.by_fund,
                    payment.account_fen,
                ),
            )
        elif isinstance(sent.payload, ReverseRequest) and isinstance(sent.answer, ReversalAnswer):
            target = RequestKey(sent.at.region, sent.scope, sent.payload.target_request_id)
            told.undid(request, ToldUndo(sent.answer.result, sent.answer.settlement_id, target))
    return told


def found(rows: Rows, told: Told) -> dict[str, list[str]]:
    every = [wrong for checked in check_all(rows, told).values() for wrong in checked]
    codes: dict[str, list[str]] = {}
    for wrong in every:
        codes.setdefault(wrong.code, []).append(str(wrong))
    return codes


def edited(rows: Rows, node: Address, record: type, edit: Callable[[list[Any]], None]) -> Rows:
    """Return the rows with one table of one node edited."""
    table: list[Any] = list(rows.of(node, record))
    edit(table)
    tables: dict[Address, Mapping[type, Sequence[Any]]] = dict(rows.tables)
    tables[node] = {**tables[node], record: table}
    return Rows(tables)


def settled(rows: Rows, told: Told) -> tuple[Address, at_care.Settlement]:
    """Return a standing settlement that a caller was told of and that is cleared."""
    acknowledged = {answer.settlement_id for answer in told.settlements.values()}
    booked = {line.line_id for _, line in rows.every(Role.CARE, BookedLine)}
    return next(
        (node, row)
        for node, row in rows.every(Role.CARE, at_care.Settlement)
        if row.state is SettlementState.SETTLED
        and row.settlement_id in acknowledged & booked
        and any(row.by_fund.values())
    )


def test_a_sound_network_is_proved_sound(rows: Rows, told: Told) -> None:
    assert found(rows, told) == {}
    assert len(told.settlements) > 20
    assert len(rows.house(JournalLine)) > 20
    assert any(undo.target is not None for undo in told.undone.values())


def test_a_settlement_that_the_care_side_lost_is_named(rows: Rows, told: Told) -> None:
    node, lost = settled(rows, told)
    codes = found(edited(rows, node, at_care.Settlement, lambda table: table.remove(lost)), told)
    assert lost.settlement_id in codes["acknowledged_lost"][0]
    assert "sides_differ" in codes


def test_a_settlement_that_the_insured_side_lost_is_named(rows: Rows, told: Told) -> None:
    _, lost = settled(rows, told)
    node, row = next(
        (node, row)
        for node, row in rows.every(Role.INSURED, at_insured.Settlement)
        if row.settlement_id == lost.settlement_id
    )
    codes = found(edited(rows, node, at_insured.Settlement, lambda table: table.remove(row)), told)
    assert lost.settlement_id in codes["acknowledged_lost"][0]
    assert {"sides_differ", "accumulators_wrong"} <= codes.keys()


def test_a_settlement_that_is_there_twice_is_found(rows: Rows, told: Told) -> None:
    _, mine = settled(rows, told)
    node, row = next(
        (node, row)
        for node, row in rows.every(Role.INSURED, at_insured.Settlement)
        if row.settlement_id == mine.settlement_id
    )
    twin = replace(row, settlement_id="twin")
    codes = found(edited(rows, node, at_insured.Settlement, lambda table: table.append(twin)), told)
    assert mine.request_id in codes["two_effects"][0]
    assert "twin" in codes["sides_differ"][0]
    assert "accumulators_wrong" in codes


def test_an_answer_that_is_not_what_is_kept_is_named(rows: Rows, told: Told) -> None:
    node, mine = settled(rows, told)
    request = RequestKey(node.region, mine.institution_id, mine.request_id)
    answer = told.settlements[request]
    more = {fund: fen + 1 for fund, fen in answer.by_fund.items()}
    settlements = told.settlements | {request: replace(answer, by_fund=more)}
    codes = found(rows, replace(told, settlements=settlements))
    assert list(codes) == ["told_otherwise"]
    assert mine.settlement_id in codes["told_otherwise"][0]


def test_an_answer_that_was_not_the_last_is_named(rows: Rows, told: Told) -> None:
    request, answer = next(iter(told.settlements.items()))
    twice = Told(dict(told.settlements), dict(told.undone))
    twice.settled(request, replace(answer, account_fen=answer.account_fen + 1))
    codes = found(rows, twice)
    assert answer.settlement_id in codes["answer_changed"][0]


def test_what_stands_though_it_was_told_to_be_undone_is_named(rows: Rows, told: Told) -> None:
    node, mine = settled(rows, told)
    target = RequestKey(node.region, mine.institution_id, mine.request_id)
    undone = told.undone | {replace(target, request_id="undo"): ToldUndo("reversed", "", target)}
    codes = found(rows, replace(told, undone=undone))
    assert mine.settlement_id in codes["told_otherwise"][0]


def test_what_stands_though_it_was_refused_is_named(rows: Rows, told: Told) -> None:
    node, mine = settled(rows, told)
    request = RequestKey(node.region, mine.institution_id, mine.request_id)
    codes = found(rows, replace(told, refused={request: "request_reversed"}))
    assert mine.settlement_id in codes["told_otherwise"][0]


def test_a_journal_entry_that_is_missing_or_twice_is_named(rows: Rows, told: Told) -> None:
    line = rows.house(JournalLine)[0]
    codes = found(edited(rows, HOUSE, JournalLine, lambda table: table.remove(line)), told)
    assert line.settlement_id in codes["journal_wrong"][0]
    assert "position_wrong" in codes
    codes = found(edited(rows, HOUSE, JournalLine, lambda table: table.append(line)), told)
    assert line.line_id in codes["two_effects"][0]
    assert line.settlement_id in codes["journal_wrong"][0]


@pytest.mark.parametrize("role", [Role.CARE, Role.INSURED, Role.HOUSE])
def test_a_line_that_is_missing_in_one_of_three_books_is_named(
    rows: Rows, told: Told, role: Role
) -> None:
    record: type = ReportedLine if role is Role.HOUSE else BookedLine
    every: list[tuple[Address, Any]] = list(rows.every(role, record))
    node, line = every[0]
    codes = found(edited(rows, node, record, lambda table: table.remove(line)), told)
    assert line.settlement_id in codes["books_differ"][0]


def test_a_position_or_an_accumulator_that_is_no_sum_is_found(rows: Rows, told: Told) -> None:
    def more(table: list[Any]) -> None:
        table[0] = replace(table[0], amount_fen=table[0].amount_fen + 1)

    def other(table: list[Any]) -> None:
        table[0] = replace(table[0], values={**table[0].values, "inpatient/fees": 1})

    def poorer(table: list[Any]) -> None:
        table[0] = replace(table[0], balance_fen=table[0].balance_fen - 1)

    assert list(found(edited(rows, HOUSE, Position, more), told)) == ["position_wrong"]
    node, _ = next(iter(rows.every(Role.INSURED, at_insured.YearAccumulators)))
    changed = edited(rows, node, at_insured.YearAccumulators, other)
    assert list(found(changed, told)) == ["accumulators_wrong"]
    node, _ = next(iter(rows.every(Role.INSURED, at_insured.Account)))
    assert list(found(edited(rows, node, at_insured.Account, poorer), told)) == ["account_wrong"]


def test_what_is_left_open_is_named(rows: Rows, told: Told) -> None:
    node, mine = settled(rows, told)

    def pending(table: list[Any]) -> None:
        table[0] = replace(table[0], status=RequestStatus.PENDING)

    def asked(table: list[Any]) -> None:
        at = table.index(mine)
        table[at] = replace(mine, awaits_account=True)

    row = Outgoing(1, "yidi.house", "key", b"", mine.business_time)
    codes = found(edited(rows, node, RequestEntry, pending), told)
    assert list(codes) == ["without_outcome"]
    codes = found(edited(rows, node, at_care.Settlement, asked), told)
    assert mine.settlement_id in codes["without_outcome"][0]
    codes = found(edited(rows, node, Outgoing, lambda table: table.append(row)), told)
    assert list(codes) == ["outbox_full"]


def test_fee_lines_that_never_arrived_are_found(rows: Rows, told: Told) -> None:
    node, chunk = next(iter(rows.every(Role.INSURED, at_insured.LineDetails)))
    changed = edited(rows, node, at_insured.LineDetails, lambda table: table.remove(chunk))
    codes = found(changed, told)
    assert chunk.settlement_id in codes["details_lost"][0]


def test_rows_are_read_from_a_database_as_they_are(rows: Rows, tmp_path: Path) -> None:
    some = [next(node for node in rows.tables if node.role is role) for role in Role]

    def open_store(node: Address) -> Store:
        return SqlStore(tmp_path / f"{node.role}.sqlite3", SPECS[node.role])

    for node in some:
        store = open_store(node)
        unit = store.begin()
        for record, table in rows.tables[node].items():
            for row in table:
                unit.table(record).put(row)
        unit.commit()
        store.close()
    assert read_rows(some, open_store).tables == {node: rows.tables[node] for node in some}
    assert all(ParkedRecord in wanted for wanted in WANTED.values())
