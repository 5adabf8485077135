"""One process of a role: started, found again by its pid file, ended.

Nothing but the standard library is needed, so that whoever ends a network needs nothing installed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clearing.errors import Unavailable

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

    @property
    def keeper_file(self) -> Path:
        """Where the process id of its keeper is kept, where it has one."""
        return self.run / f"{self.name}.keeper"

    def pid(self) -> int | None:
        """Return the process's id while it runs: a number that another has since is not it."""
        return _pid_in(self.pid_file)

    def keeper(self) -> int | None:
        """Return the process id of its keeper while that runs."""
        return _pid_in(self.keeper_file)

    def runs(self) -> bool:
        """Tell whether it runs, or is about to be started again."""
        return self.pid() is not None or self.keeper() is not None

    def ready(self) -> bool:
        """Tell whether it has said that it serves."""
        with contextlib.suppress(OSError):
            return bool((self.run / f"{self.name}.ready").read_text("utf-8").strip())
        return False

    def start(self, port: int, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start it; it outlives this one."""
        command = ["-m", "services.cli.main", "up", "--role", self.role, "--slot", str(self.slot)]
        command += ["--listen", f"{HOST}:{port}", "--ready-json"]
        child = self._popen(command, settings, self.run / f"{self.name}.ready")
        self.pid_file.write_text(f"{child.pid} {_born(child.pid)}\n", "ascii")
        return child

    def start_kept(self, port: int, settings: Mapping[str, str]) -> None:
        """Start a keeper, which starts it, and starts it again when it ends by itself."""
        self.pid_file.unlink(missing_ok=True)
        (self.run / f"{self.name}.ready").unlink(missing_ok=True)
        command = ["-m", "services.real.keeper", self.role, str(self.slot), str(self.run)]
        keeper = self._popen([*command, str(port)], settings, Path(os.devnull))
        self.keeper_file.write_text(f"{keeper.pid} {_born(keeper.pid)}\n", "ascii")

    def _popen(
        self, command: Sequence[str], settings: Mapping[str, str], output: Path
    ) -> subprocess.Popen[bytes]:
        said = self.run / f"{self.name}.log"
        with output.open("wb") as out, said.open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=os.environ | dict(settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
                start_new_session=True,
            )

    def ask_to_end(self) -> None:
        """Ask it to end, and its keeper not to start it again."""
        for pid in filter(None, (self.keeper(), self.pid())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                os.kill(pid, signal.SIGCONT)  # one that was stopped could not hear it

    def await_ready(self, deadline: float) -> None:
        """Wait until it serves.

        Raises ``Unavailable`` (``not_started``) when it ends instead, or takes too long.
        """
        while not self.ready():
            if not self.runs() or time.monotonic() > deadline:
                raise not_started(f"{self.name}; see {self.run / self.name}.log")
            time.sleep(0.2)

    def await_end(self, deadline: float) -> None:
        """Wait until it has ended; kill it when that takes too long."""
        while self.runs():
            if time.monotonic() > deadline:
                print(f"{self.name} did not end in order", file=sys.stderr)
                for pid in filter(None, (self.keeper(), self.pid())):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                break
            time.sleep(0.1)
        self.pid_file.unlink(missing_ok=True)
        self.keeper_file.unlink(missing_ok=True)


def _pid_in(file: Path) -> int | None:
    try:
        pid, born = file.read_text("ascii").split()
        return int(pid) if _born(int(pid)) == born else None
    except (OSError, ValueError):
        return None


def not_started(what: str) -> Unavailable:
    """Say that something does not serve."""
    return Unavailable("not_started", f"{what}: it did not start", f"{what}: 未能启动")


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
