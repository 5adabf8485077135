"""A node's database is put back to last night's backup: the log brings the rest of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from clearing.errors import Unavailable
from clearing.filing import FilingRecord
from clearing.journal import JournalLine
from clearing.messages import HOUSE, Address
from clearing.report import ReportedLine
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.insured_region import commands as desk
from services.insured_region import records as at_insured
from services.node.command import Failed
from services.node.day_book import BookedLine
from services.node.records import ParkedRecord, SeenMessage
from tests.services.care_region.counter import CARE, DAY, HOME, NOON, THIRD, Counter

A_DAY_MS = 24 * 60 * 60 * 1000


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter(with_house=True)
    counter.member("E1")
    counter.member("E2", balance_fen=50_000)
    counter.member("T1", THIRD, balance_fen=100_000, shared=("E1",))
    yield counter
    counter.pump.close()


def _some_work(counter: Counter, name: str) -> None:
    """Leave everything that leaves a trace: filings, account money, undoing, a refusal."""
    counter.settle(f"{name}-1", counter.visit("E1", 100_000, key=f"{name}a"), "A-T1", THIRD.region)
    counter.settle(f"{name}-2", counter.visit("E2", 90_000, key=f"{name}b"))
    counter.reverse(f"{name}-3", f"{name}-2", "E2")
    settled = counter.settle(f"{name}-4", counter.visit("E2", 80_000, key=f"{name}c"))
    counter.send(f"{name}-5", ask.CancelSettlement(settled.settlement_id))
    stranger = counter.settle(f"{name}-6", counter.visit("nobody", 1_000, key=f"{name}d"))
    assert stranger.state is SettlementState.REFUSED
    filing = desk.FileRemoteCare("E1", "referral", CARE.region, DAY)
    filed = counter.at_desk(HOME, f"{name}-7", filing)
    counter.settle(f"{name}-8", counter.visit("E1", 70_000, key=f"{name}e"))
    counter.at_desk(HOME, f"{name}-9", desk.RevokeFiling(filed.filing_id, DAY))


def _kept(counter: Counter, at: Address) -> dict[type, list[Any]]:
    """Return what a node keeps of settlements and books, and which messages it has read."""
    kinds: tuple[type, ...] = (BookedLine, SeenMessage)
    if at == HOUSE:
        kinds = (ReportedLine, JournalLine, SeenMessage)
    elif at != CARE:
        kinds += (
            at_insured.Settlement,
            at_insured.LiveSettlement,
            at_insured.YearAccumulators,
            at_insured.Account,
            at_insured.Debit,
            FilingRecord,
        )
    return {kind: counter.pump.rows(at, kind) for kind in kinds}


@pytest.mark.parametrize("at", [HOME, THIRD, HOUSE])
def test_it_catches_up_by_itself_to_what_it_was(counter: Counter, at: Address) -> None:
    pump = counter.pump
    _some_work(counter, "morning")
    backup = pump.world.disks[at].backup()
    _some_work(counter, "evening")
    expected = {each: _kept(counter, each) for each in pump.world.plans}
    pump.clock.pass_ms(A_DAY_MS)
    pump.world.disks[at].restore(backup)
    pump.restart(at)
    counter.flow()
    for each in pump.world.plans:
        assert pump.rows(each, ParkedRecord) == []
        assert _kept(counter, each) == expected[each]


def test_it_takes_nothing_by_call_until_it_has(counter: Counter) -> None:
    """A person who decided now would not know what the node has told others since the backup."""
    pump = counter.pump
    backup = pump.world.disks[HOME].backup()
    _some_work(counter, "evening")
    pump.world.disks[HOME].restore(backup)
    pump.restart(HOME)
    newcomer = desk.RegisterMembers((desk.MemberEntry("E9", HOME.region, date(1980, 5, 1)),))
    with pytest.raises(Unavailable) as caught:
        counter.at_desk(HOME, "newcomer", newcomer)
    assert caught.value.code == "catching_up"
    assert (
        pump.ask(HOME, desk.GetMember(HOME.region, "E1")).member_id == "E1"
    )  # questions are answered
    for asked in (
        desk.GetDayTotals(HOME.region, DAY),
        desk.ListDayLines(HOME.region, CARE.region, DAY),
    ):
        with pytest.raises(Unavailable, match="catching_up"):  # but no day is compared
            pump.ask(HOME, asked)
    counter.flow()
    assert pump.ask(HOME, desk.GetDayTotals(HOME.region, DAY)).totals
    assert counter.at_desk(HOME, "newcomer", newcomer).registered == 1


def test_what_was_open_at_the_backup_is_not_said_to_be_open_until_it_has(counter: Counter) -> None:
    """It may have been answered since: nobody who was told so is sent back to waiting."""
    pump = counter.pump
    filing = desk.FileRemoteCare("E1", "referral", CARE.region, DAY)
    pump.request(HOME, filing, "desk", "filing", NOON)
    backup = pump.world.disks[HOME].backup()
    answered = counter.at_desk(HOME, "filing", filing)
    pump.world.disks[HOME].restore(backup)
    pump.restart(HOME)
    again = pump.request(HOME, filing, "desk", "filing", NOON)
    assert isinstance(again, Failed)
    assert isinstance(again.error, Unavailable)
    assert again.error.code == "catching_up"
    counter.flow()
    assert counter.at_desk(HOME, "filing", filing) == answered


def test_account_money_is_given_back_by_a_region_that_has_forgotten_it(counter: Counter) -> None:
    """Its members came by call: it decides the debit anew, and the other books show it."""
    pump = counter.pump
    backup = pump.world.disks[THIRD].backup()
    counter.member("T2", THIRD, balance_fen=30_000, shared=("E1",))
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit, "A-T2", THIRD.region)
    assert settled.payment.account_fen == 30_000
    pump.world.disks[THIRD].restore(backup)
    pump.restart(THIRD)
    counter.flow()
    counter.member("T2", THIRD, balance_fen=30_000, shared=("E1",))
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    counter.flow()
    assert counter.seen(visit).state is SettlementState.CANCELLED
    assert counter.balance(THIRD, "A-T2") == 30_000
    again = counter.settle("s2", visit, "A-T2", THIRD.region)
    assert again.payment.account_fen == 30_000


def test_it_goes_on_from_there(counter: Counter) -> None:
    pump = counter.pump
    backup = pump.world.disks[HOME].backup()
    _some_work(counter, "evening")
    pump.clock.pass_ms(A_DAY_MS)
    pump.world.disks[HOME].restore(backup)
    pump.restart(HOME)
    _some_work(counter, "next-day")
    lines = {line.line_id: line for line in pump.rows(CARE, BookedLine)}
    paid = {line.line_id: line.total_fen for line in pump.rows(HOME, BookedLine)}
    assert {line_id: lines[line_id].total_fen for line_id in paid} == paid
    posted = {line.line_id for line in pump.rows(HOUSE, JournalLine)}
    assert posted == set(lines)
    assert [pump.rows(each, ParkedRecord) for each in pump.world.plans] == [[]] * 5


def test_a_care_node_parks_decisions_on_requests_it_has_lost(counter: Counter) -> None:
    """Requests come by call, not by the log: what was accepted since the backup is gone."""
    pump = counter.pump
    backup = pump.world.disks[CARE].backup()
    counter.settle("evening", counter.visit("E1", 100_000))
    pump.world.disks[CARE].restore(backup)
    pump.restart(CARE)
    counter.flow()
    parked = {row.code: row.kind for row in pump.rows(CARE, ParkedRecord)}
    assert parked == {
        "decision_unexpected": "SettlementDecided",
        "debit_unknown": "DebitDecided",
    }
    assert counter.settle("next", counter.visit("E2", 100_000)).state is SettlementState.SETTLED
