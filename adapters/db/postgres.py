"""What is special about PostgreSQL: opening it, its transactions, its types and its errors.

Every node has a schema of its own in one database, named in the connection's search path.

A transaction reads one snapshot (``REPEATABLE READ``): where another process has changed a row
that this one writes, PostgreSQL refuses the write, which is a ``Conflict``, and the batch is
worked out again. So two processes that play one role never lose an update, and no row is
locked while a batch is being worked out; the only locks are those of the writes themselves,
which ``UnitTable.write`` sends in key order, table by table, so that two writers wait for each
other rather than in a circle.

All rows of one table go in one statement as arrays: one round trip and one plan for a batch,
where a statement for each row costs several times as much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from psycopg import Connection
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import NullPool

from adapters.db.pipeline import PipelineSession
from clearing.errors import Conflict, InvariantBroken, Unavailable, YidiError

_MAX_KEYS = 5_000
_CONNECT_TIMEOUT_S = 5
_SILENT_MS = 20_000
"""A server, or a client, that says nothing for so long is taken for gone."""

_CLIENT_LIMITS = {
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": _SILENT_MS,
}
_SERVER_LIMITS = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": f"{_SILENT_MS}",
    "client_connection_check_interval": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
}
"""So that nobody holds rows that others wait for, for longer than a machine takes to restart. A
statement has a minute: there are some that read whole tables, at rest and in a person's time."""

_NOT_FOR_TABLES = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
_ONE_SNAPSHOT = {"default_transaction_isolation": r"repeatable\ read"}
_PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""Every statement finds its rows by a key or an index, so one plan is right for good. What the
planner chooses by itself for a table that is new, and goes on with, reads the whole of it."""

_DIALECT: sa.Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call] # left out of the annotations

_REFUSED = ("22", "23", "54")
"""Classes of states of what no table takes: values, constraints, limits of the product."""

_SCHEMA_LOCK = 0x59494449
"""Any number, the same in every process: who holds it may create tables."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A schema of a PostgreSQL database.

    ``url`` is ``postgresql://user:password@host:port/database``; its parts may hold secrets and
    are never put into a message. The schema is made where missing.
    """

    url: str = field(repr=False)
    schema: str

    keys_at_once = _MAX_KEYS
    in_arrays = True

    @property
    def dialect(self) -> sa.Dialect:
        """See ``Database``."""
        return _DIALECT

    def open_engine(self) -> sa.Engine:
        """Return an engine; nothing is connected yet."""
        own = {"search_path": self.schema, "timezone": "UTC"}
        return sa.create_engine(
            sa.make_url(self.url).set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            connect_args={
                "connect_timeout": _CONNECT_TIMEOUT_S,
                "client_encoding": "UTF8",  # what the pipeline writes, whatever is set around it
                "options": _options(own | _ONE_SNAPSHOT | _PLANS | _SERVER_LIMITS),
                **_CLIENT_LIMITS,
                "application_name": f"yidi {self.schema}",
                # Where the driver prepares anything itself, its rollback drops ours as well.
                "prepare_threshold": None,
            },
        )

    def session(self, connection: Connection[Any]) -> PipelineSession:
        """Return what sends all statements of a batch in one round trip."""
        return PipelineSession(connection)

    def upsert(self, table: sa.Table) -> sa.sql.ClauseElement:
        """Return the statement that inserts rows or replaces those with their keys."""
        rows = sa.select(*_unnested([*table.c]))
        names = [column.name for column in table.c]
        statement = insert(table).from_select(names, rows)
        others = {
            column.name: statement.excluded[column.name]
            for column in table.c
            if not column.primary_key
        }
        keys = [column.name for column in table.primary_key]
        if not others:
            return statement.on_conflict_do_nothing(index_elements=keys)
        return statement.on_conflict_do_update(index_elements=keys, set_=others)

    def delete(self, table: sa.Table) -> sa.sql.ClauseElement:
        """Return the statement that deletes the rows with these keys."""
        columns = list(table.primary_key)
        wanted = _unnested(columns)
        is_wanted = (column == place for column, place in zip(columns, wanted, strict=True))
        return sa.delete(table).where(*is_wanted)

    def rows_with(
        self, rows: sa.Select[Any], columns: Sequence[sa.Column[Any]], _count: int
    ) -> sa.Select[Any]:
        """Return ``rows`` narrowed to a list of values of some columns."""
        wanted = _unnested(columns)
        is_wanted = (column == place for column, place in zip(columns, wanted, strict=True))
        return rows.where(*is_wanted)

    def held(self, rows: sa.Select[Any], table: sa.Table) -> sa.Select[Any] | None:
        """Return ``rows`` locked against changes, but not against others who hold them."""
        return rows.with_for_update(read=True, of=table)

    def lock_schema(self, connection: sa.Connection) -> None:
        """Let one process at a time create tables, and make the schema.

        What is then read is what the process before left: not a snapshot from before the wait.
        """
        connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"))
        for limit in _NOT_FOR_TABLES:  # a large table takes as long as it takes
            connection.execute(sa.text(f"SET LOCAL {limit} = 0"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
        connection.execute(sa.schema.CreateSchema(self.schema, if_not_exists=True))

    def translate(self, error: BaseException) -> YidiError:
        """Return what a failure of the driver means to a caller; it repeats nothing of a row."""
        state = getattr(error, "sqlstate", None) or ""
        said = _said(error)
        if state in ("40001", "40P01"):  # serialization failure, deadlock
            return Conflict(
                "database_moved_on",
                "Another process changed the database meanwhile; start again.",
                "数据库已被其他进程修改，请重新执行。",
            )
        if state == "23505":
            return Conflict(
                "unique_violated",
                f"A record with these values exists already: {said}.",
                f"已存在相同取值的记录：{said}。",
            )
        if state[:2] in _REFUSED:
            return InvariantBroken(
                "database_constraint",
                f"A record breaks the shape of its table: {said}.",
                f"记录不符合数据表结构：{said}。",
            )
        if state[:2] == "XX":
            return InvariantBroken(
                "database_corrupt",
                f"The database is damaged: {said}.",
                f"数据库已损坏：{said}。",
            )
        return Unavailable(
            "database_unavailable",
            f"The database cannot be used right now: {said}.",
            f"数据库暂时不可用：{said}。",
        )


def _said(error: BaseException) -> str:
    """Return what the server said, without its details: those hold the values of rows."""
    told = getattr(error, "diag", None)
    if told is None or told.message_primary is None:
        return str(error)  # the driver's own words
    where = [name for name in (told.table_name, told.constraint_name) if name]
    return f"{told.message_primary} ({', '.join(where)})" if where else str(told.message_primary)


def _options(settings: Mapping[str, str]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _unnested(columns: Sequence[sa.Column[Any]]) -> list[sa.ColumnElement[Any]]:
    """Return the columns of rows that are given as one array for each of them."""
    arrays = [sa.bindparam(column.name, type_=ARRAY(_uncollated(column))) for column in columns]
    named = (sa.column(column.name, column.type) for column in columns)
    rows = sa.func.unnest(*arrays).table_valued(*named, name="given").render_derived()
    return [rows.c[column.name] for column in columns]


def _uncollated(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """Return the type of a parameter: it takes the collation of what it's compared with."""
    return sa.Text() if isinstance(column.type, sa.Text) else column.type
