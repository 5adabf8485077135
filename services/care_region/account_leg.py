"""The second leg of a settlement: account money, from whichever region holds the account.

Refused or expired, that part is cash. One that is not answered in time is given up: reversed
in the account's region, and cash too.
"""

from __future__ import annotations

from clearing.benefits.claim import Fund
from clearing.calendar import Instant
from clearing.errors import Rejected
from clearing.frozen import replace
from clearing.messages import (
    Address,
    DebitDecided,
    DebitRequested,
    DebitUndone,
    DebitUndoRequested,
    LineReported,
    Role,
)
from clearing.money import Fen
from clearing.settlement import clearing_type
from services.care_region.open_questions import close_question, open_question
from services.care_region.records import Debit, DebitState, Settlement, Undo
from services.care_region.results import check_known
from services.care_region.settlement_view import view_of
from services.care_region.undo_result import finish_when_done
from services.node.context import Context
from services.node.day_book import book

DEBIT_DEADLINE_MS = 10_000
GIVE_UP_AFTER_MS = 15_000


def start_debit(settlement: Settlement, limit_fen: Fen, context: Context) -> None:
    """Ask the account's region to draw at most ``limit_fen`` for this settlement."""
    assert settlement.scheme is not None
    debit = Debit(
        debit_id=context.mint("dbt"),
        settlement_id=settlement.settlement_id,
        account_id=settlement.account_id,
        account_region=settlement.account_region,
        state=DebitState.REQUESTED,
        limit_fen=limit_fen,
        deadline=Instant(context.now + DEBIT_DEADLINE_MS),
        business_time=context.business_time,
    )
    context.table(Debit).put(debit)
    context.table(Settlement).put(replace(settlement, debit_id=debit.debit_id, awaits_account=True))
    context.send(
        Address(Role.INSURED, debit.account_region),
        debit.account_id,
        DebitRequested(
            debit_id=debit.debit_id,
            settlement_id=settlement.settlement_id,
            care_region=context.address.region,
            account_id=debit.account_id,
            account_region=debit.account_region,
            member_id=settlement.member_id,
            scheme=settlement.scheme,
            care_type=settlement.care_type,
            limit_fen=limit_fen,
            deadline=debit.deadline,
        ),
        correlation_id=settlement.settlement_id,
    )


def take_back_debit(settlement: Settlement, context: Context) -> bool:
    """Undo a settlement's debit where there may be one; tell whether there is one to wait for.

    One that was given up is being undone already and nobody waits for it.
    """
    debit = context.table(Debit).get(settlement.debit_id) if settlement.debit_id else None
    if debit is None or debit.state not in (DebitState.REQUESTED, DebitState.DEBITED):
        return False
    start_debit_undo(debit, DebitState.UNDOING, context)
    return True


def start_debit_undo(debit: Debit, state: DebitState, context: Context) -> None:
    """Ask the account's region to give back what the debit drew, or never to draw it.

    Its id is made from the debit's, which is undone once: a node that was put back to a backup
    and gives the debit up once more asks for the same.
    """
    debit = replace(debit, state=state, debit_undo_id=f"dbu-{debit.debit_id.partition('-')[2]}")
    context.table(Debit).put(debit)
    open_question(debit.debit_undo_id, context, debit_id=debit.debit_id)
    send_debit_undo(debit, context)


def send_debit_undo(debit: Debit, context: Context) -> None:
    """Tell the account's region that the debit is to be undone."""
    context.send(
        Address(Role.INSURED, debit.account_region),
        debit.account_id,
        DebitUndoRequested(
            debit_undo_id=debit.debit_undo_id,
            debit_id=debit.debit_id,
            settlement_id=debit.settlement_id,
            care_region=context.address.region,
            account_id=debit.account_id,
            account_region=debit.account_region,
        ),
        correlation_id=debit.settlement_id,
    )


def on_debit_decided(decided: DebitDecided, context: Context) -> None:
    """Record what was drawn; whatever comes of the settlement, the books show it."""
    debit = _debit_of(decided.debit_id, context)
    check_known(decided)
    if not is_within_limit(decided, debit):
        raise _wrong_amount(
            f"{decided.amount_fen} fen were drawn where {debit.limit_fen} is the most",
            f"账户支付 {decided.amount_fen} 分, 超出上限 {debit.limit_fen} 分",
        )
    if decided.result == "debited":
        debit = replace(debit, amount_fen=decided.amount_fen)
        book(context, "care", _line(debit, context, undo=False))
    awaited = debit.state is DebitState.REQUESTED
    if awaited:
        drawn = decided.result == "debited"
        debit = replace(debit, state=DebitState.DEBITED if drawn else DebitState.REFUSED)
    context.table(Debit).put(debit)
    if awaited:
        _conclude(debit, decided.code, context)


def is_within_limit(decided: DebitDecided, debit: Debit) -> bool:
    """Tell whether an account's region has drawn no more than it was asked for."""
    return 0 <= decided.amount_fen <= debit.limit_fen


def _wrong_amount(message_en: str, message_zh: str) -> Rejected:
    return Rejected("debit_amount", message_en, message_zh, field="amount_fen")


def on_debit_undone(undone: DebitUndone, context: Context) -> None:
    """Record what was given back, and finish the cancellation or reversal that asked for it.

    What was drawn once may be another amount than was told then: more than the limit in a decision
    that was discarded, or what the account's region decided anew after a restore. It has been
    given back all the same, and reconciling the days shows where the books differ.
    """
    debit = _debit_of(undone.debit_id, context)
    close_question(debit.debit_undo_id, context)
    if debit.state is DebitState.UNDONE:
        return  # asked twice, and answered before
    if undone.amount_fen < 0:
        raise _wrong_amount(
            f"{undone.amount_fen} fen cannot be given back", f"不能退回 {undone.amount_fen} 分"
        )
    if undone.amount_fen:
        if not debit.amount_fen:
            debit = _drawn_untold(debit, undone.amount_fen, context)
        book(context, "care", _line(debit, context, undo=True))
    gave_up = debit.state is DebitState.GIVEN_UP
    context.table(Debit).put(replace(debit, state=DebitState.UNDONE))
    settlement = context.table(Settlement).get(debit.settlement_id)
    if gave_up or settlement is None or not settlement.undo_id:
        return
    undo = context.table(Undo).get(settlement.undo_id)
    if undo is not None and undo.awaits_account:
        finish_when_done(replace(undo, awaits_account=False), context)


def _drawn_untold(debit: Debit, amount_fen: Fen, context: Context) -> Debit:
    """Enter what was drawn where its decision never counted here: it was given up unread.

    On the business day of the debit, as the account's region has it.
    """
    debit = replace(debit, amount_fen=amount_fen)
    undone_at, context.business_time = context.business_time, debit.business_time
    book(context, "care", _line(debit, context, undo=False))
    context.business_time = undone_at
    return debit


def give_up_late_debits(context: Context) -> None:
    """Give up debits that nobody answered: the part is cash, and the debit is reversed."""
    for debit in context.table(Debit).select(state=DebitState.REQUESTED):
        if context.past(Instant(debit.deadline + GIVE_UP_AFTER_MS)):
            context.business_time = debit.business_time
            start_debit_undo(debit, DebitState.GIVEN_UP, context)
            _conclude(replace(debit, amount_fen=0), "deadline_passed", context)


def _conclude(debit: Debit, code: str, context: Context) -> None:
    """Give the settlement its account part and whoever waits for it the answer.

    ``code`` says why nothing was drawn, ``""`` where something was.
    """
    settlements = context.table(Settlement)
    settlement = settlements.get(debit.settlement_id)
    assert settlement is not None
    settlement = replace(
        settlement, account_fen=debit.amount_fen, account_code=code, awaits_account=False
    )
    settlements.put(settlement)
    undo = context.table(Undo).get(settlement.undo_id) if settlement.undo_id else None
    if undo is not None and undo.awaits_account:  # a restoration that draws again
        finish_when_done(replace(undo, awaits_account=False), context)
        return
    context.complete(settlement.institution_id, settlement.request_id, view_of(settlement))


def _debit_of(debit_id: str, context: Context) -> Debit:
    debit = context.table(Debit).get(debit_id)
    if debit is None:
        raise Rejected("debit_unknown", f"no debit {debit_id} here", f"没有账户支付 {debit_id}")
    return debit


def _line(debit: Debit, context: Context, *, undo: bool) -> LineReported:
    settlement = context.table(Settlement).get(debit.settlement_id)
    assert settlement is not None
    assert settlement.scheme is not None
    return LineReported(
        side="care",
        line_id=debit.debit_undo_id if undo else debit.debit_id,
        settlement_id=debit.settlement_id,
        original_line_id=debit.debit_id if undo else "",
        kind="debit_reversal" if undo else "debit",
        care_region=context.address.region,
        payer_region=debit.account_region,
        scheme=settlement.scheme,
        clearing_type=clearing_type(settlement.care_type),
        by_fund={Fund.PERSONAL_ACCOUNT: -debit.amount_fen if undo else debit.amount_fen},
    )
