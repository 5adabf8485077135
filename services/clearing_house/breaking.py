"""Recording, listing and closing breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clearing.breaks import BreakClosure, BreakFound, BreakState, Finding
from clearing.errors import Malformed, NotFound, Rejected
from clearing.ports import UnitOfWork
from services.clearing_house.answers import Break, Breaks, as_break
from services.clearing_house.chains import append, head
from services.clearing_house.commands import CloseBreak, ListBreaks
from services.clearing_house.scanning import scan_all
from services.node.context import Context


def record(finding: Finding, context: Context) -> None:
    """Keep a finding as a break, unless the same difference has been found before."""
    fingerprint = finding.fingerprint
    if context.table(BreakFound).select(fingerprint=fingerprint):
        return
    append(
        context.uow,
        BreakFound(
            sequence=0,
            fingerprint=fingerprint,
            on=finding.on,
            kind=finding.kind,
            line_id=finding.line_id,
            care_region=finding.care_region,
            insured_region=finding.insured_region,
            detail=finding.detail,
            found_at=context.now,
            previous_hash="",
            hash="",
        ),
    )


def open_breaks(uow: UnitOfWork) -> int:
    """Return how many breaks nobody has closed: each is found once, and closed once at most."""
    return head(uow, BreakFound).sequence - head(uow, BreakClosure).sequence


def list_breaks(query: ListBreaks, context: Context) -> Breaks:
    """Return breaks of a day or of all days, in the order in which they were found."""
    table = context.table(BreakFound)
    found: Iterable[BreakFound] = (
        scan_all(context.uow, BreakFound) if query.on is None else table.select(on=query.on)
    )
    wanted = (item for item in _standing(found, context.uow) if query.state in (None, item.state))
    return Breaks(tuple(wanted))


def _standing(found: Iterable[BreakFound], uow: UnitOfWork) -> Iterator[Break]:
    closures = uow.table(BreakClosure)
    for item in found:
        closed = closures.select(fingerprint=item.fingerprint)
        yield as_break(item, closed[0] if closed else None)


def close_break(command: CloseBreak, context: Context) -> Break:
    """Resolve or accept a break; who, why and the evidence are kept with it.

    Raises ``Malformed`` for a state that closes nothing or a blank reason, ``NotFound`` for an
    unknown break, ``Rejected`` (``break_closed``) for one that is closed already.
    """
    if command.state is BreakState.OPEN:
        raise Malformed(
            "break_state",
            "a break is closed as resolved or accepted",
            "差异只能以 resolved 或 accepted 关闭",
            field="state",
        )
    for field in ("closed_by", "reason", "evidence"):
        if not getattr(command, field).strip():
            raise Malformed("field_missing", "must be given", "必填项缺失", field=field)
    found = context.table(BreakFound).select(fingerprint=command.fingerprint)
    if not found:
        raise NotFound(
            "break_unknown",
            f"there is no break {command.fingerprint}",
            f"没有此差异 {command.fingerprint}",
            field="fingerprint",
        )
    if context.table(BreakClosure).select(fingerprint=command.fingerprint):
        raise Rejected(
            "break_closed",
            "the break is closed already and stays as it is",
            "该差异已关闭, 不可再次关闭",
            field="fingerprint",
        )
    closure = append(
        context.uow,
        BreakClosure(
            sequence=0,
            fingerprint=command.fingerprint,
            state=command.state,
            closed_by=command.closed_by,
            reason=command.reason,
            evidence=command.evidence,
            closed_at=context.now,
            previous_hash="",
            hash="",
        ),
    )
    return as_break(found[0], closure)
