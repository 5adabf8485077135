"""A unit of work: one transaction whose changes are buffered and written in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from adapters.db.connection import StoreConnection
from adapters.db.database import Statement
from adapters.db.shape import Row
from adapters.db.statements import TableStatements
from adapters.db.table import UnitTable
from clearing.ports import Key

RecordT = TypeVar("RecordT")


class SqlUnitOfWork:
    """The unit of work port over one database transaction.

    The transaction begins with the first statement, so a unit that only works on nothing costs
    nothing, and one that wrote nothing makes nothing durable. Everything it reads comes from
    one snapshot and its own changes.
    """

    def __init__(
        self,
        connection: StoreConnection,
        statements: Mapping[type, TableStatements],
        ended: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._ended = ended
        self._open = True
        self._tables: dict[type, UnitTable[Any]] = {}
        self._attempts = 0
        self._undo_log: list[tuple[UnitTable[Any], Key, Any, bool]] = []

    def table(self, record: type[RecordT]) -> UnitTable[RecordT]:
        """Return the table of a record type. Raises ``KeyError`` for a type not kept here."""
        table = self._tables.get(record)
        if table is None:
            self._require_open()
            table = self._tables[record] = UnitTable(self._statements[record], self)
        return cast("UnitTable[RecordT]", table)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Scope the changes of one command: an exception leaving it discards just those.

        The exception goes on to the caller. Attempts may be nested; an inner one that succeeds
        is discarded with the outer one.
        """
        self._require_open()
        start = len(self._undo_log)
        self._attempts += 1
        try:
            yield
        except BaseException:
            for table, key, before, was_changed in reversed(self._undo_log[start:]):
                table.undo(key, before, was_changed)
            del self._undo_log[start:]
            raise
        finally:
            self._attempts -= 1
            if self._attempts == 0:
                self._undo_log.clear()

    def read_wanted(self) -> None:
        """Read what its tables were told is wanted, all of it in one round trip."""
        self._require_open()
        queries = [query for table in self._tables.values() for query in table.queries()]
        found = self._connection.read([query.statement for query in queries])
        for query, rows in zip(queries, found, strict=True):
            query.take(rows)

    def write(self) -> None:
        """Send all changes to the database; what ``commit`` does after that is for the disk.

        Raises what ``commit`` raises; the unit can then only be rolled back.
        """
        self._require_open()
        if self._attempts:
            raise RuntimeError("an attempt is still under way")
        self._send(commits=False)

    def _send(self, *, commits: bool) -> None:
        """Send what has changed, table by table in the order of their names."""
        tables = self._tables.values()
        if not any(table.is_changed for table in tables):
            return
        concerned = [table for table in tables if table.is_changed or table.is_held]
        in_order = sorted(concerned, key=lambda table: table.name)
        writes = [statement for table in in_order for statement in table.writes()]
        self._connection.write(writes, commits=commits)

    def commit(self) -> None:
        """Write everything and make it durable; the unit is then at its end.

        Raises ``Conflict`` (``unique_violated``, ``database_moved_on``), ``Unavailable``
        (``database_unavailable``) or ``InvariantBroken``; nothing is then written.
        """
        self._require_open()
        if self._attempts:
            raise RuntimeError("an attempt is still under way")
        try:
            self._send(commits=True)
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise
        finally:
            self._end()

    def rollback(self) -> None:
        """Forget everything; the unit is then at its end. A second call does nothing."""
        if self._open:
            self._end()
            self._connection.rollback()

    def rows(self, statement: Statement) -> Sequence[Row]:
        """Run a reading statement and return its rows."""
        self._require_open()
        return self._connection.read([statement])[0]

    def note(self, table: UnitTable[Any], key: Key, before: Any, was_changed: bool) -> None:
        """Take note of what a change replaces, where an attempt may discard it."""
        self._require_open()
        if self._attempts:
            self._undo_log.append((table, key, before, was_changed))

    def _require_open(self) -> None:
        if not self._open:
            raise RuntimeError("the unit of work has ended")

    def _end(self) -> None:
        self._open = False
        for table in self._tables.values():
            table.forget()
        self._tables.clear()
        self._undo_log.clear()
        self._ended()
