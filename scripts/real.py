"""Start and end a network as it is really run: a broker, a database, every role by itself.

``real.py up`` starts what does not run yet and prints where the services listen; ``real.py down``
ends exactly what it started, ``real.py status`` tells what runs. State lies in ``var/real``,
process ids and what the processes say in ``var/run``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
FIRST_PORT = {"care": 7610, "insured": 7620, "house": 7630}
MOST = 10
"""Processes of one role: so many ports lie between the first ones."""

READY_WITHIN_S = 180.0
END_WITHIN_S = 90.0


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

    def start(self, port: int, settings: dict[str, str]) -> None:
        """Start it; it outlives this one."""
        command = [sys.executable, "-m", "services.cli.main", "up", "--role", self.role]
        command += ["--slot", str(self.slot), "--listen", f"{HOST}:{port}", "--ready-json"]
        ready, said = (self.run / f"{self.name}.{kind}" for kind in ("ready", "log"))
        with ready.open("wb") as out, said.open("ab") as errors:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | settings,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
                start_new_session=True,
            )
        self.pid_file.write_text(f"{child.pid} {_born(child.pid)}\n", "ascii")

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


def _call(script: str, *arguments: object) -> str:
    command = [sys.executable, str(ROOT / "scripts" / script), *map(str, arguments)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(done.returncode)
    return done.stdout.strip()


class Real:
    """Everything that belongs together, in two folders."""

    def __init__(self, var: Path) -> None:
        self._broker = var / "real" / "broker"
        self._postgres = var / "real" / "postgres"
        self._run = var / "run"

    def up(self, options: argparse.Namespace) -> None:
        """Start what does not run, in the order in which it is needed."""
        self._run.mkdir(parents=True, exist_ok=True)
        broker = ("--state", self._broker, "--brokers", options.brokers)
        bootstrap = _call("broker.py", "up", *broker, "--port", options.kafka_port)
        postgres = ("--state", self._postgres)
        _call("postgres.py", "up", *postgres, "--port", options.postgres_port)
        url = _call("postgres.py", "url", *postgres)
        self._apply_topics(bootstrap, options.brokers)
        counts = {role: getattr(options, role) for role in FIRST_PORT}
        at = {
            role: "|".join(f"{HOST}:{port}" for port in range(first, first + counts[role]))
            for role, first in FIRST_PORT.items()
        }
        settings = {
            "YIDI_BROKER_BOOTSTRAP": bootstrap,
            "YIDI_DATABASE_URL": url,
            "YIDI_ADDRESSES_CARE": at["care"],
            "YIDI_ADDRESSES_INSURED": at["insured"],
            "YIDI_REPLAY": str(options.replay).lower(),
        }
        if options.rules:
            settings["YIDI_RULES"] = str(options.rules.resolve())
        parts = [
            Part(role, slot, self._run)
            for role in ("house", "insured", "care")
            for slot in range(1, counts[role] + 1)
        ]
        for part in parts:
            if part.pid() is None:
                part.start(FIRST_PORT[part.role] + part.slot - 1, settings)
        deadline = time.monotonic() + READY_WITHIN_S
        for part in parts:
            part.await_ready(deadline)
        print(json.dumps(at))

    def down(self) -> None:
        """End what was started, the nodes first."""
        parts = list(self._parts())
        for part in parts:
            if (pid := part.pid()) is not None:
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + END_WITHIN_S
        for part in parts:
            part.await_end(deadline)
        if self._broker.exists():
            _call("broker.py", "down", "--state", self._broker)
        if self._postgres.exists():
            _call("postgres.py", "down", "--state", self._postgres)

    def status(self) -> None:
        """Print what runs."""
        for part in self._parts():
            pid = part.pid()
            print(f"{part.name}: {'not running' if pid is None else f'process {pid}'}")
        if self._broker.exists():
            print(_call("broker.py", "status", "--state", self._broker))
        if self._postgres.exists():
            print("postgres:", _call("postgres.py", "status", "--state", self._postgres))

    def _parts(self) -> Iterator[Part]:
        for path in sorted(self._run.glob("*.pid")):
            role, _, slot = path.stem.rpartition("-")
            if role in FIRST_PORT and slot.isdigit():
                yield Part(role, int(slot), self._run)

    def _apply_topics(self, bootstrap: str, brokers: int) -> None:
        command = [sys.executable, "-m", "services.cli.main", "topics", "apply"]
        command += ["--broker", bootstrap, "--replicas", str(min(brokers, 3))]
        if subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
            raise SystemExit("the topics were not made")


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; ``up`` prints a line of JSON with the addresses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status"])
    parser.add_argument("--var", type=Path, default=ROOT / "var", help="where all state lies")
    parser.add_argument("--brokers", type=int, default=1)
    parser.add_argument("--kafka-port", type=int, default=9392)
    parser.add_argument("--postgres-port", type=int, default=5732)
    for role in FIRST_PORT:
        parser.add_argument(f"--{role}", type=int, default=1, choices=range(1, MOST + 1))
    parser.add_argument("--rules", type=Path, help="a folder of region folders")
    parser.add_argument(
        "--no-replay",
        dest="replay",
        action="store_false",
        help="refuse business times far from the clock",
    )
    options = parser.parse_args(arguments)
    real = Real(options.var.absolute())
    if options.command == "up":
        real.up(options)
    elif options.command == "down":
        real.down()
    else:
        real.status()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
