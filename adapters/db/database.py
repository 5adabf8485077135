"""What this package asks of a database product: all that differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import sqlalchemy as sa

from clearing.errors import YidiError


class Database(Protocol):
    """One database of one product.

    * ``begin`` and ``begin_write`` open a transaction before its first statement, which reads
      or writes; both read one state of the data, whatever others commit meanwhile. They are empty
      where the driver begins one by itself.
    * ``keys_at_once`` bounds the keys of one statement.
    * ``in_arrays`` says that a statement for many rows takes a packed array for every column,
      and otherwise is run with each row's values.
    """

    begin: str
    begin_write: str
    keys_at_once: int
    in_arrays: bool

    def open_engine(self) -> sa.Engine:
        """Return an engine; its connections are used by one thread at a time."""

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

    def lock_schema(self, connection: sa.Connection) -> None:
        """Let nobody else create or change tables until the transaction ends."""

    def together(self, connection: Any) -> AbstractContextManager[Any]:
        """Let the statements inside be sent on a driver's connection without waiting for each.

        What any of them fails with is raised inside, or at the end.
        """

    def is_broken(self, connection: Any) -> bool:
        """Tell whether its transaction can only be given up."""

    def is_lost(self, connection: Any) -> bool:
        """Tell whether a driver's connection can only be replaced."""

    def translate(self, error: BaseException) -> YidiError:
        """Return what a failure of the driver means to a caller."""
