"""What a cancellation or reversal comes to, once everybody asked has answered."""

from __future__ import annotations

from clearing.benefits.claim import Outcome
from clearing.frozen import replace
from clearing.settlement import SettlementState, move
from services.care_region.answers import ReversalAnswer
from services.care_region.records import Settlement, Undo, Visit, VisitState
from services.care_region.region_load import no_longer_waiting
from services.care_region.settlement_view import view_of
from services.care_region.visits import resting_state
from services.node.context import Context
from services.node.records import RequestEntry, RequestStatus

CANCELLATION = "cancellation"
REVERSAL = "reversal"


def finish_when_done(undo: Undo, context: Context) -> None:
    """Keep the undo; when nothing is awaited any more, conclude it and answer."""
    context.table(Undo).put(undo)
    if undo.awaits_policy or undo.awaits_account:
        return
    settlement = context.table(Settlement).get(undo.settlement_id) if undo.settlement_id else None
    if settlement is not None:
        settlement = _conclude(undo, settlement, context)
    if undo.kind == CANCELLATION:
        assert settlement is not None
        context.complete(undo.institution_id, undo.request_id, view_of(settlement, negated=True))
        _answer_open_settle(undo, settlement, context)
        return
    tombstoned = undo.result == "tombstoned"
    context.complete(
        undo.institution_id,
        undo.request_id,
        ReversalAnswer(
            "tombstoned" if tombstoned else "reversed",
            undo.settlement_id,
            None if settlement is None else settlement.state,
        ),
    )
    _answer_open_settle(undo, settlement, context)


def _conclude(undo: Undo, settlement: Settlement, context: Context) -> Settlement:
    """Return the settlement in the state the undo leaves it in, and rest its visit."""
    if undo.result == "restored":
        manual = settlement.outcome is Outcome.MANUAL
        state = SettlementState.MANUAL if manual else SettlementState.SETTLED
    elif settlement.state is SettlementState.REQUESTED:
        # No decision ever counted here: the request was given up unread, or the decision was and
        # the insured region has undone it. It never will any more.
        state = SettlementState.EXPIRED
        no_longer_waiting(settlement.insured_region, context)
    elif undo.result == "tombstoned":
        state = settlement.state  # it never had an effect to undo
    elif undo.kind == CANCELLATION:
        state = SettlementState.CANCELLED
    else:
        state = SettlementState.REVERSED
    if state is not settlement.state:
        state = move(settlement.state, state)
        settlement = replace(settlement, state=state, awaits_account=False)
        context.table(Settlement).put(settlement)
    visits = context.table(Visit)
    visit = visits.get(settlement.visit_id)
    assert visit is not None
    settled = state in (SettlementState.SETTLED, SettlementState.MANUAL)
    # A restored settlement is the visit's again, whatever was asked for in between.
    visits.put(
        replace(
            visit,
            state=VisitState.SETTLED if settled else resting_state(visit),
            settlement_id=settlement.settlement_id,
        )
    )
    return settlement


def _answer_open_settle(undo: Undo, settlement: Settlement | None, context: Context) -> None:
    """Answer a settle request that its undoing overtook while account money was awaited."""
    if settlement is None or settlement.request_id != undo.target_request_id:
        return
    entry = context.table(RequestEntry).get(settlement.institution_id, settlement.request_id)
    if entry is not None and entry.status is RequestStatus.PENDING:
        context.complete(settlement.institution_id, settlement.request_id, view_of(settlement))
