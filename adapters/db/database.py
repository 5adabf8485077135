"""What this package asks of a database product: all that differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from adapters.db.shape import Row
from clearing.errors import YidiError


class Statement(NamedTuple):
    """SQL for a session with its parameters: one value for each place.

    One that writes has parameters for many rows, in the form of the product: the rows
    themselves, or a packed array for every column.
    """

    sql: str
    parameters: Sequence[Any]


class Session(Protocol):
    """A connection that a store keeps, used from one thread at a time.

    Raises the errors of its driver; a statement that failed leaves nothing to do but ``rollback``.
    A commit that returns has made the transaction durable.
    With ``begins`` a transaction begins before the first statement: it sees one state of the
    data, whatever others commit meanwhile.
    """

    def read(self, statements: Sequence[Statement], *, begins: bool) -> list[Sequence[Row]]:
        """Run reading statements and return the rows of each."""

    def write(self, statements: Sequence[Statement], *, begins: bool, commits: bool) -> None:
        """Run writing statements; with ``commits`` they are durable when this returns."""

    def commit(self) -> None:
        """Make the transaction durable."""

    def rollback(self) -> None:
        """Forget the transaction, if there is one."""

    @property
    def is_lost(self) -> bool:
        """Whether it can only be replaced."""

    def await_end_of(self, lost: Any) -> None:
        """Return once the server does nothing any more for a session that was lost.

        ``lost`` is another session of this kind. What the server was doing for it is then
        durable, or will never be.
        """


class Database(Protocol):
    """One database of one product.

    * ``keys_at_once`` bounds the keys of one statement.
    * ``in_arrays`` says that a statement for many rows takes a packed array for every column,
      and otherwise is run with each row's values.
    """

    keys_at_once: int
    in_arrays: bool

    @property
    def dialect(self) -> sa.Dialect:
        """Compiles the statements of its sessions."""

    def open_engine(self) -> sa.Engine:
        """Return an engine; its connections are used by one thread at a time."""

    def session(self, connection: Any) -> Session:
        """Return what talks to the database on a driver's connection, and nobody else does."""

    def upsert(self, table: sa.Table) -> sa.sql.ClauseElement:
        """Return the statement that inserts rows or replaces those with their keys.

        Its parameters are the columns in order.
        """

    def delete(self, table: sa.Table) -> sa.sql.ClauseElement:
        """Return the statement that deletes rows by key; its parameters are the key's parts."""

    def rows_with(
        self, rows: sa.Select[Any], columns: Sequence[sa.Column[Any]], count: int
    ) -> sa.Select[Any]:
        """Return ``rows`` narrowed to ``count`` values of some columns, a key's most often.

        Its parameters are the columns of each value, one value after the other, or one array
        for each column.
        """

    def held(self, rows: sa.Select[Any], table: sa.Table) -> sa.Select[Any] | None:
        """Return ``rows`` of a table read so that nobody changes them until the commit.

        It fails where somebody has since the transaction began. ``None`` where that is so for
        all rows of a transaction that writes.
        """

    def lock_schema(self, connection: sa.Connection) -> None:
        """Let nobody else create or change tables until the transaction ends."""

    def translate(self, error: BaseException) -> YidiError:
        """Return what a failure of the driver means to a caller."""
