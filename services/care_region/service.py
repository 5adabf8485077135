"""The care-region role: which handler takes which command, and its gRPC endpoints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from clearing import messages
from clearing.catalogue import Catalogue
from services.care_region import (
    account_leg,
    answers,
    asking_again,
    commands,
    corrections,
    day_totals,
    fee_lines,
    open_questions,
    outcome,
    parked,
    prefetch,
    queries,
    settle,
    undo,
    visits,
)
from services.care_region.region_load import MAX_WAITING
from services.node import day_book
from services.node.command import RequestMeta
from services.node.endpoints import Endpoint
from services.node.machine import Role


def _late_settlement(payload: Any, meta: RequestMeta) -> commands.LateSettlement:
    del payload
    return commands.LateSettlement(meta.scope, meta.request_id)


def _late_reversal(payload: Any, meta: RequestMeta) -> commands.LateReversal:
    del payload
    return commands.LateReversal(meta.scope, meta.request_id)


ENDPOINTS = {
    "LookUpMember": Endpoint(commands.LookUpMember, answers.MemberSeen),
    "RegisterInstitutions": Endpoint(commands.RegisterInstitutions, answers.InstitutionsRegistered),
    "OpenVisit": Endpoint(commands.OpenVisit, answers.VisitAnswer),
    "ChangeVisit": Endpoint(commands.ChangeVisit, answers.VisitAnswer),
    "CloseVisit": Endpoint(commands.CloseVisit, answers.VisitAnswer),
    "CancelVisit": Endpoint(commands.CancelVisit, answers.VisitAnswer),
    "UploadFeeLines": Endpoint(commands.UploadFeeLines, answers.FeeLinesAnswer),
    "VoidFeeLines": Endpoint(commands.VoidFeeLines, answers.FeeLinesAnswer),
    "Quote": Endpoint(commands.Quote, answers.QuoteAnswer),
    "Settle": Endpoint(commands.Settle, answers.SettlementAnswer, late=_late_settlement),
    "CancelSettlement": Endpoint(
        commands.CancelSettlement, answers.SettlementAnswer, late=_late_settlement
    ),
    "ReverseRequest": Endpoint(
        commands.ReverseRequest, answers.ReversalAnswer, late=_late_reversal
    ),
    "GetOutcome": Endpoint(commands.GetOutcome, answers.OutcomeAnswer),
    "GetVisits": Endpoint(commands.GetVisits, answers.VisitsSeen),
    "GetDayTotals": Endpoint(commands.GetDayTotals, day_book.DayTotals),
    "ListDayLines": Endpoint(commands.ListDayLines, day_book.DayLines),
}


def care_role(
    catalogue: Catalogue,
    decode_answer: Callable[[str, bytes], Any],
    insured_regions: frozenset[str] | None = None,
    *,
    max_waiting: int = MAX_WAITING,
) -> Role:
    """Return the role of a region's node, splitting fee lines by its ``catalogue``.

    ``insured_regions`` are those a visit may be opened for; ``None`` is any. ``max_waiting``
    is how many settle requests may wait for one of them.
    """
    return Role(
        {
            commands.RegisterInstitutions: visits.register_institutions,
            commands.OpenVisit: partial(visits.open_visit, insured_regions=insured_regions),
            commands.ChangeVisit: visits.change_visit,
            commands.CloseVisit: visits.close_visit,
            commands.CancelVisit: visits.cancel_visit,
            commands.UploadFeeLines: partial(fee_lines.upload_fee_lines, catalogue=catalogue),
            commands.VoidFeeLines: fee_lines.void_fee_lines,
            commands.VisitFactsAsked: queries.visit_facts,
            commands.Settle: partial(settle.settle, catalogue=catalogue, max_waiting=max_waiting),
            commands.CancelSettlement: undo.cancel_settlement,
            commands.ReverseRequest: undo.reverse_request,
            commands.GetOutcome: partial(outcome.get_outcome, decode=decode_answer),
            commands.LateSettlement: outcome.late_settlement,
            commands.LateReversal: outcome.late_reversal,
            commands.GetVisits: visits.get_visits,
            commands.GetDayTotals: day_totals.get_day_totals,
            commands.ListDayLines: day_totals.list_day_lines,
            messages.SettlementDecided: settle.on_settlement_decided,
            messages.UndoDecided: undo.on_undo_decided,
            messages.DebitDecided: account_leg.on_debit_decided,
            messages.DebitUndone: account_leg.on_debit_undone,
            messages.CorrectionRecorded: corrections.on_correction_recorded,
            messages.RequestParked: parked.on_request_parked,
        },
        on_tick=asking_again.on_tick,
        unanswered=open_questions.unanswered,
        on_parked={
            messages.SettlementDecided: parked.on_settlement_decided_parked,
            messages.UndoDecided: parked.on_undo_decided_parked,
            messages.DebitDecided: parked.on_debit_parked,
            messages.DebitUndone: parked.on_debit_parked,
        },
        on_discarded={
            messages.SettlementDecided: parked.give_up_decision,
            messages.UndoDecided: parked.give_up_undo_decision,
            messages.DebitDecided: parked.give_up_debit_decision,
            messages.DebitUndone: parked.give_up_debit_undone,
        },
        prefetch={
            commands.ChangeVisit: prefetch.before_changing,
            commands.CloseVisit: prefetch.before_changing,
            commands.UploadFeeLines: prefetch.before_uploading,
            commands.VisitFactsAsked: prefetch.before_quoting,
            commands.Settle: prefetch.before_settling,
            messages.SettlementDecided: prefetch.before_recording,
            messages.UndoDecided: prefetch.before_undone,
            messages.DebitDecided: prefetch.before_debits,
            messages.DebitUndone: prefetch.before_debits,
        },
        want_scopes=prefetch.want_institutions,
    )
