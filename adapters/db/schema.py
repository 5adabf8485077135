"""Creates the tables of a new database, migrates an older one, refuses any other.

``schema_shapes`` holds the description of every table, down to what lies in a JSON column: a
database is used only where every table is exactly what this version means it to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from adapters.db.database import Database
from adapters.db.migrating import migrate, shapes_after, shapes_as_stamped, stamp_newest
from adapters.db.shape import TableShape
from clearing.errors import Rejected

_META = sa.Table(
    "schema_shapes",
    sa.MetaData(),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("shape", sa.Text, nullable=False),
)


def ensure_schema(
    engine: sa.Engine,
    database: Database,
    metadata: sa.MetaData,
    shapes: Sequence[TableShape],
    line: str | None,
) -> None:
    """Create all tables in an empty database; migrate one of an older version.

    ``line`` names the migrations of this kind of node; without one a database of other tables
    is refused. All in one transaction. Raises ``Rejected`` (``schema_mismatch``), and leaves
    the database as it was; ``Unavailable`` or ``InvariantBroken``.
    """
    wanted = {shape.name: shape.fingerprint for shape in shapes}
    try:
        with engine.connect() as connection:
            found = _stored(connection)
            connection.rollback()
            if found == wanted:
                return
            if found is None or line is not None:
                database.lock_schema(connection)
                found = _brought_up(connection, metadata, wanted, line)
                if found == wanted:
                    connection.commit()
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, engine.dialect.loaded_dbapi.Error):
            raise database.translate(error.orig) from error
        raise
    if found != wanted:
        raise _mismatch(engine, wanted, found)


def _brought_up(
    connection: sa.Connection,
    metadata: sa.MetaData,
    wanted: Mapping[str, str],
    line: str | None,
) -> Mapping[str, str]:
    """Create or migrate, unless another process was quicker; return the shapes there now."""
    found = _stored(connection)
    if found is None:
        metadata.create_all(connection, checkfirst=False)
        note_shapes(connection, wanted)
        if line is not None:
            stamp_newest(connection, line)
        return wanted
    if found == wanted or line is None or found != shapes_as_stamped(connection, line):
        return found
    if migrate(connection, line):
        note_shapes(connection, shapes_after(line))
        return shapes_after(line)
    return found


def note_shapes(connection: sa.Connection, shapes: Mapping[str, str]) -> None:
    _META.create(connection, checkfirst=True)
    connection.execute(sa.delete(_META))
    rows = [{"table_name": name, "shape": shapes[name]} for name in sorted(shapes)]
    if rows:
        connection.execute(sa.insert(_META), rows)


def _stored(connection: sa.Connection) -> Mapping[str, str] | None:
    """Return the shapes in the database; ``None`` for an empty one."""
    names = sa.inspect(connection).get_table_names()
    if not names:
        return None
    if _META.name not in names:
        return {}
    return {row.table_name: row.shape for row in connection.execute(sa.select(_META))}


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
