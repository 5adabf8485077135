"""Everything that belongs together: brokers, a database server, and the parts of each role.

State lies in one folder: that of the servers in ``real``, process ids and what the processes
say in ``run``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.real.part import HOST, ROOT, Part, not_started

ROLES = ("house", "insured", "care")
"""In the order in which they are started."""

READY_WITHIN_S = 180.0
END_WITHIN_S = 90.0
TOPIC_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """How many there are of what, and where it listens.

    ``counts`` and ``first_ports`` go by role; the processes of a role take ports in a row.
    ``metrics_above`` is how far above that port each tells its figures, 0 nowhere.
    """

    counts: Mapping[str, int]
    first_ports: Mapping[str, int]
    kafka_port: int
    postgres_port: int
    brokers: int = 1
    replay: bool = True
    rules: Path | None = None
    metrics_above: int = 0

    @property
    def replicas(self) -> int:
        """How many brokers keep each record."""
        return min(self.brokers, 3)

    def port(self, part: Part) -> int:
        """Return the port that a part listens on."""
        return self.first_ports[part.role] + part.slot - 1

    def metrics(self, part: Part) -> str:
        """Return where a part tells its figures, ``""`` where it does not."""
        return f"{HOST}:{self.port(part) + self.metrics_above}" if self.metrics_above else ""

    def addresses(self, role: str) -> str:
        """Return where a role's processes listen, as settings and clients take it."""
        first = self.first_ports[role]
        return "|".join(f"{HOST}:{port}" for port in range(first, first + self.counts[role]))


class RealNetwork:
    """The processes whose state lies in one folder."""

    def __init__(self, var: Path) -> None:
        self._broker = var / "real" / "broker"
        self._postgres = var / "real" / "postgres"
        self._run = var / "run"

    def up(self, layout: Layout) -> None:
        """Start what does not run, in the order in which it is needed, and wait until it serves.

        Each part has a keeper, which starts it again when it ends by itself or is killed.
        Raises ``Unavailable`` (``not_started``) when something does not start.
        """
        self.start_servers(layout)
        settings = self.settings(layout)
        parts = self.planned(layout)
        for part in parts:
            if not part.runs():
                told = {"YIDI_METRICS_LISTEN": at} if (at := layout.metrics(part)) else {}
                part.start_kept(layout.port(part), settings | told)
        deadline = time.monotonic() + READY_WITHIN_S
        for part in parts:
            part.await_ready(deadline)

    def start_servers(self, layout: Layout) -> None:
        """Start brokers and database server where they do not run, and make the topics."""
        self._run.mkdir(parents=True, exist_ok=True)
        bootstrap = self.start_brokers(layout)
        self.start_postgres(layout)
        _apply_topics(bootstrap, layout.replicas)

    def planned(self, layout: Layout) -> list[Part]:
        """Return the parts of a layout, in the order in which they are started."""
        return [
            Part(role, slot, self._run)
            for role in ROLES
            for slot in range(1, layout.counts[role] + 1)
        ]

    def settings(self, layout: Layout) -> dict[str, str]:
        """Return what each part is told by its environment."""
        settings = {
            "YIDI_BROKER_BOOTSTRAP": _call("broker.py", "bootstrap", "--state", self._broker),
            "YIDI_DATABASE_URL": self.database_url(),
            "YIDI_ADDRESSES_CARE": layout.addresses("care"),
            "YIDI_ADDRESSES_INSURED": layout.addresses("insured"),
            "YIDI_REPLAY": str(layout.replay).lower(),
        }
        if layout.rules:
            settings["YIDI_RULES"] = str(layout.rules.resolve())
        return settings

    def start_brokers(self, layout: Layout) -> str:
        """Start the brokers that do not run, wait until they answer, return where they do."""
        size = ("--brokers", layout.brokers, "--port", layout.kafka_port)
        return _call("broker.py", "up", "--state", self._broker, *size)

    def start_postgres(self, layout: Layout) -> None:
        """Start the database server where it does not run."""
        _call("postgres.py", "up", "--state", self._postgres, "--port", layout.postgres_port)

    def back_up(self, schema: str, file: Path) -> None:
        """Write a schema of the databases to a file, as it is at one moment."""
        _call(
            "postgres.py", "backup", "--state", self._postgres, "--schema", schema, "--file", file
        )

    def restore(self, schema: str, file: Path) -> None:
        """Put a schema back to what was written of it; nobody may be working in it."""
        _call(
            *("postgres.py", "restore", "--state", self._postgres),
            *("--schema", schema, "--file", file),
        )

    def database_url(self) -> str:
        """Return where clients connect, with the password."""
        return _call("postgres.py", "url", "--state", self._postgres)

    def broker_pids(self) -> dict[int, int]:
        """Return the process of each broker that runs, by the broker's number."""
        lines = _call("broker.py", "status", "--state", self._broker).splitlines()
        found = (re.fullmatch(r"broker (\d+) .*: process (\d+)", line) for line in lines)
        return {int(each[1]): int(each[2]) for each in found if each}

    def postmaster_pid(self) -> int | None:
        """Return the process that all others of the database server descend from."""
        try:
            lines = (self._postgres / "data" / "postmaster.pid").read_text("ascii").splitlines()
            return int(lines[0])
        except (OSError, ValueError, IndexError):
            return None

    def down(self) -> None:
        """End what was started, the nodes first."""
        parts = list(self._parts())
        for part in parts:
            part.ask_to_end()
        deadline = time.monotonic() + END_WITHIN_S
        for part in parts:
            part.await_end(deadline)
        if self._broker.exists():
            _call("broker.py", "down", "--state", self._broker)
        if self._postgres.exists():
            _call("postgres.py", "down", "--state", self._postgres)

    def status(self) -> Iterator[str]:
        """Tell what runs, a line each."""
        for part in self._parts():
            pid = part.pid()
            yield f"{part.name}: {'not running' if pid is None else f'process {pid}'}"
        if self._broker.exists():
            yield _call("broker.py", "status", "--state", self._broker)
        if self._postgres.exists():
            yield f"postgres: {_call('postgres.py', 'status', '--state', self._postgres)}"

    def _parts(self) -> Iterator[Part]:
        files = (*self._run.glob("*.pid"), *self._run.glob("*.keeper"))
        for name in sorted({path.stem for path in files}):
            role, _, slot = name.rpartition("-")
            if role in ROLES and slot.isdigit():
                yield Part(role, int(slot), self._run)


def _call(script: str, *arguments: object) -> str:
    command = [sys.executable, str(ROOT / "scripts" / script), *map(str, arguments)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise not_started(f"{script} {arguments[0]}")
    return done.stdout.strip()


def _apply_topics(bootstrap: str, replicas: int) -> None:
    """Make the topics, once more where a fresh broker took its time over them."""
    command = [sys.executable, "-m", "services.cli.main", "topics", "apply"]
    command += ["--broker", bootstrap, "--replicas", str(replicas)]
    for _ in range(TOPIC_ATTEMPTS):
        done = subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL)
        if done.returncode == 0:
            return
    raise not_started("topics apply")
