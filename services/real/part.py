"""One process of a role: started, found again by its pid file, ended.

Only the standard library is used, so that whoever ends a network needs nothing installed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of a role."""

    role: str
    slot: int
    run: Path

    @property
    def name(self) -> str:
        """Its name: that of its files."""
        return f"{self.role}-{self.slot}"

    @property
    def pid_file(self) -> Path:
        """Where its process id is kept."""
        return self.run / f"{self.name}.pid"

    def pid(self) -> int | None:
        """Return the process's id while it runs: a number that another has since is not it."""
        try:
            pid, born = self.pid_file.read_text("ascii").split()
            return int(pid) if _born(int(pid)) == born else None
        except (OSError, ValueError):
            return None

    def ready(self) -> bool:
        """Tell whether it has said that it serves."""
        with contextlib.suppress(OSError):
            return bool((self.run / f"{self.name}.ready").read_text("utf-8").strip())
        return False

    def start(self, port: int, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start it; it outlives this one."""
        command = [sys.executable, "-m", "services.cli.main", "up", "--role", self.role]
        command += ["--slot", str(self.slot), "--listen", f"{HOST}:{port}", "--ready-json"]
        ready, said = (self.run / f"{self.name}.{kind}" for kind in ("ready", "log"))
        with ready.open("wb") as out, said.open("ab") as errors:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | dict(settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
                start_new_session=True,
            )
        self.pid_file.write_text(f"{child.pid} {_born(child.pid)}\n", "ascii")
        return child

    def await_ready(self, deadline: float) -> None:
        """Wait until it serves. Raises ``SystemExit`` when it ends instead, or takes too long."""
        while not self.ready():
            if self.pid() is None or time.monotonic() > deadline:
                raise SystemExit(f"{self.name} does not serve; see {self.run / self.name}.log")
            time.sleep(0.2)

    def await_end(self, deadline: float) -> None:
        """Wait until it has ended; kill it when that takes too long."""
        while (pid := self.pid()) is not None:
            if time.monotonic() > deadline:
                print(f"{self.name} did not end in order", file=sys.stderr)
                os.kill(pid, signal.SIGKILL)
                break
            time.sleep(0.1)
        self.pid_file.unlink(missing_ok=True)


def _born(pid: int) -> str:
    """Return when a process was started, in the system's own terms; "" when it is none or over."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        told = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
            check=False,
            capture_output=True,
            text=True,
        )
        state, _, born = told.stdout.strip().partition(" ")
        return "" if state.startswith("Z") else born.strip().replace(" ", "_")
    return "" if stat[0] == "Z" else stat[19]
