"""What must hold of a network at rest: nothing twice, nothing open, nothing on its way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from clearing.journal import JournalLine
from clearing.lines_digest import digest_of_lines
from clearing.messages import Role
from clearing.settlement import SettlementState
from services.care_region import records as at_care
from services.faults.promises import LIVE
from services.faults.rows import Rows
from services.faults.told import RequestKey, Told
from services.faults.wrong import Wrong
from services.insured_region import records as at_insured
from services.node.records import LetterState, Outgoing, ParkedRecord, RequestEntry, RequestStatus

_DEBIT_OPEN = (at_care.DebitState.REQUESTED, at_care.DebitState.UNDOING)


def effects_are_single(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """No request has two settlements, no visit two that stand, no line two entries."""
    asked: Counter[RequestKey] = Counter()
    decided: Counter[RequestKey] = Counter()
    for node, mine in rows.every(Role.CARE, at_care.Settlement):
        asked[RequestKey(node.region, mine.institution_id, mine.request_id)] += 1
    for _, their in rows.every(Role.INSURED, at_insured.Settlement):
        decided[RequestKey(their.care_region, their.institution_id, their.request_id)] += 1
    for side, counts in (("care", asked), ("insured", decided)):
        for request, count in counts.items():
            if count > 1:
                yield Wrong("two_effects", f"request {request}", f"{count} on the {side} side")
    standing = Counter(
        (node.region, row.visit_id)
        for node, row in rows.every(Role.CARE, at_care.Settlement)
        if row.state in LIVE
    )
    for (region, visit_id), count in standing.items():
        if count > 1:
            yield Wrong("two_effects", f"visit {region}/{visit_id}", f"{count} settlements stand")
    entries = Counter((line.line_id, line.fund) for line in rows.house(JournalLine))
    for (line_id, fund), count in entries.items():
        if count > 1:
            yield Wrong("two_effects", f"settlement line {line_id}", f"{count} entries of {fund}")


def nothing_is_open(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """Every request that was accepted has an outcome, every outbox is empty, nothing is parked."""
    for node in rows.tables:
        for entry in rows.of(node, RequestEntry):
            if entry.status is RequestStatus.PENDING:
                name = f"request {entry.scope}/{entry.request_id}"
                yield Wrong("without_outcome", name, f"{entry.kind} at {node}")
        for row in rows.of(node, Outgoing):
            yield Wrong("outbox_full", f"{node}: row {row.sequence}", f"key {row.key}")
        for letter in rows.of(node, ParkedRecord):
            if letter.state in (LetterState.PARKED, LetterState.BEHIND):
                name = f"settlement {letter.correlation_id or letter.message_id}"
                yield Wrong("parked", name, f"{letter.kind} at {node}: {letter.reason}")
    for node, mine in rows.every(Role.CARE, at_care.Settlement):
        if mine.state is SettlementState.REQUESTED or mine.awaits_account:
            yield Wrong("without_outcome", f"settlement {mine.settlement_id}", f"at {node}")
    for _, undo in rows.every(Role.CARE, at_care.Undo):
        if undo.awaits_policy or undo.awaits_account:
            yield Wrong("without_outcome", f"settlement {undo.settlement_id}", f"{undo.kind}")
    for _, debit in rows.every(Role.CARE, at_care.Debit):
        if debit.state in _DEBIT_OPEN:
            yield Wrong("without_outcome", f"settlement {debit.settlement_id}", f"{debit.state}")
    for _, visit in rows.every(Role.CARE, at_care.Visit):
        if visit.state is at_care.VisitState.SETTLING:
            yield Wrong("without_outcome", f"settlement {visit.settlement_id}", "still settling")
    waiting: Counter[tuple[str, str]] = Counter()
    for node, load in rows.every(Role.CARE, at_care.RegionLoad):
        waiting[str(node), load.insured_region] += load.waiting
    for (name, region), count in waiting.items():
        if count:
            yield Wrong("load_miscounted", name, f"{count} for {region}")


def details_arrived(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """The insured side has the fee lines of each settlement, all of them, as they were sent."""
    for node in rows.nodes(Role.INSURED):
        kept: dict[str, list[Any]] = defaultdict(list)
        for chunk in rows.of(node, at_insured.LineDetails):
            kept[chunk.settlement_id] += chunk.lines
        for row in rows.of(node, at_insured.Settlement):
            if digest_of_lines(kept[row.settlement_id]) != row.lines_digest:
                yield Wrong("details_lost", f"settlement {row.settlement_id}", f"at {node}")
