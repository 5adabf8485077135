"""The SQL of one table, compiled once by SQLAlchemy and handed to the driver as text.

Handing text to the driver costs a sixth of what SQLAlchemy's execution costs, and the node
machine reads and writes thousands of rows a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from adapters.db.arrays import PackedArray, packed
from adapters.db.database import Database, Statement
from adapters.db.shape import TableShape
from adapters.db.tables import table_of
from clearing.ports import Key

_LIMIT = "row_limit"
_AFTER = "after_"
_BELOW = "below_"

_Pattern = tuple[frozenset[str], frozenset[str], bool, bool, bool]
"""Of a select: its columns, those of them that are null, paged, after a key, below a key."""


@dataclass(frozen=True, slots=True)
class Select:
    """SQL that reads, with its parameters by name, in the order of their places."""

    sql: str
    places: tuple[str, ...]
    constants: Mapping[str, Any]

    def given(self, values: Mapping[str, Any]) -> Statement:
        """Return the statement with these values in their places."""
        constants = self.constants
        return Statement(
            self.sql,
            [values[name] if name in values else constants[name] for name in self.places],
        )


class TableStatements:
    """Everything that is ever asked of one table."""

    def __init__(
        self,
        shape: TableShape,
        metadata: sa.MetaData,
        database: Database,
    ) -> None:
        self.shape = shape
        self.table = table_of(shape, metadata)
        self._database = database
        self._key_columns = [self.table.c[name] for name in shape.key]
        self._rows = sa.select(*(self.table.c[name] for name in shape.names))
        is_key = sa.and_(*(column == sa.bindparam(column.name) for column in self._key_columns))
        self._get = self._ordered(self._rows.where(is_key), shape.key)
        self._upsert = self._ordered(database.upsert(self.table), shape.names)
        self._delete = self._ordered(database.delete(self.table), shape.key)
        held = database.held(self._rows.where(is_key), self.table)
        self._hold = None if held is None else self._ordered(held, shape.key)
        self.keys_at_once = database.keys_at_once
        self._many: dict[tuple[tuple[str, ...], int], str] = {}
        self._selects: dict[_Pattern, Select] = {}

    def get(self, key: Key) -> Statement:
        """Return what reads the row with this key."""
        return Statement(self._get, key)

    def hold(self, key: Key) -> Iterator[Statement]:
        """Return what keeps the row with this key as it is, where the product needs telling."""
        if self._hold is not None:
            yield Statement(self._hold, key)

    def get_many(self, keys: Sequence[Key]) -> Statement:
        """Return what reads the rows with these keys."""
        return self._rows_with(self.shape.key, keys)

    def select_many(self, name: str, values: Sequence[Any]) -> Statement:
        """Return what reads the rows with these values of a column, in no order.

        Raises ``ValueError`` where no index begins with it.
        """
        self.shape.require_index(frozenset((name,)), paged=False)
        return self._rows_with((name,), [(value,) for value in values])

    def upsert(self, records: Sequence[Any]) -> Statement:
        """Return what inserts records or replaces those with their keys.

        Raises ``TypeError`` as ``TableShape.encode`` does.
        """
        return Statement(self._upsert, self._written(self.shape.names, self.shape.encode(records)))

    def delete(self, keys: Sequence[Key]) -> Statement:
        """Return what deletes the rows with these keys."""
        return Statement(self._delete, self._written(self.shape.key, _turned(keys)))

    def _written(self, names: tuple[str, ...], columns: Sequence[Sequence[Any]]) -> Sequence[Any]:
        return self._packed(names, columns) if self._database.in_arrays else _turned(columns)

    def _rows_with(self, names: tuple[str, ...], wanted: Sequence[Key]) -> Statement:
        if self._database.in_arrays:
            return Statement(self._many_sql(names, 1, names), self._packed(names, _turned(wanted)))
        # A few sizes of statement serve every number of values; the last one fills it up.
        count = 1 << (len(wanted) - 1).bit_length()
        places = tuple(f"key_{at}_{name}" for at in range(count) for name in names)
        filled = [*wanted, *[wanted[-1]] * (count - len(wanted))]
        parameters = [part for key in filled for part in key]
        return Statement(self._many_sql(names, count, places), parameters)

    def _many_sql(self, names: tuple[str, ...], count: int, places: tuple[str, ...]) -> str:
        if (names, count) not in self._many:
            columns = [self.table.c[name] for name in names]
            query = self._database.rows_with(self._rows, columns, count)
            self._many[names, count] = self._ordered(query, places)
        return self._many[names, count]

    def _packed(
        self, names: tuple[str, ...], columns: Sequence[Sequence[Any]]
    ) -> Sequence[PackedArray]:
        """Return columns of these names as one array for each of them."""
        named = zip(names, columns, strict=True)
        return [packed(self.shape.columns[name].kind, values) for name, values in named]

    def select(
        self, equals: Mapping[str, Any], *, paged: bool, after: bool, below: bool = False
    ) -> Select:
        """Return the statement for rows with these column values, in the order of the key.

        ``paged`` adds a limit, ``after`` begins behind a key, ``below`` ends before one. Raises
        ``ValueError`` where no index begins with these columns: it would read the whole table.
        """
        nulls = frozenset(name for name, value in equals.items() if value is None)
        pattern = (frozenset(equals), nulls, paged, after, below)
        statement = self._selects.get(pattern)
        if statement is None:
            self.shape.require_index(frozenset(equals), paged=paged)
            statement = self._compile_select(pattern)
            self._selects[pattern] = statement
        return statement

    def _compile_select(self, pattern: _Pattern) -> Select:
        names, nulls, paged, after, below = pattern
        query = self._rows.order_by(*self._key_columns)
        for name in sorted(names):
            column = self.table.c[name]
            query = query.where(column.is_(None) if name in nulls else column == sa.bindparam(name))
        if after:
            query = query.where(sa.tuple_(*self._key_columns) > self._bound(_AFTER))
        if below:
            query = query.where(sa.tuple_(*self._key_columns) < self._bound(_BELOW))
        if paged:
            query = query.limit(sa.bindparam(_LIMIT))
        return self._compile(query)

    def _bound(self, prefix: str) -> sa.sql.elements.Tuple:
        places: list[sa.BindParameter[Any]] = [
            sa.bindparam(prefix + name) for name in self.shape.key
        ]
        return sa.tuple_(*places)

    def select_parameters(
        self,
        equals: Mapping[str, Any],
        *,
        limit: int | None = None,
        after: Key | None = None,
        below: Key | None = None,
    ) -> dict[str, Any]:
        """Return the values of a select by the names of their places."""
        encode = self.shape.encode_value
        values = {name: encode(name, value) for name, value in equals.items()}
        if limit is not None:
            values[_LIMIT] = limit
        for prefix, bound in ((_AFTER, after), (_BELOW, below)):
            if bound is not None:
                parts = self.shape.encode_key(bound)
                values |= {
                    prefix + name: part for name, part in zip(self.shape.key, parts, strict=True)
                }
        return values

    def _compile(self, statement: sa.sql.ClauseElement) -> Select:
        compiled = statement.compile(
            dialect=self._database.dialect, compile_kwargs={"render_postcompile": True}
        )
        places = getattr(compiled, "positiontup", None) or ()
        return Select(str(compiled), tuple(places), compiled.params)

    def _ordered(self, statement: sa.sql.ClauseElement, expected: tuple[str, ...]) -> str:
        """Compile a statement whose parameters the caller gives by place."""
        compiled = self._compile(statement)
        if compiled.places != expected:
            raise AssertionError(f"parameters out of order: {compiled.places} not {expected}")
        return compiled.sql


def _turned(table: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Turn rows into columns, or columns into rows."""
    return list(zip(*table, strict=True))
