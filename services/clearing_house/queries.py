"""Reading positions and the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clearing.errors import Malformed
from clearing.journal import JournalLine
from clearing.position import Position, key_of
from services.clearing_house.answers import JournalLines, Positions
from services.clearing_house.commands import ListJournalLines, ListPositions
from services.clearing_house.scanning import scan_all
from services.node.context import Context

DEFAULT_LIMIT = 500
MAX_LIMIT = 5_000

# The first of these whose columns are all asked for finds the rows; the rest is filtered.
_POSITION_INDEXES = (
    ("payer_region", "payee_region"),
    ("payer_region",),
    ("payee_region",),
    ("period",),
)
_JOURNAL_INDEXES = (
    ("settlement_id",),
    ("payer_region", "payee_region", "period"),
    ("payer_region", "payee_region"),
    ("payee_region", "period"),
    ("payer_region",),
    ("payee_region",),
    ("period",),
)


def list_positions(query: ListPositions, context: Context) -> Positions:
    """Return positions, sorted by payer, payee, scheme, clearing type, fund and period."""
    asked = _asked(query, ("payer_region", "payee_region", "period"))
    rows = scan_all(context.uow, Position, **_indexed(asked, _POSITION_INDEXES))
    return Positions(tuple(sorted((row for row in rows if _fits(row, asked)), key=key_of)))


def list_journal_lines(query: ListJournalLines, context: Context) -> JournalLines:
    """Return a page of journal lines in journal order. Raises ``Malformed`` for a bad page."""
    limit = query.limit or DEFAULT_LIMIT
    if not 0 < limit <= MAX_LIMIT:
        raise _bad_page("limit", f"a page has 1 to {MAX_LIMIT} lines")
    if query.after_sequence < 0:
        raise _bad_page("after_sequence", "a sequence is not negative")
    lines: list[JournalLine] = []
    for line in _journal(query, context):
        if len(lines) == limit:
            return JournalLines(tuple(lines), lines[-1].sequence)
        lines.append(line)
    return JournalLines(tuple(lines), 0)


def _journal(query: ListJournalLines, context: Context) -> Iterator[JournalLine]:
    names = ("payer_region", "payee_region", "period", "settlement_id", "fund")
    asked = _asked(query, names)
    equals = _indexed(asked, _JOURNAL_INDEXES)
    after = (query.after_sequence,) if query.after_sequence else None
    for line in scan_all(context.uow, JournalLine, after, **equals):
        if _fits(line, asked):
            yield line


def _asked(query: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(query, name) for name in names if getattr(query, name)}


def _indexed(asked: Mapping[str, Any], indexes: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    for index in indexes:
        if all(name in asked for name in index):
            return {name: asked[name] for name in index}
    return {}


def _fits(row: object, asked: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in asked.items())


def _bad_page(field: str, what: str) -> Malformed:
    return Malformed("page", what, "分页参数无效", field=field)
