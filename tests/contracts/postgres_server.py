"""A PostgreSQL server for tests: the one named in the environment, or one of this run's own."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.contracts.broker_server import LACKING, REQUIRED

URL = "YIDI_TEST_POSTGRES"
"""Where tests find a server; child processes inherit it."""

_states: list[Path] = []
_SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "postgres.py"


def postgres_url() -> str:
    """Return the server's address; skips the test where no server can be had."""
    if URL not in os.environ:
        os.environ[URL] = _started()
    return os.environ[URL]


def schema_of(folder: Path) -> str:
    """Return a schema for what a test keeps in a folder of its own."""
    return f"test_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


@cache
def _started() -> str:
    state = Path(tempfile.mkdtemp(prefix="yidi-postgres-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    call = [sys.executable, str(_SCRIPT)]
    where = ["--state", str(state / "server")]
    state.chmod(0o755)
    up = subprocess.run(
        [*call, "up", *where, "--port", str(port)], check=False, capture_output=True, text=True
    )
    if up.returncode != 0:
        message = f"no PostgreSQL server can be had: {up.stderr.strip()}"
        if os.environ.get(REQUIRED):
            pytest.fail(message)
        pytest.skip(f"{LACKING}: {message}")

    _states.append(state)
    url = subprocess.run([*call, "url", *where], check=True, capture_output=True, text=True)
    return url.stdout.strip()


def end_started() -> None:
    """End what this process started.

    Called while the run ends, not as the process does: a process of a run that shares its tests
    out is ended by force when it takes too long.
    """
    for state in _states:
        call = [sys.executable, str(_SCRIPT), "down", "--state", str(state / "server")]
        subprocess.run(call, check=False, capture_output=True)
        shutil.rmtree(state, ignore_errors=True)
    _states.clear()
