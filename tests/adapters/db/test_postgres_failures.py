"""What goes wrong between a process and PostgreSQL: nothing is half done, nothing is guessed."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator

import psycopg
import pytest

from adapters.db import pipeline
from adapters.db.database import Statement
from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from adapters.wire.envelopes import encode_envelope
from clearing.errors import InvariantBroken, Unavailable, YidiError
from clearing.ports import TableSpec
from services.node.command import Answered, Waiting
from services.node.records import SPECS as NODE_SPECS
from services.node.shared_machine import SharedMachine
from tests.contracts.shelves import SPECS, Ticket
from tests.network_pump import CountingIds, FakeClock
from tests.services.node.plain_node import (
    HERE,
    ROLE,
    Add,
    AskHouse,
    JsonAnswers,
    Total,
    request,
)


@pytest.fixture
def node(database: Postgres) -> Iterator[SharedMachine]:
    store = SqlStore(database, (*NODE_SPECS, TableSpec(Total, "total", ("name",))))
    machine = SharedMachine(
        HERE, ROLE, store, FakeClock(), CountingIds(), JsonAnswers(), encode_envelope
    )
    yield machine
    machine.close()


def _session_of(node: SharedMachine) -> psycopg.Connection[object]:
    store = node._store
    assert isinstance(store, SqlStore)
    connection = store._connection._pooled.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def _cut(connection: psycopg.Connection[object]) -> None:
    with socket.socket(fileno=os.dup(connection.pgconn.socket)) as ours:
        ours.shutdown(socket.SHUT_RDWR)


def test_a_commit_that_lands_after_its_connection_was_cut_is_published(
    node: SharedMachine,
) -> None:
    """The next batch looks for it only once the server can do nothing more for it."""
    connection = _session_of(node)
    pid = connection.info.backend_pid
    under_way = node.open([request(AskHouse("one"), "q1")])
    failed: list[YidiError] = []

    def commit() -> None:
        try:
            under_way.commit()
        except YidiError as error:
            failed.append(error)

    os.kill(pid, signal.SIGSTOP)  # as a disk or a standby may make it wait
    goes_on = threading.Timer(2.0, os.kill, (pid, signal.SIGCONT))
    goes_on.start()
    committing = threading.Thread(target=commit)
    committing.start()
    while connection.pgconn.transaction_status != psycopg.pq.TransactionStatus.ACTIVE:
        pass
    _cut(connection)
    committing.join()
    given = [row.key for row in node.run([request(AskHouse("two"), "q2")]).outgoing]
    goes_on.join()
    assert [error.code for error in failed] == ["database_unavailable"]
    repeated = node.run([request(AskHouse("one"), "q1")])
    given += [row.key for row in repeated.outgoing]
    assert repeated.results == [Waiting("desk", "q1")]
    assert sorted(given) == ["one", "two"]


def test_nobody_goes_on_in_a_transaction_that_has_failed(store: SqlStore) -> None:
    unit = store.begin()
    unit.table(Ticket).put(Ticket(1, "A1"))
    with pytest.raises(InvariantBroken) as first:
        unit.rows(Statement("SELECT $1", ("\0",)))
    for go_on in (lambda: unit.rows(Statement("SELECT 1", ())), unit.commit):
        with pytest.raises(InvariantBroken) as then:
            go_on()
        assert then.value is first.value
    unit = store.begin()
    assert unit.table(Ticket).get(1) is None
    unit.rollback()


def test_a_value_that_cannot_be_sent_begins_nothing(store: SqlStore) -> None:
    """Where the first statement was never sent, what follows would be in no transaction."""
    unit = store.begin()
    with pytest.raises(UnicodeEncodeError):
        unit.rows(Statement("SELECT $1", ("\ud800",)))
    unit.table(Ticket).put(Ticket(1, "A1"))
    with pytest.raises(UnicodeEncodeError):
        unit.write()
    unit.rollback()
    unit = store.begin()
    assert unit.table(Ticket).get(1) is None
    unit.rollback()


def test_a_commit_that_the_server_made_a_rollback_is_no_commit(store: SqlStore) -> None:
    session = store._connection._session
    session.read([Statement("SELECT 1", ())], begins=True)
    with pytest.raises(psycopg.Error):
        session.read([Statement("SELECT 1 / 0", ())], begins=False)
    with pytest.raises(psycopg.Error):
        session.commit()


@pytest.mark.parametrize(
    "change",
    ["DISCARD ALL", "ALTER TABLE total ALTER COLUMN name TYPE varchar"],
)
def test_statements_that_the_server_does_not_know_any_more_are_prepared_anew(
    node: SharedMachine, database: Postgres, change: str
) -> None:
    node.run([request(Add("x", 1), "q1")])
    if change.startswith("ALTER"):
        with psycopg.connect(database.url) as other:
            other.execute(f"SET search_path = {database.schema}")
            other.execute(change)
    else:
        session = _session_of(node)
        session.pgconn.exec_(change.encode())
        session.pgconn.exec_(f"SET search_path = {database.schema}".encode())
    with pytest.raises(Unavailable):
        node.run([request(Add("x", 1), "q2")])
    assert node.run([request(Add("x", 1), "q2")]).results == [Answered(Total("x", 2))]


def test_a_batch_that_keeps_failing_prepares_nothing_twice(store: SqlStore) -> None:
    for _ in range(5):
        unit = store.begin()
        unit.table(Ticket).get(1)
        with pytest.raises(YidiError):
            unit.rows(Statement("SELECT 1 / 0", ()))
        unit.rollback()
    unit = store.begin()
    rows = unit.rows(Statement("SELECT statement FROM pg_prepared_statements", ()))
    unit.rollback()
    texts = [text for (text,) in rows]
    assert len(texts) == len(set(texts))


def test_texts_are_utf_8_whatever_the_environment_says(
    database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "GBK")
    store = SqlStore(database, SPECS)
    unit = store.begin()
    unit.table(Ticket).put(Ticket(1, "上海"))
    unit.commit()
    unit = store.begin()
    assert unit.table(Ticket).get(1) == Ticket(1, "上海")
    store.close()


def test_what_the_server_says_of_a_row_goes_no_further(
    node: SharedMachine, database: Postgres
) -> None:
    with psycopg.connect(database.url) as other:
        other.execute(f"ALTER TABLE {database.schema}.total ADD CHECK (total < 100)")
    with pytest.raises(YidiError) as caught:
        node.run([request(Add("330106194910011234", 100), "q1")])
    assert caught.value.code == "database_constraint"
    assert "330106194910011234" not in str(caught.value)


def test_nobody_waits_for_a_silent_peer_for_long(store: SqlStore) -> None:
    unit = store.begin()
    shown = {
        name: unit.rows(Statement(f"SHOW {name}", ()))[0][0]
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    }
    unit.rollback()
    assert shown == {
        "lock_timeout": "10s",
        "statement_timeout": "1min",
        "idle_in_transaction_session_timeout": "30s",
    }


def test_a_server_that_stands_still_is_given_up(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_ANSWERS_WITHIN_S", 0.3)
    unit = store.begin()
    connection = store._connection._pooled.driver_connection
    assert isinstance(connection, psycopg.Connection)
    pid = connection.info.backend_pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(Unavailable):
            unit.table(Ticket).get(1)
    finally:
        os.kill(pid, signal.SIGCONT)
    unit.rollback()
    unit = store.begin()
    assert unit.table(Ticket).get(1) is None
    unit.rollback()
