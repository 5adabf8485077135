"""A broker for tests: the one named in the environment, or one of this process's own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

ADDRESS = "YIDI_TEST_BROKER"
"""Where tests find a broker; child processes inherit it."""

REQUIRED = "YIDI_REQUIRE_SERVERS"
"""Set where a test run must not skip what needs a server."""

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "broker.py"


def broker_address() -> str:
    """Return the broker's address; skips the test where no broker can be had."""
    if ADDRESS not in os.environ:
        os.environ[ADDRESS] = start_broker(Path(tempfile.mkdtemp(prefix="yidi-broker-")))
    return os.environ[ADDRESS]


def start_broker(state: Path, *options: str) -> str:
    """Start brokers that end with this process; skips the test where none can be had."""
    failure = _failure()
    if failure is None:
        call = [sys.executable, str(SCRIPT), "up", "--state", str(state), "--port", "0"]
        call += ["--heap", "256m", "--while", str(os.getpid()), *options]
        up = subprocess.run(call, check=False, capture_output=True, text=True)
        if up.returncode == 0:
            return up.stdout.strip()
        failure = up.stderr.strip()
    message = f"no broker can be had: {failure}"
    if os.environ.get(REQUIRED):
        pytest.fail(message)
    pytest.skip(f"SKIPPED FOR LACK OF A SERVER: {message}")


@cache
def _failure() -> str | None:
    """Return why no broker can be had here, asked once."""
    if not os.environ.get(REQUIRED):
        # Starting and killing brokers disturbs what is timed or drawn beside it on few cores.
        return f"tests on a broker run with {REQUIRED}=1"
    call = [sys.executable, str(SCRIPT), "fetch"]
    fetched = subprocess.run(call, check=False, capture_output=True, text=True)
    return None if fetched.returncode == 0 else fetched.stderr.strip()


def prefix_of(folder: Path) -> str:
    """Return what comes before the names of what a test keeps in a folder of its own."""
    return f"t{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}."
