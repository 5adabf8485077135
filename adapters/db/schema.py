"""Creates the tables of a new database, and refuses one that was made to another shape.

``schema_shapes`` holds the description of every table. A database that was opened once with
these tables is opened again with exactly these; how to take rows from one shape to another is
not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from adapters.db.database import Database
from adapters.db.shape import TableShape
from clearing.errors import Rejected

_META = sa.Table(
    "schema_shapes",
    sa.MetaData(),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("shape", sa.Text, nullable=False),
)


def ensure_schema(
    engine: sa.Engine, database: Database, metadata: sa.MetaData, shapes: Sequence[TableShape]
) -> None:
    """Create all tables in an empty database, in one transaction; else compare the shapes.

    Raises ``Rejected`` (``schema_mismatch``), ``Unavailable`` or ``InvariantBroken``.
    """
    wanted = {shape.name: shape.fingerprint for shape in shapes}
    try:
        with engine.connect() as connection:
            found = _stored(connection)
            connection.rollback()
            if found is None:
                database.lock_schema(connection)
                found = _create(connection, metadata, wanted)
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, engine.dialect.loaded_dbapi.Error):
            raise database.translate(error.orig) from error
        raise
    if found != wanted:
        raise _mismatch(engine, wanted, found)


def _stored(connection: sa.Connection) -> Mapping[str, str] | None:
    """Return the shapes in the database; ``None`` for an empty one."""
    names = sa.inspect(connection).get_table_names()
    if not names:
        return None
    if _META.name not in names:
        return {}
    return {row.table_name: row.shape for row in connection.execute(sa.select(_META))}


def _create(
    connection: sa.Connection, metadata: sa.MetaData, wanted: Mapping[str, str]
) -> Mapping[str, str]:
    """Create everything, unless another process was quicker; return the shapes there now."""
    found = _stored(connection)
    if found is None:
        _META.create(connection)
        metadata.create_all(connection, checkfirst=False)
        rows = [{"table_name": name, "shape": wanted[name]} for name in sorted(wanted)]
        if rows:
            connection.execute(sa.insert(_META), rows)
        found = wanted
    connection.commit()
    return found


def _mismatch(engine: sa.Engine, wanted: Mapping[str, str], found: Mapping[str, str]) -> Rejected:
    names = sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )
    where, tables = engine.url.database, ", ".join(names)
    return Rejected(
        "schema_mismatch",
        f"{where} was made by another version: these tables differ: {tables}. "
        "Use another data folder, or the version that made it.",
        f"{where} 由其他版本创建，数据表不一致：{tables}。请更换数据目录或使用原版本。",
    )
