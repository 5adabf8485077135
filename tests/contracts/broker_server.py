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

LACKING = "SKIPPED FOR LACK OF A SERVER"
"""How the reason of a test that was skipped for that begins."""

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "broker.py"


MARK = "broker"
"""What a test that needs a broker is marked with: such tests run by themselves."""

marked = False
"""Whether the test that runs now is marked so; see tests/conftest.py."""


def broker_address() -> str:
    """Return the broker's address; skips the test where no broker can be had."""
    if ADDRESS not in os.environ:
        os.environ[ADDRESS] = start_broker(Path(tempfile.mkdtemp(prefix="yidi-broker-")))
    return os.environ[ADDRESS]


def start_broker(state: Path, *options: str) -> str:
    """Start brokers that end with this process; skips the test where none can be had."""
    if not marked:
        # Starting and killing brokers disturbs what is timed or drawn beside it on few cores.
        pytest.fail(f"mark this test with pytest.mark.{MARK}, and run it by pytest -m {MARK}")
    failure = _failure()
    if failure is None:
        call = [sys.executable, str(SCRIPT), "up", "--state", str(state), "--port", "0"]
        call += ["--heap", "256m", "--brief", "--while", str(os.getpid()), *options]
        up = subprocess.run(call, check=False, capture_output=True, text=True)
        if up.returncode == 0:
            return up.stdout.strip()
        failure = up.stderr.strip()
    message = f"no broker can be had: {failure}"
    if os.environ.get(REQUIRED):
        pytest.fail(message)
    pytest.skip(f"{LACKING}: {message}")


@cache
def _failure() -> str | None:
    """Return why no broker can be had here, asked once."""
    call = [sys.executable, str(SCRIPT), "fetch"]
    fetched = subprocess.run(call, check=False, capture_output=True, text=True)
    return None if fetched.returncode == 0 else fetched.stderr.strip()


def prefix_of(folder: Path) -> str:
    """Return what comes before the names of what a test keeps in a folder of its own."""
    return f"t{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}."
