"""The tables that shapes become, with the same columns, indexes and checks in every database."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa

from adapters.db.shape import TableShape
from adapters.db.values import Kind
from clearing.money import MAX_AMOUNT_FEN

LARGEST_SUM_FEN = MAX_AMOUNT_FEN * 1_000_000
"""More than any sum of amounts here; what lies beyond it is a fault, not money."""

HAS_STRICT_TABLES = sqlite3.sqlite_version_info >= (3, 37)
"""Whether SQLite can be made to refuse a value of another type than its column's."""

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Sorts as Python sorts, by code point, as SQLite does by itself."""

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits wide in both."""

BOOLEAN = sa.Boolean().with_variant(sa.Integer(), "sqlite")
"""A strict table of SQLite has no boolean."""

BINARY = sa.LargeBinary()

TYPES: dict[Kind, sa.types.TypeEngine[Any]] = {
    Kind.TEXT: TEXT,
    Kind.INTEGER: INTEGER,
    Kind.BOOLEAN: BOOLEAN,
    Kind.BINARY: BINARY,
}


def table_of(shape: TableShape, metadata: sa.MetaData) -> sa.Table:
    """Return the table of a shape."""
    columns = [
        sa.Column(
            name,
            TYPES[column.kind],
            nullable=column.nullable,
            autoincrement=False,
        )
        for name, column in shape.columns.items()
    ]
    indexes = [_index(shape, at, index) for at, index in enumerate(shape.spec.indexes)]
    indexes += [
        sa.Index(f"{shape.name}_unique_{at}", *index, unique=True)
        for at, index in enumerate(shape.spec.unique)
    ]
    key = sa.PrimaryKeyConstraint(*shape.key)
    checks = [
        _is_money(shape.name, name)
        for name, column in shape.columns.items()
        if column.kind is Kind.INTEGER and name.endswith("_fen")
    ]
    return sa.Table(
        shape.name, metadata, *columns, key, *checks, *indexes, sqlite_strict=HAS_STRICT_TABLES
    )


def _is_money(table: str, column: str) -> sa.CheckConstraint:
    """Let the database refuse what no sum of amounts can be."""
    largest: sa.ColumnElement[int] = sa.literal_column(str(LARGEST_SUM_FEN))
    is_money = sa.column(column).between(-largest, largest)
    return sa.CheckConstraint(is_money, name=f"{table}_{column}_is_money")


def _index(shape: TableShape, at: int, names: tuple[str, ...]) -> sa.Index:
    """Make an index that ends with the key: what it finds is in key order, page by page."""
    rest = [name for name in shape.key if name not in names]
    return sa.Index(f"{shape.name}_index_{at}", *names, *rest)
