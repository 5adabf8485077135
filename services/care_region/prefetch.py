"""What a batch of requests and messages will read of a care region's database, read at once."""

from __future__ import annotations

from collections.abc import Sequence

from clearing.messages import DebitDecided, DebitUndone, SettlementDecided, UndoDecided
from clearing.ports import UnitOfWork
from services.care_region import commands
from services.care_region.records import Debit, FeeLineRow, RegionLoad, Settlement, Undo, Visit
from services.node.records import RequestEntry

OfVisit = commands.ChangeVisit | commands.CloseVisit | commands.UploadFeeLines


def before_changing(asked: Sequence[OfVisit], unit: UnitOfWork) -> None:
    """Read visits."""
    unit.table(Visit).get_many((each.visit_id,) for each in asked)


def before_settling(
    asked: Sequence[commands.Settle | commands.VisitFactsAsked], unit: UnitOfWork
) -> None:
    """Read visits with their fee lines."""
    visits = unit.table(Visit).get_many((each.visit_id,) for each in asked)
    unit.table(RegionLoad).select_many(
        "insured_region", (each.insured_region for each in visits.values())
    )
    unit.table(FeeLineRow).select_many("visit_id", (each.visit_id for each in asked))


def before_recording(
    decided: Sequence[SettlementDecided | DebitDecided | DebitUndone], unit: UnitOfWork
) -> None:
    """Read settlements with their visits and the requests that wait for them."""
    settlements = unit.table(Settlement).get_many((each.settlement_id,) for each in decided)
    unit.table(Visit).get_many((each.visit_id,) for each in settlements.values())
    unit.table(RequestEntry).get_many(
        (each.institution_id, each.request_id) for each in settlements.values()
    )


def before_debits(decided: Sequence[DebitDecided | DebitUndone], unit: UnitOfWork) -> None:
    """Read debits with all that their settlements need."""
    unit.table(Debit).get_many((each.debit_id,) for each in decided)
    before_recording(decided, unit)


def before_undone(decided: Sequence[UndoDecided], unit: UnitOfWork) -> None:
    """Read undoings with their settlements and visits."""
    undos = unit.table(Undo).get_many((each.undo_id,) for each in decided)
    wanted = ((each.settlement_id,) for each in undos.values() if each.settlement_id)
    settlements = unit.table(Settlement).get_many(wanted)
    unit.table(Visit).get_many((each.visit_id,) for each in settlements.values())
