"""What the nodes' databases hold, read whole: each node's by itself, in one snapshot of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from clearing.breaks import BreakFound
from clearing.journal import JournalLine
from clearing.messages import HOUSE, Address, Role
from clearing.ports import Store
from clearing.position import Position
from clearing.report import ReportedLine
from clearing.settlement import SettlementState
from services.care_region import records as at_care
from services.insured_region import records as at_insured
from services.network.roles import SPECS
from services.node.day_book import BookedLine
from services.node.records import Outgoing, ParkedRecord, RequestEntry
from services.node.scanning import every

RecordT = TypeVar("RecordT")

_ALL = (RequestEntry, Outgoing, ParkedRecord)
WANTED: Mapping[Role, tuple[type, ...]] = {
    Role.CARE: (
        *_ALL,
        BookedLine,
        at_care.Settlement,
        at_care.Visit,
        at_care.Undo,
        at_care.Debit,
        at_care.RegionLoad,
    ),
    Role.INSURED: (
        *_ALL,
        BookedLine,
        at_insured.Settlement,
        at_insured.YearAccumulators,
        at_insured.Account,
        at_insured.Debit,
        at_insured.ManualCase,
        at_insured.LineDetails,
    ),
    Role.HOUSE: (*_ALL, ReportedLine, JournalLine, Position, BreakFound),
}
"""The tables that are looked at, by role."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of all nodes, by node and record."""

    tables: Mapping[Address, Mapping[type, Sequence[Any]]]

    def of(self, node: Address, record: type[RecordT]) -> Sequence[RecordT]:
        """Return a node's rows."""
        return self.tables[node].get(record, ())

    def nodes(self, role: Role) -> list[Address]:
        """Return the nodes of a role."""
        return [node for node in self.tables if node.role is role]

    def every(self, role: Role, record: type[RecordT]) -> Iterable[tuple[Address, RecordT]]:
        """Yield the rows of all nodes of a role, each with its node."""
        for node in self.nodes(role):
            for row in self.of(node, record):
                yield node, row

    def house(self, record: type[RecordT]) -> Sequence[RecordT]:
        """Return the house's rows."""
        return self.of(HOUSE, record)

    def counts(self) -> dict[str, int]:
        """Return how many there are of what the proof is about."""
        settlements = [row.state for _, row in self.every(Role.CARE, at_care.Settlement)]
        entries = [row for tables in self.tables.values() for row in tables[RequestEntry]]
        return {
            "settle requests decided": len(settlements),
            "settlements that stand": settlements.count(SettlementState.SETTLED),
            "requests with an outcome": len(entries),
            "lines in the journal": len(self.house(JournalLine)),
            "lines booked on the care side": len(list(self.every(Role.CARE, BookedLine))),
            "accumulators of a member's year": len(
                list(self.every(Role.INSURED, at_insured.YearAccumulators))
            ),
        }


def read_rows(nodes: Iterable[Address], open_store: Callable[[Address], Store]) -> Rows:
    """Read the databases of these nodes; each store is closed again."""
    return Rows({node: _read(open_store(node), WANTED[node.role]) for node in nodes})


def _read(store: Store, wanted: Sequence[type]) -> Mapping[type, Sequence[Any]]:
    try:
        unit = store.begin()
        found: dict[type, Sequence[Any]] = {
            record: list(every(unit, record, _KEYS[record])) for record in wanted
        }
        unit.rollback()
        return found
    finally:
        store.close()


_KEYS = {spec.record: tuple(spec.key) for specs in SPECS.values() for spec in specs}
