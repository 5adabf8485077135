"""Verifying the books as they are in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from clearing.breaks import BreakClosure, BreakFound
from clearing.chain import ChainError, ChainHead
from clearing.errors import InvariantBroken
from clearing.journal import JournalLine, JournalState, PublishedHead
from clearing.messages import Address
from clearing.period import Period
from clearing.ports import Store, UnitOfWork
from clearing.position import Position
from clearing.report import ReportedLine
from clearing.verification import Books, Verification, verify
from services.clearing_house.commands import VerifyJournal
from services.clearing_house.scanning import scan_all
from services.node.command import Request
from services.node.context import Context
from services.node.rpc import Ask

RecordT = TypeVar("RecordT")


def verify_house(uow: UnitOfWork) -> Verification:
    """Recompute the house's books from the first entry and name the first thing wrong.

    Reads only. A row that can no longer be read as what it was written as is a fault as well.
    """

    def rows(record: type[RecordT]) -> Callable[[], Iterable[RecordT]]:
        return lambda: _readable(uow, record)

    try:
        books = Books(
            reports=rows(ReportedLine),
            journal=rows(JournalLine),
            published=rows(PublishedHead),
            breaks=rows(BreakFound),
            closures=rows(BreakClosure),
            positions=rows(Position),
            periods={period.period: period for period in _readable(uow, Period)},
            heads={head.chain: head for head in _readable(uow, ChainHead)},
            states={state.journal: state for state in _readable(uow, JournalState)},
        )
    except ChainError as fault:
        return Verification(False, 0, "", str(fault))
    return verify(books)


def _readable(uow: UnitOfWork, record: type[RecordT]) -> Iterator[RecordT]:
    """Return a table's records; one whose columns hold no such record is a fault."""
    try:
        yield from scan_all(uow, record)
    except InvariantBroken as error:
        raise ChainError(error.message_en) from error


class Verifier:
    """Answers ``VerifyJournal`` from a reader of its own, so that no settlement waits for it.

    ``open_store`` opens the house's database once more; it is read in one snapshot.
    """

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open_store = open_store

    async def __call__(self, _read: tuple[Address, Request], _ask: Ask) -> Verification:
        """Return whether the books are sound."""
        return await asyncio.to_thread(self._verify)

    def _verify(self) -> Verification:
        store = self._open_store()
        try:
            unit = store.begin()
            verification = verify_house(unit)
            unit.rollback()
        finally:
            store.close()
        return verification


def verify_journal(_query: VerifyJournal, context: Context) -> Verification:
    """Answer an operator who asks whether the books are sound."""
    return verify_house(context.uow)
