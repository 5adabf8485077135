"""A broker and a database server of the bench's own, durable, on free ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.bench.child import BenchError

_SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
HEAP = "512m"


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they are and which processes they run in. ``url`` holds the password."""

    bootstrap: str
    url: str
    broker_pid: int
    postmaster_pid: int

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection that sees every schema, each statement by itself."""
        return psycopg.connect(self.url, autocommit=True, application_name="bench")


@contextmanager
def servers(state: Path) -> Iterator[Servers]:
    """Start both in an empty folder; end them and remove it afterwards."""
    broker, postgres = state / "broker", state / "postgres"
    state.chmod(0o755)  # the server's own account has to reach what lies below
    try:
        up = ["up", "--state", str(broker), "--port", "0", "--heap", HEAP]
        bootstrap = _call("broker.py", *up, "--brief", "--while", str(os.getpid()))
        _call("postgres.py", "up", "--state", str(postgres), "--port", str(_free_port()))
        found = Servers(
            bootstrap,
            _call("postgres.py", "url", "--state", str(postgres)),
            int((broker / "node-1" / "pid").read_text("ascii")),
            int((postgres / "data" / "postmaster.pid").read_text("utf-8").split()[0]),
        )
        _require_durable(found)
        yield found
    finally:
        for script, folder in (("broker.py", broker), ("postgres.py", postgres)):
            if folder.exists():
                _call(script, "down", "--state", str(folder))
            shutil.rmtree(folder.resolve(), ignore_errors=True)


def versions(running: Servers) -> str:
    """Return what the servers are, in one line."""
    with running.connect() as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    jars = Path(_SCRIPTS.parent, "var", "jars").glob("kafka_2.13-*.jar")
    kafka = ", ".join(jar.stem.removeprefix("kafka_2.13-") for jar in jars) or "of another origin"
    return f"Apache Kafka {kafka}, PostgreSQL {str(row[0]).split()[0]}"


def _require_durable(running: Servers) -> None:
    """Refuse to measure a database that may lose what it has confirmed."""
    with running.connect() as connection:
        for name in DURABLE:
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            if row is None or row[0] != "on":
                raise BenchError(f"PostgreSQL runs with {name} off")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _call(script: str, *arguments: str) -> str:
    command = [sys.executable, str(_SCRIPTS / script), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{script} {arguments[0]} ended with exit code {done.returncode}")
    return done.stdout.strip()
