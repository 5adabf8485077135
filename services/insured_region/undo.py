"""Undoing a settlement for a care region: cancellations and reversals, and their reversal.

A settlement stores what it added to each accumulator; undoing subtracts exactly that, whatever
came after. Later settlements keep their amounts.
"""

from __future__ import annotations

from clearing.benefits.claim import Outcome
from clearing.errors import Rejected
from clearing.frozen import replace
from clearing.messages import LineReported, UndoDecided, UndoRequested
from clearing.settlement import SettlementState, move
from services.insured_region import accumulators
from services.insured_region.payer_lines import line_of
from services.insured_region.records import (
    CareRequest,
    CaseState,
    LiveSettlement,
    ManualCase,
    RequestKind,
    Settlement,
)
from services.insured_region.reruns import is_corrected
from services.insured_region.undo_answers import answer, answered_again
from services.node.context import Context
from services.node.day_book import book

_LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)


def on_undo_requested(asked: UndoRequested, context: Context) -> None:
    """Cancel a settlement, or undo whatever a request did; one never seen gets a tombstone."""
    if answered_again(asked, context):
        return
    requests = context.table(CareRequest)
    if asked.kind == "cancellation":
        _cancel(asked, context)
        return
    if asked.kind != "reversal":
        raise Rejected(
            "undo_kind",
            f"this version does not know the undoing {asked.kind!r}: upgrade this node and replay "
            "the message, or discard it, which refuses it",
            f"本节点版本不识别撤销类型 {asked.kind!r}, 请升级后重放或丢弃",
            field="kind",
        )
    target = requests.get(asked.care_region, asked.institution_id, asked.target_request_id)
    if target is None:
        requests.put(
            CareRequest(
                asked.care_region,
                asked.institution_id,
                asked.target_request_id,
                RequestKind.TOMBSTONE,
            )
        )
        _answer(asked, "tombstoned", "", context)
    elif target.kind is RequestKind.TOMBSTONE:
        _answer(asked, "tombstoned", "", context)
    elif target.kind is RequestKind.SETTLE:
        _reverse_settlement(asked, target, context)
    else:
        _reverse_cancellation(asked, target, context)


def _cancel(asked: UndoRequested, context: Context) -> None:
    requests = context.table(CareRequest)
    known = requests.get(asked.care_region, asked.institution_id, asked.request_id)
    if known is not None and known.undo_id != asked.undo_id:
        _refuse(
            asked,
            "request_reversed",
            "该撤销请求已被冲正",
            "it was reversed before it came",
            context,
        )
        return
    requests.put(
        CareRequest(
            asked.care_region,
            asked.institution_id,
            asked.request_id,
            RequestKind.CANCELLATION,
            asked.settlement_id,
            asked.undo_id,
        )
    )
    settlement = context.table(Settlement).get(asked.settlement_id)
    if settlement is not None and _undid(settlement, asked):
        _answer(asked, "undone", settlement.settlement_id, context)
        return
    if settlement is None or settlement.state not in _LIVE:
        _refuse(asked, "settlement_not_live", "结算不在有效状态", "it is not live here", context)
        return
    _take_back(asked, settlement, SettlementState.CANCELLED, context)


def _undid(settlement: Settlement, asked: UndoRequested) -> bool:
    """Tell whether this undid it in a version of before answers were kept."""
    return settlement.state is SettlementState.CANCELLED and settlement.undo_id == asked.undo_id


def _reverse_settlement(asked: UndoRequested, target: CareRequest, context: Context) -> None:
    settlement = context.table(Settlement).get(target.settlement_id)
    if settlement is None or settlement.state in (
        SettlementState.REFUSED,
        SettlementState.EXPIRED,
    ):
        _answer(asked, "tombstoned", target.settlement_id, context)
    elif settlement.state is SettlementState.CANCELLED:
        _refuse(
            asked,
            "settlement_cancelled",
            "结算已撤销, 请先冲正该撤销",
            "it was cancelled; reverse the cancellation first",
            context,
        )
    elif settlement.state is SettlementState.REVERSED:
        _answer(asked, "undone", settlement.settlement_id, context)
    else:
        _take_back(asked, settlement, SettlementState.REVERSED, context)


def _take_back(
    asked: UndoRequested, settlement: Settlement, to: SettlementState, context: Context
) -> None:
    case = context.table(ManualCase).get(settlement.settlement_id)
    if case is not None and case.state is CaseState.DECIDED:
        _refuse(
            asked,
            "manual_case_decided",
            "人工处理已有结论, 不能撤销或冲正",
            "a person has decided it already",
            context,
        )
        return
    if is_corrected(settlement.settlement_id, context):
        _refuse(
            asked,
            "correction_recorded",
            "该结算的追溯差额已登记, 不能撤销或冲正",
            "a retroactive difference of it was reimbursed or recovered already",
            context,
        )
        return
    context.table(Settlement).put(
        replace(settlement, state=move(settlement.state, to), undo_id=asked.undo_id)
    )
    context.table(LiveSettlement).delete(settlement.care_region, settlement.visit_id)
    if case is not None:
        context.table(ManualCase).put(replace(case, state=CaseState.WITHDRAWN))
    if settlement.outcome is Outcome.PAID:
        _move(settlement, -1, context)
        _book(asked, settlement, asked.kind, -1, context)
    _answer(asked, "undone", settlement.settlement_id, context)


def _reverse_cancellation(asked: UndoRequested, target: CareRequest, context: Context) -> None:
    settlement = context.table(Settlement).get(target.settlement_id)
    undid = settlement is not None and settlement.undo_id == target.undo_id
    if settlement is None or settlement.state is not SettlementState.CANCELLED or not undid:
        # It was refused, or restored before; what another one cancelled stays cancelled.
        _answer(asked, "tombstoned", target.settlement_id, context)
        return
    live = context.table(LiveSettlement)
    if live.get(settlement.care_region, settlement.visit_id) is not None:
        _refuse(
            asked,
            "visit_settled_anew",
            "撤销后该就诊已重新结算",
            "the visit was settled anew after this cancellation",
            context,
        )
        return
    manual = settlement.outcome is Outcome.MANUAL
    state = SettlementState.MANUAL if manual else SettlementState.SETTLED
    context.table(Settlement).put(replace(settlement, state=move(settlement.state, state)))
    live.put(LiveSettlement(settlement.care_region, settlement.visit_id, settlement.settlement_id))
    if manual:
        case = context.table(ManualCase).get(settlement.settlement_id)
        assert case is not None
        context.table(ManualCase).put(replace(case, state=CaseState.OPEN))
    else:
        _move(settlement, 1, context)
        _book(asked, settlement, "restoration", 1, context)
    _answer(asked, "restored", settlement.settlement_id, context)


def _move(settlement: Settlement, sign: int, context: Context) -> None:
    accumulators.add(
        context, settlement.member_id, settlement.benefit_year, settlement.additions, sign
    )


def _book(
    asked: UndoRequested, settlement: Settlement, kind: str, sign: int, context: Context
) -> None:
    line = line_of(settlement, context.address.region)
    book(
        context,
        "payer",
        LineReported(
            side="payer",
            line_id=asked.undo_id,
            settlement_id=settlement.settlement_id,
            original_line_id=settlement.settlement_id,
            kind=kind,
            care_region=line.care_region,
            payer_region=line.payer_region,
            scheme=line.scheme,
            clearing_type=line.clearing_type,
            total_fen=sign * line.total_fen,
            by_fund={fund: sign * amount for fund, amount in line.by_fund.items()},
        ),
    )


def _answer(asked: UndoRequested, result: str, settlement_id: str, context: Context) -> None:
    decided = UndoDecided(asked.undo_id, asked.kind, result, "", "", "", settlement_id)
    answer(asked, decided, context)


def _refuse(asked: UndoRequested, code: str, zh: str, en: str, context: Context) -> None:
    decided = UndoDecided(asked.undo_id, asked.kind, "refused", code, zh, en, asked.settlement_id)
    answer(asked, decided, context)
