"""PostgreSQL over TLS: what the URL asks for is passed on, and its password is never shown."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from clearing.errors import Unavailable
from tests.certificates import Authority
from tests.contracts.postgres_server import postgres_url

SCRIPT = Path(__file__).parent.parent.parent.parent / "scripts" / "postgres.py"
AT_ONCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server of this module's own, with TLS on."""

    url: sa.URL
    authority: Authority


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    postgres_url()  # skips where no server can be had
    authority = Authority(tmp_path_factory.mktemp("pki"))
    identity = authority.sign("server", "IP:127.0.0.1")
    state = Path(tempfile.mkdtemp(prefix="yidi-postgres-tls-"))
    state.chmod(0o755)
    where = ["--state", str(state / "server")]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    call = [sys.executable, str(SCRIPT)]
    subprocess.run([*call, "up", *where, "--port", port], check=True, capture_output=True)
    try:
        said = subprocess.run([*call, "url", *where], check=True, capture_output=True, text=True)
        url = sa.make_url(said.stdout.strip())
        data = state / "server" / "data"
        owner = data.stat()
        for name, source in (("server.key", identity.key), ("server.crt", identity.certificate)):
            (data / name).write_bytes(source.read_bytes())
            (data / name).chmod(0o600)
            os.chown(data / name, owner.st_uid, owner.st_gid)
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET ssl = on")
            admin.execute("SELECT pg_reload_conf()")
        _await_tls(url)
        yield Server(url, authority)
    finally:
        subprocess.run([*call, "down", *where], check=False, capture_output=True)
        shutil.rmtree(state, ignore_errors=True)


def _await_tls(url: sa.URL) -> None:
    wanted = url.update_query_dict({"sslmode": "require"}).render_as_string(hide_password=False)
    deadline = time.monotonic() + 10
    while True:
        try:
            psycopg.connect(wanted).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def _url(server: Server, **query: object) -> str:
    given = {name: str(value) for name, value in query.items()}
    return server.url.update_query_dict(given).render_as_string(hide_password=False)


def test_the_url_decides_how_the_server_is_checked(server: Server) -> None:
    url = _url(server, sslmode="verify-full", sslrootcert=server.authority.file)
    engine = Postgres(url, "tls").open_engine()
    with engine.connect() as connection:
        asked = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        secured, version = connection.execute(sa.text(asked)).one()
    engine.dispose()
    assert secured is True
    assert version.startswith("TLSv1.")


def _refusal(url: str, password: str) -> Unavailable:
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        SqlStore(Postgres(url, "tls"), [])
    assert time.monotonic() - began < AT_ONCE_S
    error = caught.value
    shown = f"{error} {error.message_zh} {error.__cause__!r} {Postgres(url, 'tls')!r}"
    assert password not in shown
    assert error.code == "database_unavailable"
    return error


def test_a_server_of_another_authority_is_refused_at_once(server: Server, tmp_path: Path) -> None:
    other = Authority(tmp_path, "another authority")
    url = _url(server, sslmode="verify-full", sslrootcert=other.file)
    error = _refusal(url, str(server.url.password))
    assert "certificate verify failed" in error.message_en


def test_a_certificate_for_another_host_is_refused_at_once(server: Server) -> None:
    at = server.url.set(host="localhost")  # the certificate names the address only
    query = {"sslmode": "verify-full", "sslrootcert": str(server.authority.file)}
    url = at.update_query_dict(query).render_as_string(hide_password=False)
    error = _refusal(url, str(server.url.password))
    assert "does not match host name" in error.message_en


def test_a_wrong_password_is_told_at_once_and_not_repeated(server: Server) -> None:
    url = server.url.set(password="wr0ng-secret").render_as_string(hide_password=False)
    error = _refusal(url, "wr0ng-secret")
    assert "password authentication failed" in error.message_en
