"""Personal accounts of this region: drawing on them for care anywhere, and giving back."""

from __future__ import annotations

from clearing.benefits.claim import CareType, Fund, Scheme
from clearing.frozen import replace
from clearing.messages import (
    Address,
    DebitDecided,
    DebitRequested,
    DebitUndoRequested,
    LineReported,
    Role,
)
from clearing.money import Fen
from clearing.settlement import clearing_type
from services.insured_region.records import Account, Debit, DebitState
from services.insured_region.undo_answers import answer_given_back, given_back_again
from services.node.context import Context
from services.node.day_book import book


def on_debit_requested(asked: DebitRequested, context: Context) -> None:
    """Draw what is there, up to the limit; a part that cannot be drawn is cash."""
    debits = context.table(Debit)
    if debits.get(asked.debit_id) is not None:
        _decided(asked, "refused", "debit_undone", 0, context)  # undone before it came
        return
    accounts = context.table(Account)
    account = accounts.get(asked.account_id)
    state, code, amount_fen = _decide(asked, account, context)
    if state is DebitState.DEBITED:
        assert account is not None
        accounts.put(replace(account, balance_fen=account.balance_fen - amount_fen))
    debit = Debit(
        debit_id=asked.debit_id,
        account_id=asked.account_id,
        settlement_id=asked.settlement_id,
        care_region=asked.care_region,
        state=state,
        scheme=asked.scheme,
        care_type=asked.care_type,
        amount_fen=amount_fen,
        code=code,
    )
    debits.put(debit)
    if amount_fen:
        book(context, "payer", _line(debit, debit.debit_id, "", "debit", amount_fen, context))
    _decided(asked, str(state), code, amount_fen, context)


def on_debit_undo_requested(asked: DebitUndoRequested, context: Context) -> None:
    """Give back what a debit drew; a debit that has not come is refused when it does."""
    if given_back_again(asked, context):
        return
    debits, accounts = context.table(Debit), context.table(Account)
    debit = debits.get(asked.debit_id)
    given_back = 0
    if debit is None:
        debits.put(
            Debit(
                asked.debit_id,
                asked.account_id,
                asked.settlement_id,
                asked.care_region,
                DebitState.TOMBSTONE,
                None,
                None,
            )
        )
    elif debit.state is DebitState.DEBITED:
        given_back = debit.amount_fen
        account = accounts.get(debit.account_id)
        assert account is not None
        accounts.put(replace(account, balance_fen=account.balance_fen + given_back))
        debits.put(replace(debit, state=DebitState.UNDONE))
        line = _line(
            debit, asked.debit_undo_id, debit.debit_id, "debit_reversal", -given_back, context
        )
        book(context, "payer", line)
    answer_given_back(asked, given_back, context)


def _decide(
    asked: DebitRequested, account: Account | None, context: Context
) -> tuple[DebitState, str, Fen]:
    if context.past(asked.deadline):
        return DebitState.EXPIRED, "deadline_passed", 0
    if account is None:
        return DebitState.REFUSED, "account_unknown", 0
    if asked.member_id != account.holder_id and asked.member_id not in account.shared_with:
        return DebitState.REFUSED, "account_not_shared", 0
    amount_fen = min(asked.limit_fen, account.balance_fen)
    if amount_fen <= 0:
        return DebitState.REFUSED, "balance_empty", 0
    return DebitState.DEBITED, "", amount_fen


def _decided(
    asked: DebitRequested, result: str, code: str, amount_fen: Fen, context: Context
) -> None:
    context.send(
        Address(Role.CARE, asked.care_region),
        asked.account_id,
        DebitDecided(asked.debit_id, asked.settlement_id, result, code, amount_fen),
        correlation_id=asked.settlement_id,
    )


def _line(
    debit: Debit, line_id: str, original: str, kind: str, amount_fen: Fen, context: Context
) -> LineReported:
    assert isinstance(debit.scheme, Scheme)
    assert isinstance(debit.care_type, CareType)
    return LineReported(
        side="payer",
        line_id=line_id,
        settlement_id=debit.settlement_id,
        original_line_id=original,
        kind=kind,
        care_region=debit.care_region,
        payer_region=context.address.region,
        scheme=debit.scheme,
        clearing_type=clearing_type(debit.care_type),
        by_fund={Fund.PERSONAL_ACCOUNT: amount_fen},
    )
