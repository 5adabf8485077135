"""What a batch of requests and messages will read of a care region's database, read at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from clearing.messages import DebitDecided, DebitUndone, SettlementDecided, UndoDecided
from clearing.ports import UnitOfWork
from services.care_region import commands
from services.care_region.records import (
    Debit,
    FeeLineRow,
    Institution,
    OpenQuestion,
    RegionLoad,
    Settlement,
    Undo,
    Visit,
)
from services.node.records import RequestEntry


def want_institutions(institution_ids: Collection[str], unit: UnitOfWork) -> None:
    """Have read the institutions that requests come from."""
    unit.table(Institution).want((each,) for each in institution_ids)


def before_changing(
    asked: Sequence[commands.ChangeVisit | commands.CloseVisit], unit: UnitOfWork
) -> Iterator[None]:
    """Read visits."""
    unit.table(Visit).want((each.visit_id,) for each in asked)
    yield


def before_uploading(asked: Sequence[commands.UploadFeeLines], unit: UnitOfWork) -> Iterator[None]:
    """Read visits, and whether numbers of fee lines are used."""
    unit.table(Visit).want((each.visit_id,) for each in asked)
    unit.table(FeeLineRow).want(
        (each.visit_id, line.line_no) for each in asked for line in each.lines
    )
    yield


def before_quoting(asked: Sequence[commands.VisitFactsAsked], unit: UnitOfWork) -> Iterator[None]:
    """Read visits with their institutions."""
    unit.table(Visit).want((each.visit_id,) for each in asked)
    want_institutions({each.institution_id for each in asked}, unit)
    yield


def before_settling(asked: Sequence[commands.Settle], unit: UnitOfWork) -> Iterator[None]:
    """Read visits with their fee lines, and how much waits for their regions."""
    visits = unit.table(Visit)
    visits.want((each.visit_id,) for each in asked)
    unit.table(FeeLineRow).want_by("visit_id", (each.visit_id for each in asked))
    yield
    found = visits.get_many((each.visit_id,) for each in asked).values()
    unit.table(RegionLoad).want_by("insured_region", (each.insured_region for each in found))
    yield


def before_recording(
    decided: Sequence[SettlementDecided | DebitDecided | DebitUndone], unit: UnitOfWork
) -> Iterator[None]:
    """Read settlements with their visits and the requests that wait for them."""
    settlements = unit.table(Settlement)
    settlements.want((each.settlement_id,) for each in decided)
    yield
    found = settlements.get_many((each.settlement_id,) for each in decided).values()
    unit.table(Visit).want((each.visit_id,) for each in found)
    unit.table(RequestEntry).want((each.institution_id, each.request_id) for each in found)
    unit.table(RegionLoad).want_by("insured_region", (each.insured_region for each in found))
    yield


def before_debits(
    decided: Sequence[DebitDecided | DebitUndone], unit: UnitOfWork
) -> Iterator[None]:
    """Read debits with all that their settlements need."""
    unit.table(Debit).want((each.debit_id,) for each in decided)
    undone = [each.debit_undo_id for each in decided if isinstance(each, DebitUndone)]
    unit.table(OpenQuestion).want_by("question_id", undone)
    yield from before_recording(decided, unit)


def before_undone(decided: Sequence[UndoDecided], unit: UnitOfWork) -> Iterator[None]:
    """Read undoings with their settlements and visits."""
    undos, settlements = unit.table(Undo), unit.table(Settlement)
    undos.want((each.undo_id,) for each in decided)
    unit.table(OpenQuestion).want_by("question_id", (each.undo_id for each in decided))
    yield
    known = undos.get_many((each.undo_id,) for each in decided).values()
    wanted = [(each.settlement_id,) for each in known if each.settlement_id]
    settlements.want(wanted)
    yield
    unit.table(Visit).want((each.visit_id,) for each in settlements.get_many(wanted).values())
    yield
