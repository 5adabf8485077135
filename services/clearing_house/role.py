"""The clearing house's role: what handles what, what it keeps, what it serves."""

from __future__ import annotations

from collections.abc import Callable

from clearing.messages import LineReported, LinesReported
from clearing.messages import Role as RoleName
from clearing.ports import Store
from clearing.verification import Verification
from protos.house.v1 import house_pb2
from services.clearing_house import records as house_records
from services.clearing_house.answers import (
    Break,
    Breaks,
    DayReconciliation,
    JournalLines,
    Positions,
)
from services.clearing_house.asking import DayReconciler
from services.clearing_house.breaking import close_break, list_breaks, open_breaks
from services.clearing_house.commands import (
    CloseBreak,
    HouseDayTotals,
    ListBreaks,
    ListJournalLines,
    ListPositions,
    ReconcileDay,
    VerifyJournal,
)
from services.clearing_house.directory import Directory
from services.clearing_house.prefetch import before_many_reports, before_reports
from services.clearing_house.queries import list_journal_lines, list_positions
from services.clearing_house.reconciling import house_day_totals, reconcile_day
from services.clearing_house.reporting import line_reported, lines_reported
from services.clearing_house.verifying import Verifier, verify_journal
from services.node import records as node_records
from services.node.endpoints import BoundEndpoint, Endpoint, bind
from services.node.machine import Role
from services.node.rpc import Composed

SPECS = (*node_records.SPECS, *house_records.SPECS)
"""Every table of the house's database."""

SERVICE = house_pb2.DESCRIPTOR.services_by_name["ClearingHouseService"]

ENDPOINTS = {
    "ListPositions": Endpoint(ListPositions, Positions),
    "ListJournalLines": Endpoint(ListJournalLines, JournalLines),
    "ReconcileDay": Endpoint(ReconcileDay, DayReconciliation),
    "ListBreaks": Endpoint(ListBreaks, Breaks),
    "CloseBreak": Endpoint(CloseBreak, Break),
    "VerifyJournal": Endpoint(VerifyJournal, Verification),
}


def clearing_house_role() -> Role:
    """Return the handlers of the house's node."""
    return Role(
        {
            LineReported: line_reported,
            LinesReported: lines_reported,
            ListPositions: list_positions,
            ListJournalLines: list_journal_lines,
            HouseDayTotals: house_day_totals,
            ReconcileDay: reconcile_day,
            ListBreaks: list_breaks,
            CloseBreak: close_break,
            VerifyJournal: verify_journal,
        },
        prefetch={LineReported: before_reports, LinesReported: before_many_reports},
        open_breaks=open_breaks,
        follows_log=True,
    )


def endpoints() -> list[BoundEndpoint]:
    """Return the methods of the house's service with their codecs."""
    return bind(RoleName.HOUSE, SERVICE, ENDPOINTS)


def composed(
    directory: Directory, open_store: Callable[[], Store] | None = None
) -> dict[str, Composed]:
    """Return the methods that do more than ask the house's own node.

    With ``open_store``, another reader of the house's database, verification runs beside the
    worker; without it, it holds the worker up for as long as it lasts.
    """
    methods: dict[str, Composed] = {"ReconcileDay": DayReconciler(directory)}
    if open_store is not None:
        methods["VerifyJournal"] = Verifier(open_store)
    return methods
