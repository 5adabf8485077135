"""A broker of a test's own, to be stopped and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.contracts.broker_server import SCRIPT, start_broker


class OwnBroker:
    """One node, and what a test does to it."""

    def __init__(self, state: Path, *options: str) -> None:
        self._state = state
        self.address = start_broker(state, *options)

    def pause(self) -> None:
        """Stop the process where it is; connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

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
        os.kill(int((self._state / "node-1" / "pid").read_text("ascii")), number)
