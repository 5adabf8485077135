"""A cancellation or reversal whose message is lost is asked for again, and undone once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from adapters.wire.envelopes import decode_envelope
from clearing.benefits.claim import Fund
from clearing.errors import Rejected
from clearing.messages import (
    Address,
    DebitDecided,
    DebitUndone,
    DebitUndoRequested,
    UndoDecided,
    UndoRequested,
)
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.care_region.account_leg import DEBIT_DEADLINE_MS, GIVE_UP_AFTER_MS
from services.care_region.open_questions import ASK_AGAIN_MS
from services.care_region.records import OpenQuestion
from services.care_region.verifying import verify_care
from services.insured_region import commands as desk
from services.insured_region.verifying import verify_insured
from services.node.day_book import BookedLine
from services.node.desk_letters import ReplayDeadLetters
from services.node.records import ParkedRecord
from services.simulator.layout import Layout, Seat
from services.simulator.plans import NodePlan
from services.simulator.process import Process
from tests.scenarios.lost_messages import discard, flow_losing
from tests.services.care_region.counter import CARE, FENGHUA, HOME, NOON_2020, Counter, counter_open

BALANCE_FEN = 50_000


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counter_open() as opened:
        opened.member("E1", balance_fen=BALANCE_FEN)
        opened.member("F1", FENGHUA)
        yield opened
        assert opened.pump.rows(CARE, OpenQuestion) == []
        assert opened.pump.look(CARE, lambda unit: verify_care(unit, CARE.region))[1] == ""
        for at in (HOME, FENGHUA):
            assert opened.pump.look(at, partial(verify_insured, region=at.region))[1] == ""


def _asks_again(counter: Counter, *silent: Address) -> None:
    counter.pump.clock.pass_ms(ASK_AGAIN_MS)
    counter.pump.tick(CARE)
    counter.flow(*silent)


def _undo(counter: Counter, kind: str, settlement_id: str) -> None:
    if kind == "cancellation":
        counter.send("undo", ask.CancelSettlement(settlement_id))
    else:
        counter.reverse("undo", "s1", "E1")


def _books_agree(counter: Counter) -> None:
    care, home = (
        sorted((line.line_id, line.kind, line.on, dict(line.by_fund)) for line in rows)
        for rows in (counter.pump.rows(CARE, BookedLine), counter.pump.rows(HOME, BookedLine))
    )
    assert care == home


@pytest.mark.parametrize("kind", ["cancellation", "reversal"])
@pytest.mark.parametrize(
    ("sender", "at", "lost"),
    [(CARE, HOME, UndoRequested), (HOME, CARE, UndoDecided)],
    ids=["the request is lost", "the decision is lost"],
)
def test_an_undo_of_which_a_message_is_lost_is_asked_for_again(
    counter: Counter, kind: str, sender: Address, at: Address, lost: type
) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit)
    _undo(counter, kind, settled.settlement_id)
    flow_losing(counter, sender, lost)
    discard(counter, at)
    assert counter.pump.final(CARE, "H1", "undo") is None
    _asks_again(counter)
    expected = "cancelled" if kind == "cancellation" else "reversed"
    assert counter.seen(visit).state == expected
    assert counter.visit_state(visit) == "open"
    _books_agree(counter)
    kinds = sorted(line.kind for line in counter.pump.rows(HOME, BookedLine))
    assert kinds == sorted(["settlement", "debit", "debit_reversal", kind])
    assert counter.settle("s2", visit).payment == settled.payment


def test_what_had_to_be_asked_again_and_has_no_answer_is_counted(counter: Counter) -> None:
    settled = counter.settle("s1", counter.visit("E1", 100_000))
    _undo(counter, "cancellation", settled.settlement_id)
    counter.flow(HOME)
    assert _unanswered(counter) == 0  # most answers come within a second: nobody need look
    _asks_again(counter, HOME)
    assert _unanswered(counter) == 1
    counter.flow()
    assert _unanswered(counter) == 0


def _unanswered(counter: Counter) -> int | None:
    (process,) = counter.pump.world.processes(CARE)
    return process.machine.look().unanswered


@pytest.mark.parametrize(
    ("sender", "at", "lost"),
    [(CARE, HOME, DebitUndoRequested), (HOME, CARE, DebitUndone)],
    ids=["the request is lost", "the answer is lost"],
)
def test_account_money_of_which_a_message_is_lost_is_given_back_once(
    counter: Counter, sender: Address, at: Address, lost: type
) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit, "A-E1", HOME.region)
    assert settled.payment.account_fen == BALANCE_FEN
    _undo(counter, "cancellation", settled.settlement_id)
    flow_losing(counter, sender, lost)
    discard(counter, at)
    _asks_again(counter)
    assert counter.answer("undo").state is SettlementState.CANCELLED
    assert counter.balance(HOME, "A-E1") == BALANCE_FEN
    _books_agree(counter)
    drawn = [
        line.by_fund.get(Fund.PERSONAL_ACCOUNT) for line in counter.pump.rows(HOME, BookedLine)
    ]
    assert sorted(filter(None, drawn)) == [-BALANCE_FEN, BALANCE_FEN]


def test_an_answer_that_is_only_slow_counts_once(counter: Counter) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit, "A-E1", HOME.region)
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    counter.flow(HOME)
    _asks_again(counter, HOME)
    counter.flow()
    assert counter.answer("undo").state is SettlementState.CANCELLED
    assert counter.balance(HOME, "A-E1") == BALANCE_FEN
    _books_agree(counter)


@pytest.mark.parametrize(
    ("sender", "at", "lost"),
    [(CARE, HOME, DebitUndoRequested), (HOME, CARE, DebitUndone)],
    ids=["the request is lost", "the answer is lost"],
)
def test_account_money_that_was_given_up_is_given_back_once(
    counter: Counter, sender: Address, at: Address, lost: type
) -> None:
    counter.send("s1", ask.Settle(counter.visit("E1", 100_000), True))
    flow_losing(counter, HOME, DebitDecided)
    discard(counter, CARE)
    counter.pump.clock.pass_ms(DEBIT_DEADLINE_MS + GIVE_UP_AFTER_MS + 1)
    counter.pump.tick(CARE)
    flow_losing(counter, sender, lost)
    discard(counter, at)
    _asks_again(counter)
    assert counter.answer("s1").payment.account_fen == 0
    assert counter.balance(HOME, "A-E1") == BALANCE_FEN
    _books_agree(counter)


def test_a_care_region_put_back_to_a_backup_undoes_the_same_debit(counter: Counter) -> None:
    """It gives the debit up once more; the account's region says again what it gave back."""
    world = counter.pump.world
    counter.send("s1", ask.Settle(counter.visit("E1", 100_000), True))
    flow_losing(counter, HOME, DebitDecided)
    discard(counter, CARE)
    world.back_up(CARE)
    counter.pump.clock.pass_ms(DEBIT_DEADLINE_MS + GIVE_UP_AFTER_MS + 1)
    counter.pump.tick(CARE)
    flow_losing(counter, HOME, DebitUndone)
    world.restore(CARE)
    world.start(Seat(CARE))
    counter.pump.tick(CARE)
    counter.flow()
    discard(counter, CARE)
    _asks_again(counter)
    _books_agree(counter)


def test_a_question_is_closed_for_good_though_another_process_asks_it_meanwhile() -> None:
    with counter_open(Layout({CARE: 2})) as counter:
        counter.member("E1", balance_fen=BALANCE_FEN)
        settled = counter.settle("s1", counter.visit("E1", 100_000))
        counter.send("undo", ask.CancelSettlement(settled.settlement_id))
        for asked in ("the insured region", "the account's region"):
            counter.flow(CARE)
            counter.pump.clock.pass_ms(ASK_AGAIN_MS)
            one, two = (counter.pump.world.running[Seat(CARE, slot)] for slot in (1, 2))
            two.open_tick()
            one.publish()
            counter.flow(CARE)
            _read_all(counter, one)
            assert two.under_way is not None, asked
            assert two.end() is None, "another process has taken the answer"
            two.publish()
        counter.flow()
        counter.pump.clock.pass_ms(ASK_AGAIN_MS)
        counter.pump.tick(CARE)
        assert counter.pump.rows(CARE, OpenQuestion) == []
        assert counter.answer("undo").state is SettlementState.CANCELLED
        _books_agree(counter)


def _read_all(counter: Counter, process: Process) -> None:
    for place in counter.pump.world.waiting_places(process):
        process.read(place, 100)
    process.work()
    process.publish()


def _failing(plan: NodePlan, body: type) -> NodePlan:
    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("a bug")

    handlers = {**plan.role.handlers, body: fail}
    return replace(plan, role=replace(plan.role, handlers=handlers))


def test_what_the_other_region_has_set_aside_is_asked_for_once_a_day(counter: Counter) -> None:
    plan = counter.pump.world.plans[HOME]
    settled = counter.settle("s1", counter.visit("E1", 100_000))
    counter.pump.restart(HOME, _failing(plan, UndoRequested))
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    counter.flow()
    for _ in range(3 * 24 * 6):
        counter.pump.clock.pass_ms(ASK_AGAIN_MS)
        counter.pump.tick(CARE)
        counter.flow()
        assert counter.outcome("undo").code == "internal", "not that it waits behind itself"
    assert len(counter.pump.rows(HOME, ParkedRecord)) == 1 + 3
    counter.pump.restart(HOME, plan)
    counter.at_desk(HOME, "replay", ReplayDeadLetters("ops", "mended"))
    counter.flow()
    assert counter.answer("undo").state is SettlementState.CANCELLED
    _books_agree(counter)


def test_nothing_is_asked_while_its_answer_would_wait_here(counter: Counter) -> None:
    settled = counter.settle("s1", counter.visit("E1", 100_000))
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    flow_losing(counter, HOME, UndoDecided)
    for _ in range(24):
        _asks_again(counter)
    assert len(counter.pump.rows(CARE, ParkedRecord)) == 1
    discard(counter, CARE)
    _asks_again(counter)
    assert counter.answer("undo").state is SettlementState.CANCELLED


def test_a_second_asking_for_account_money_may_be_discarded(counter: Counter) -> None:
    plan = counter.pump.world.plans[HOME]
    settled = counter.settle("s1", counter.visit("E1", 100_000))
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    flow_losing(counter, HOME, DebitUndone)
    discard(counter, CARE)
    counter.pump.restart(HOME, _failing(plan, DebitUndoRequested))
    _asks_again(counter)
    counter.pump.restart(HOME, plan)
    discard(counter, HOME)
    assert counter.answer("undo").state is SettlementState.CANCELLED
    assert counter.balance(HOME, "A-E1") == BALANCE_FEN
    _books_agree(counter)


def test_a_restored_settlement_is_restored_once(counter: Counter) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit)
    counter.send("c1", ask.CancelSettlement(settled.settlement_id))
    counter.flow()
    counter.reverse("undo", "c1", "E1")
    flow_losing(counter, HOME, UndoDecided)
    discard(counter, CARE)
    _asks_again(counter)
    assert counter.seen(visit).state is SettlementState.SETTLED
    _books_agree(counter)
    assert [line.kind for line in counter.pump.rows(HOME, BookedLine)].count("restoration") == 1


def test_what_was_refused_stays_refused(counter: Counter) -> None:
    """A clerk decided the case; the refusal is lost, and repeated when asked again."""
    visit = counter.visit("F1", 100_000, at=FENGHUA)
    counter.send("s1", ask.Settle(visit), NOON_2020)
    counter.flow()
    settled = counter.answer("s1")
    assert settled.state is SettlementState.MANUAL
    decision = desk.DecideManualCase(settled.settlement_id, {}, {}, "a clerk", "no papers")
    counter.at_desk(FENGHUA, "decide", decision)
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    flow_losing(counter, FENGHUA, UndoDecided)
    discard(counter, CARE)
    _asks_again(counter)
    with pytest.raises(Rejected, match="manual_case_decided"):
        counter.answer("undo")
    assert counter.seen(visit).state is SettlementState.MANUAL


def test_a_region_that_is_away_is_asked_ever_less_often(counter: Counter) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit)
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    counter.flow(HOME)
    asked_after = []
    for minute in range(1, 24 * 60):
        counter.pump.clock.pass_ms(60_000)
        counter.pump.tick(CARE)
        rows = counter.pump.world.process(CARE).unpublished
        if any(isinstance(decode_envelope(row.value).body, UndoRequested) for row in rows):
            asked_after.append(minute)
        counter.flow(HOME)
    assert asked_after == [10, 30, 70, 150, 310, 630, 1270]
    counter.flow()
    assert counter.answer("undo").state is SettlementState.CANCELLED
    _books_agree(counter)
