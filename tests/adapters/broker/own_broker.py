"""A broker of a test's own, to be stopped and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contracts.broker_server import SCRIPT, start_broker

LEAVES_SOCKETS = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)
"""For tests in which the client aborts connections: it leaves their sockets to the garbage
collector."""


class OwnBroker:
    """One node, and what a test does to it."""

    def __init__(self, state: Path, *options: str) -> None:
        self._state = state
        self.address = start_broker(state, *options)

    def pause(self) -> None:
        """Stop the process where it is; connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)
        while not self._is_stopped():  # its threads stop one by one
            time.sleep(0.005)

    def _is_stopped(self) -> bool:
        threads = Path(f"/proc/{self._pid()}/task")
        if not threads.is_dir():  # no such view of processes here: give it a moment
            time.sleep(0.2)
            return True
        stats = [(each / "stat").read_text("utf-8") for each in threads.iterdir()]
        return all(stat.rpartition(")")[2].split()[0] in "TtZX" for stat in stats)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def start_again(self) -> None:
        command = [sys.executable, str(SCRIPT), "up", "--state", str(self._state)]
        command += ["--heap", "256m", "--brief"]
        subprocess.run(command, check=True, capture_output=True)

    def end(self) -> None:
        self.resume()
        command = [sys.executable, str(SCRIPT), "down", "--state", str(self._state)]
        subprocess.run(command, check=True, capture_output=True)

    def _signal(self, number: int) -> None:
        os.kill(self._pid(), number)

    def _pid(self) -> int:
        return int((self._state / "node-1" / "pid").read_text("ascii"))
