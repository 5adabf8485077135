"""Cancelling a settlement (撤销) and reversing a request by its id (冲正).

Both travel on the member's key, so they never overtake the request they undo. Nothing is undone
here before the insured region has committed it.
"""

from __future__ import annotations

from clearing.benefits.claim import Outcome
from clearing.errors import Conflict, NotFound, Rejected
from clearing.frozen import replace
from clearing.geography import check_region
from clearing.messages import Address, LineReported, Role, UndoDecided, UndoRequested
from clearing.settlement import SettlementState
from services.care_region import commands
from services.care_region.account_leg import start_debit, take_back_debit
from services.care_region.answers import ReversalAnswer
from services.care_region.open_questions import close_question, open_question
from services.care_region.records import Settlement, Undo, Visit, VisitState
from services.care_region.results import check_known
from services.care_region.settle import settlement_line
from services.care_region.undo_result import CANCELLATION, REVERSAL, finish_when_done
from services.care_region.visits import resting_state, scope_of
from services.node.command import PENDING
from services.node.context import Context
from services.node.day_book import book
from services.node.records import RequestEntry, RequestStatus
from services.node.request_id import check_request_id

_REVERSIBLE = ("Settle", "CancelSettlement")


def cancel_settlement(command: commands.CancelSettlement, context: Context) -> object:
    """Ask the insured region to undo a settlement by a record of its own."""
    scope = scope_of(context)
    settlement = context.table(Settlement).get(command.settlement_id)
    if settlement is None or settlement.institution_id != scope:
        raise NotFound(
            "settlement_unknown",
            f"this institution has no settlement {command.settlement_id!r}",
            f"本机构没有结算 {command.settlement_id!r}",
            field="settlement_id",
        )
    visit = context.table(Visit).get(settlement.visit_id)
    assert visit is not None
    _not_under_way(settlement, context)
    live = settlement.state in (SettlementState.SETTLED, SettlementState.MANUAL)
    if not live or visit.state is not VisitState.SETTLED:
        raise Conflict(
            "settlement_not_live",
            f"the settlement is {settlement.state}, its visit {visit.state}",
            "结算状态不允许撤销, 请先查询",
            field="settlement_id",
        )
    assert context.meta is not None
    _start(CANCELLATION, context.meta.request_id, settlement.request_id, settlement, context)
    return PENDING


def reverse_request(command: commands.ReverseRequest, context: Context) -> object:
    """Undo whatever a request did, or see to it that it never does anything."""
    check_region(command.insured_region, "insured_region")
    check_request_id(command.target_request_id, "target_request_id")
    assert context.meta is not None
    scope, request_id = context.meta.scope, context.meta.request_id
    requests = context.table(RequestEntry)
    target = requests.get(scope, command.target_request_id)
    if target is None:
        requests.put(
            RequestEntry(
                scope,
                command.target_request_id,
                kind="",
                digest="",
                status=RequestStatus.TOMBSTONE,
                business_time=context.business_time,
                accepted_at=context.now,
            )
        )
    elif target.status in (RequestStatus.TOMBSTONE, RequestStatus.REFUSED):
        return ReversalAnswer("tombstoned")
    elif target.kind not in _REVERSIBLE:
        raise Rejected(
            "not_reversible",
            f"a {target.kind} is not reversed by its request id",
            "该类请求不支持冲正",
            field="target_request_id",
        )
    settlement = _settlement_behind(target, context)
    if settlement is not None:
        _same_member(command, settlement)
    if target is not None and settlement is not None:
        known = _known_already(target, settlement, context)
        if known is not None:
            return known
        _start(REVERSAL, request_id, command.target_request_id, settlement, context)
        return PENDING
    undo = Undo(
        undo_id=context.mint("und"),
        kind=REVERSAL,
        institution_id=scope,
        request_id=request_id,
        target_request_id=command.target_request_id,
        insured_region=command.insured_region,
        member_id=command.member_id,
        settlement_id="",
    )
    _ask(undo, context)
    return PENDING


def on_undo_decided(decided: UndoDecided, context: Context) -> None:
    """Record what the insured region undid, restored or refused to touch."""
    undo = context.table(Undo).get(decided.undo_id)
    if undo is None:
        raise Rejected("undo_unknown", f"no undo {decided.undo_id} here", "没有该撤销或冲正")
    close_question(undo.undo_id, context)
    if not undo.awaits_policy:
        return  # asked twice, and answered before
    check_known(decided)
    settlements = context.table(Settlement)
    settlement = settlements.get(undo.settlement_id) if undo.settlement_id else None
    if decided.result == "refused":
        _refused(undo, settlement, decided, context)
        return
    undo = replace(undo, awaits_policy=False, result=decided.result)
    had_effect = decided.result != "tombstoned"
    if settlement is not None and had_effect and settlement.outcome is Outcome.PAID:
        _book(undo, settlement, decided, context)
        if decided.result == "restored" and settlement.account_fen:
            undo = replace(undo, awaits_account=True)
            start_debit(settlement, settlement.account_fen, context)
        elif decided.result == "undone":  # and only now: a refusal leaves the account as it is
            undo = replace(undo, awaits_account=take_back_debit(settlement, context))
    finish_when_done(undo, context)


def _same_member(command: commands.ReverseRequest, settlement: Settlement) -> None:
    for field, asked, given in (
        ("insured_region", settlement.insured_region, command.insured_region),
        ("member_id", settlement.member_id, command.member_id),
    ):
        if asked != given:
            raise Rejected(
                "reversal_mismatch",
                "the request was made for another member or insured region",
                "冲正的参保人或参保地与原请求不一致",
                field=field,
            )


def _settlement_behind(target: RequestEntry | None, context: Context) -> Settlement | None:
    """Return the settlement that a settle or cancellation request was about."""
    if target is None:
        return None
    undo = context.table(Undo).get(target.correlation_id)
    settlement_id = target.correlation_id if undo is None else undo.settlement_id
    return context.table(Settlement).get(settlement_id)


def _known_already(
    target: RequestEntry, settlement: Settlement, context: Context
) -> ReversalAnswer | None:
    """Return the answer when nothing is left to undo; raise ``Conflict`` when it must wait."""
    _not_under_way(settlement, context)
    state = settlement.state
    if target.kind == "Settle":
        if state is SettlementState.CANCELLED:
            raise Conflict(
                "settlement_cancelled",
                "the settlement was cancelled; reverse the cancellation first",
                "结算已撤销, 如需冲正请先冲正该撤销",
                field="target_request_id",
            )
        if state is SettlementState.REVERSED:
            return ReversalAnswer("reversed", settlement.settlement_id, state)
        if state in (SettlementState.REFUSED, SettlementState.EXPIRED):
            return ReversalAnswer("tombstoned", settlement.settlement_id, state)
        return None
    if settlement.undo_id != target.correlation_id or state is not SettlementState.CANCELLED:
        return ReversalAnswer("reversed", settlement.settlement_id, state)  # restored before
    visit = context.table(Visit).get(settlement.visit_id)
    assert visit is not None
    if visit.state in (VisitState.SETTLING, VisitState.SETTLED):
        raise Conflict(
            "visit_settled_anew",
            "the visit was settled anew after this cancellation",
            "撤销后该就诊已重新结算, 不能冲正撤销",
            field="target_request_id",
        )
    if visit.state is VisitState.CANCELLED or visit.changes != settlement.visit_changes:
        raise Conflict(
            "visit_changed",
            "the visit was changed after this cancellation; settle it anew",
            "撤销后该就诊已变更, 不能冲正撤销, 请重新结算",
            field="target_request_id",
        )
    return None


def _not_under_way(settlement: Settlement, context: Context) -> None:
    before = context.table(Undo).get(settlement.undo_id) if settlement.undo_id else None
    if before is not None and (before.awaits_policy or before.awaits_account):
        raise Conflict(
            "undo_under_way",
            "a cancellation or reversal of this settlement is on its way",
            "该结算的撤销或冲正正在处理",
        )


def _start(
    kind: str, request_id: str, target_request_id: str, settlement: Settlement, context: Context
) -> None:
    visit = context.table(Visit).get(settlement.visit_id)
    assert visit is not None
    context.table(Visit).put(replace(visit, state=VisitState.SETTLING))
    undo = Undo(
        undo_id=context.mint("und"),
        kind=kind,
        institution_id=settlement.institution_id,
        request_id=request_id,
        target_request_id=target_request_id,
        insured_region=settlement.insured_region,
        member_id=settlement.member_id,
        settlement_id=settlement.settlement_id,
        previous_undo_id=settlement.undo_id,
    )
    context.table(Settlement).put(replace(settlement, undo_id=undo.undo_id))
    _ask(undo, context)


def _ask(undo: Undo, context: Context) -> None:
    context.table(Undo).put(undo)
    open_question(undo.undo_id, context)
    context.correlation_id = undo.undo_id
    send_undo(undo, context)


def send_undo(undo: Undo, context: Context) -> None:
    """Tell the insured region what is to be undone."""
    context.send(
        Address(Role.INSURED, undo.insured_region),
        undo.member_id,
        UndoRequested(
            undo_id=undo.undo_id,
            kind=undo.kind,
            institution_id=undo.institution_id,
            care_region=context.address.region,
            member_id=undo.member_id,
            insured_region=undo.insured_region,
            target_request_id=undo.target_request_id,
            request_id=undo.request_id,
            settlement_id=undo.settlement_id,
        ),
        correlation_id=undo.settlement_id or undo.undo_id,
    )


def _book(undo: Undo, settlement: Settlement, decided: UndoDecided, context: Context) -> None:
    """Enter the line that takes the settlement back, or back again."""
    line = settlement_line(settlement, context.address.region, "care")
    restored = decided.result == "restored"
    sign = 1 if restored else -1
    book(
        context,
        "care",
        LineReported(
            side="care",
            line_id=undo.undo_id,
            settlement_id=settlement.settlement_id,
            original_line_id=settlement.settlement_id,
            kind="restoration" if restored else undo.kind,
            care_region=line.care_region,
            payer_region=line.payer_region,
            scheme=line.scheme,
            clearing_type=line.clearing_type,
            total_fen=sign * line.total_fen,
            by_fund={fund: sign * amount for fund, amount in line.by_fund.items()},
        ),
    )


def _refused(
    undo: Undo, settlement: Settlement | None, decided: UndoDecided, context: Context
) -> None:
    """The insured region would not undo it: everything stays as it is."""
    undo = replace(undo, awaits_policy=False, awaits_account=False, result="refused")
    context.table(Undo).put(undo)
    if settlement is not None:
        context.table(Settlement).put(replace(settlement, undo_id=undo.previous_undo_id))
        visit = context.table(Visit).get(settlement.visit_id)
        assert visit is not None
        if settlement.state is not SettlementState.REQUESTED:  # else its decision is awaited
            live = settlement.state in (SettlementState.SETTLED, SettlementState.MANUAL)
            state = VisitState.SETTLED if live else resting_state(visit)
            context.table(Visit).put(replace(visit, state=state))
    context.complete(
        undo.institution_id,
        undo.request_id,
        Rejected(decided.code, decided.message_en, decided.message_zh),
    )
