"""Recomputing the clearing house's books from the first entry.

Every book of the house is either a chain or the sum of one. The check walks the chains, posts
each pair of reports again and compares, sums the positions again and compares, and holds the
journal against the heads that were published. It stops at the first thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from clearing.breaks import BreakClosure, BreakFound, BreakKind, fingerprint
from clearing.calendar import civil_date
from clearing.chain import GENESIS, ChainError, ChainHead, checked, describe
from clearing.journal import (
    JOURNAL,
    JournalLine,
    JournalState,
    PublishedHead,
    entries_for,
    posting_of,
    trial_balance,
)
from clearing.period import Period, Posting, posting_fault
from clearing.position import Position, PositionKey, key_of, moved, position_key
from clearing.reconcile import digest_of
from clearing.report import ReportedLine, Side, book_line

_NOWHERE = Posting("", 0, 0)  # replaced by where the first entry of the line was posted


@dataclass(frozen=True, slots=True)
class Books:
    """The house's books: each chain in its order, read anew at every call."""

    reports: Callable[[], Iterable[ReportedLine]]
    journal: Callable[[], Iterable[JournalLine]]
    published: Callable[[], Iterable[PublishedHead]]
    breaks: Callable[[], Iterable[BreakFound]]
    closures: Callable[[], Iterable[BreakClosure]]
    positions: Callable[[], Iterable[Position]]
    periods: Mapping[str, Period]
    heads: Mapping[str, ChainHead]
    states: Mapping[str, JournalState]

    @property
    def state(self) -> JournalState | None:
        """What the journal's next posting knows; nothing before the first one."""
        return self.states.get(JOURNAL)


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the books are as they were written.

    ``lines`` and ``head_hash`` are of the journal as far as it was found sound;
    ``first_fault`` says what is wrong and where, ``""`` when all is sound.
    """

    sound: bool
    lines: int
    head_hash: str
    first_fault: str


@dataclass(slots=True)
class _Journal:
    """What a pass over the journal leaves: how far it came, and what it adds up to."""

    lines: int = 0
    head_hash: str = GENESIS


def verify(books: Books) -> Verification:
    """Recompute everything; see the module."""
    passed = _Journal()
    try:
        positions = _check_journal(books, passed)
        _check_published(books)
        found = _check_breaks(books)
        _check_reports(books, found)
        _check_positions(books, positions)
    except ChainError as fault:
        return Verification(False, passed.lines, passed.head_hash, str(fault))
    return Verification(True, passed.lines, passed.head_hash, "")


def head_of(books: Books, chain: str) -> ChainHead:
    """Return a chain's head; a chain that was never written ends before its first record."""
    return books.heads.get(chain) or ChainHead(chain, 0, GENESIS)


def _check_journal(books: Books, passed: _Journal) -> dict[PositionKey, Position]:
    """Check the journal's chain, where each line was posted, and return what it adds up to."""
    positions: dict[PositionKey, Position] = {}
    latest = None
    for line in checked(books.journal(), head_of(books, JOURNAL), "journal line"):
        fault = posting_fault(line.business_time, posting_of(line), books.periods.get)
        if fault:
            raise ChainError(f"{describe(line, 'journal line')}: {fault}")
        key = position_key(line)
        positions[key] = moved(positions.get(key), line)
        day = civil_date(line.business_time)
        latest = day if latest is None else max(latest, day)
        passed.lines, passed.head_hash = line.sequence, line.hash
    if (None if books.state is None else books.state.posting_on) != latest:
        raise ChainError(f"the journal was posted up to {latest}, which its state does not say")
    return positions


def _check_published(books: Books) -> None:
    """Hold the journal against every head that was ever published."""
    journal = iter(books.journal())
    line: JournalLine | None = None
    last = 0
    for head in checked(books.published(), head_of(books, "published_head"), "published head"):
        last = head.journal_sequence
        while line is None or line.sequence < last:
            line = next(journal, None)
            if line is None:
                raise ChainError(f"journal line {last} was published and is missing")
        if (line.sequence, line.hash) != (last, head.journal_hash):
            raise ChainError(
                f"{describe(line, 'journal line')}: its hash is not the one published "
                f"for {head.on.isoformat()}"
            )
    if last != (0 if books.state is None else books.state.published_sequence):
        raise ChainError(f"the journal was published up to line {last}; its state says otherwise")


def _check_breaks(books: Books) -> set[str]:
    """Check the chains of breaks; return the fingerprints of those found."""
    found = set()
    for item in checked(books.breaks(), head_of(books, "break_found"), "break"):
        if item.fingerprint != fingerprint(item.on, item.line_id, item.kind):
            raise ChainError(f"{describe(item, 'break')}: its fingerprint is not its own")
        found.add(item.fingerprint)
    for closure in checked(books.closures(), head_of(books, "break_closure"), "closed break"):
        if closure.fingerprint not in found:
            raise ChainError(f"{describe(closure, 'closed break')}: it was never found")
    return found


def _check_reports(books: Books, found: set[str]) -> None:
    """Post every pair of reports again, in the order in which the pairs came together."""
    journal = iter(books.journal())
    waiting: dict[str, ReportedLine] = {}
    for report in checked(books.reports(), head_of(books, "reported_line"), "report"):
        _check_own_digest(report)
        first = waiting.pop(report.line_id, None)
        if first is None:
            waiting[report.line_id] = report
        elif first.side is report.side:
            raise ChainError(f"{describe(report, 'report')}: this side has reported it before")
        elif first.digest == report.digest:
            _check_posted(report, journal)
        else:
            care = first if first.side is Side.CARE else report
            if fingerprint(care.on, care.line_id, BreakKind.DIFFERS) not in found:
                raise ChainError(f"{describe(report, 'report')}: it differs and is no break")
    for line in journal:
        raise ChainError(f"{describe(line, 'journal line')}: no two reports alike stand behind it")


def _check_own_digest(report: ReportedLine) -> None:
    line = book_line(report)
    if digest_of(line) != report.digest or civil_date(line.business_time) != report.on:
        raise ChainError(f"{describe(report, 'report')}: its content does not give its digest")


def _check_posted(report: ReportedLine, journal: Iterator[JournalLine]) -> None:
    """Check that the next lines of the journal are those that the report gives."""
    posting: Posting | None = None
    for due in entries_for(book_line(report), _NOWHERE):
        line = next(journal, None)
        if line is None:
            raise ChainError(
                f"{describe(report, 'report')}: both sides reported it; the journal lacks it"
            )
        posting = posting or posting_of(line)
        expected = replace(
            due,
            sequence=line.sequence,
            period=posting.period,
            epoch=posting.epoch,
            slipped_months=posting.slipped_months,
            previous_hash=line.previous_hash,
            hash=line.hash,
        )
        if line != expected:
            raise ChainError(
                f"{describe(line, 'journal line')}: it is not what both sides reported of "
                f"line {report.line_id}: {due.amount_fen} fen from {due.fund}"
            )


def _check_positions(books: Books, summed: dict[PositionKey, Position]) -> None:
    """Check that positions are the sums of their lines and that the accounts balance."""
    kept = {key_of(position): position for position in books.positions()}
    for key, position in kept.items():
        if position != summed.get(key):
            raise ChainError(f"position {_named(key)}: {_sum_fault(position, summed.get(key))}")
    for key in summed:
        if key not in kept:
            raise ChainError(f"position {_named(key)} is missing")
    balance = sum(trial_balance(kept.values()).values())
    if balance:
        raise ChainError(f"the trial balance is {balance} fen, not 0")


def _named(key: PositionKey) -> str:
    return " / ".join(key)


def _sum_fault(position: Position, summed: Position | None) -> str:
    amount_fen, lines = (0, 0) if summed is None else (summed.amount_fen, summed.lines)
    return (
        f"says {position.amount_fen} fen in {position.lines} lines; "
        f"the journal gives {amount_fen} fen in {lines}"
    )
