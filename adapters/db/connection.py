"""The one connection of a store: transactions and statements, with failures translated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from adapters.db.database import Database, Session, Statement
from adapters.db.shape import Row


class StoreConnection:
    """A driver connection out of SQLAlchemy's pool, used from one thread at a time.

    The first statement after an end begins the next transaction. Once a statement has failed,
    all that comes before ``rollback`` fails with the same error: nobody goes on in a transaction
    that the database has given up.

    Every failure of the driver is raised as ``Conflict``, ``Unavailable`` or
    ``InvariantBroken``.
    """

    def __init__(self, engine: sa.Engine, database: Database) -> None:
        self._engine = engine
        self._database = database
        self._errors = engine.dialect.loaded_dbapi.Error
        self._in_transaction = False
        self._failed: BaseException | None = None
        self._lost: list[Session] = []
        """Sessions that were lost, and that the server may still be at work on."""

        self._connect()

    def _connect(self) -> None:
        try:
            self._pooled = self._engine.raw_connection()
        except sa.exc.DBAPIError as error:
            cause = error.orig if error.orig is not None else error
            raise self._database.translate(cause) from error
        with self._translated():
            self._session = self._database.session(self._pooled.driver_connection)

    def read(self, statements: Sequence[Statement]) -> list[Sequence[Row]]:
        """Run reading statements, in one round trip, and return the rows of each."""
        if not statements:
            return []
        with self._in_one():
            begins = self._begins()
            return self._session.read(statements, begins=begins)

    def write(self, statements: Sequence[Statement], *, commits: bool) -> None:
        """Run writing statements, in one round trip; with ``commits`` they are then durable."""
        with self._in_one():
            begins = self._begins()
            self._session.write(statements, begins=begins, commits=commits)
        self._in_transaction = not commits

    def commit(self) -> None:
        """Make everything since the last end durable; returns when it is."""
        if not self._in_transaction:
            return
        with self._in_one():
            self._session.commit()
        self._in_transaction = False

    def rollback(self) -> None:
        """Forget everything since the last end; where that fails the session is given up."""
        self._in_transaction, self._failed = False, None
        if self._session.is_lost:
            return  # the server forgets it by itself
        try:
            self._session.rollback()
        except self._errors as error:
            if not self._session.is_lost:
                raise self._database.translate(error) from error

    def close(self) -> None:
        """Roll back what is open and close the connection."""
        self.rollback()
        if self._session.is_lost:
            if self._pooled.is_valid:
                self._pooled.invalidate()
        else:
            self._pooled.close()

    def _begins(self) -> bool:
        """Tell whether the transaction is still to begin; then it counts as begun.

        A session that is lost is replaced first; the next one reads nothing before the server
        has ended what it was still doing for that one: its commit may be under way, and would
        otherwise be there a moment after it was looked for.
        """
        if self._in_transaction:
            return False
        if self._session.is_lost:
            if self._pooled.is_valid:  # and not lost before, with nobody there since
                self._pooled.invalidate()
                self._lost.append(self._session)
            self._connect()
        while self._lost:
            self._session.await_end_of(self._lost[-1])
            self._lost.pop()
        self._in_transaction = True
        return True

    @contextmanager
    def _in_one(self) -> Iterator[None]:
        """Do one thing in the transaction, unless another has failed in it."""
        if self._failed is not None:
            raise self._failed
        try:
            with self._translated():
                yield
        except BaseException as error:
            self._failed = error
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            raise self._database.translate(error) from error
