"""The processes of a fault run: started, struck, started again.

Every call blocks until it is done. A part that ended by itself is started again, as whatever
keeps services running on a real machine does; how often that was is kept.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from adapters.broker.settings import BrokerSettings
from adapters.broker.standing import Standing, broker_standing
from clearing.errors import Unavailable
from clearing.messages import Role
from services.faults.plan import Kind, Strike
from services.network.role_process import schema_of
from services.network.roles import Roles
from services.real.network import READY_WITHIN_S, Layout, RealNetwork
from services.real.part import Part, not_started

LOOK_EVERY_S = 0.25
END_WITHIN_S = 90.0
_ROLES = {Kind.KILL_CARE: "care", Kind.KILL_INSURED: "insured", Kind.KILL_HOUSE: "house"}
_OF_POSTGRES = (Kind.KILL_POSTGRES, Kind.STOP_POSTGRES)
_RESTORED = {
    Kind.RESTORE_INSURED: Role.INSURED,
    Kind.RESTORE_HOUSE: Role.HOUSE,
    Kind.RESTORE_LIVING: Role.HOUSE,
}
_OF_BROKER = (Kind.KILL_LEADER, Kind.KILL_CONTROLLER)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a strike was made on, and when, in seconds of a monotonic clock."""

    what: str
    at_s: float


class Processes:
    """A whole network in a folder of its own."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        self._folder = folder
        self._network = RealNetwork(folder)
        self._layout = layout
        self._parts = self._network.planned(layout)
        self._settings: dict[str, str] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._down: set[str] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="yidi-faults-keeper", daemon=True)
        self.ended_by_themselves: Counter[tuple[str, int]] = Counter()
        """How often a part ended by itself, by name and exit code."""

    @property
    def database_url(self) -> str:
        """Where the databases are, with the password."""
        return self._settings["YIDI_DATABASE_URL"]

    def start(self) -> None:
        """Start everything and wait until it serves."""
        self._network.start_servers(self._layout)
        self._settings = self._network.settings(self._layout)
        for part in self._parts:
            self._start(part)
        self._keeper.start()
        self.await_all()

    def end(self) -> None:
        """End everything, what was stopped as well."""
        self._ending.set()
        if self._keeper.is_alive():
            self._keeper.join()
        self._network.down()

    def strike(self, strike: Strike) -> Hit | None:
        """Do it; nothing is mended yet. ``None`` where there is nothing to strike just now."""
        if strike.kind in _OF_POSTGRES:
            return self._strike_postgres(strike.kind)
        if strike.kind in _OF_BROKER:
            return self._strike_broker(strike)
        if strike.kind.restores:
            return self._strike_database(strike)
        return self._strike_part(strike)

    def mend(self, strike: Strike, struck: str) -> None:
        """Start what was struck again, or let it go on, and wait until it serves."""
        if strike.kind in _OF_POSTGRES:
            self._network.start_postgres(self._layout)
        elif strike.kind in _OF_BROKER:
            self._start_brokers()
        elif strike.kind.restores:
            self._mend_database(strike, struck)
        else:
            self._mend_part(strike.kind, struck)

    def _start_brokers(self) -> None:
        """Start the broker again, once more where it gave up: a quorum may take its time."""
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                self._network.start_brokers(self._layout)
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def _strike_part(self, strike: Strike) -> Hit | None:
        role = _ROLES.get(strike.kind)
        with self._lock:
            fit = [part for part in self._parts if role in (None, part.role) and part.pid()]
            fit = [part for part in fit if part.name not in self._down]
            if not fit:
                return None
            part = fit[strike.choice % len(fit)]
            self._down.add(part.name)
        pid = part.pid()
        assert pid is not None
        hit = Hit(part.name, time.monotonic())
        if strike.kind is Kind.PAUSE_NODE:
            os.kill(pid, signal.SIGSTOP)
        elif strike.kind is Kind.END_NODE:
            os.kill(pid, signal.SIGTERM)
        else:
            os.kill(pid, signal.SIGKILL)
        return hit

    def _mend_part(self, kind: Kind, name: str) -> None:
        part = next((each for each in self._parts if each.name == name), None)
        if part is None:  # there was nothing to strike
            return
        if kind is Kind.PAUSE_NODE and (pid := part.pid()) is not None:
            os.kill(pid, signal.SIGCONT)
        else:
            part.await_end(time.monotonic() + END_WITHIN_S)
            self._start(part)
        with self._lock:
            self._down.discard(name)
        self._await(part, time.monotonic() + READY_WITHIN_S)

    def _strike_database(self, strike: Strike) -> Hit:
        """Take a backup, let it grow old, and end everybody who works in that database.

        Or nobody: who lives when it is put back has to notice, and to end by itself.
        """
        role = _RESTORED[strike.kind]
        nodes = list(Roles(None).addresses(role))
        schema = schema_of(nodes[strike.choice % len(nodes)], "")
        self._network.back_up(schema, self._backup_of(schema))
        time.sleep(strike.backup_age_ms / 1000)
        if strike.kind is Kind.RESTORE_LIVING:
            return Hit(schema, time.monotonic())
        with self._lock:
            parts = [part for part in self._parts if part.role == role]
            self._down |= {part.name for part in parts}
        hit = Hit(schema, time.monotonic())
        for part in parts:
            if (pid := part.pid()) is not None:
                os.kill(pid, signal.SIGKILL)
        return hit

    def _mend_database(self, strike: Strike, schema: str) -> None:
        if strike.kind is Kind.RESTORE_LIVING:
            self._network.restore(schema, self._backup_of(schema))
            return
        parts = [part for part in self._parts if part.role == _RESTORED[strike.kind]]
        deadline = time.monotonic() + END_WITHIN_S
        for part in parts:
            part.await_end(deadline)
        self._network.restore(schema, self._backup_of(schema))
        for part in parts:
            self._start(part)
        with self._lock:
            self._down -= {part.name for part in parts}
        deadline = time.monotonic() + READY_WITHIN_S
        for part in parts:
            self._await(part, deadline)

    def _backup_of(self, schema: str) -> Path:
        return self._folder / f"{schema}.backup"

    def _strike_broker(self, strike: Strike) -> Hit | None:
        running = self._network.broker_pids()
        if len(running) < self._layout.brokers:
            return None  # with two of three down nothing is appended, and nothing is tried
        standing = self._standing()
        leads = strike.kind is Kind.KILL_LEADER
        number = standing.leading_most() if leads else standing.controller
        if number not in running:
            return None
        role = f"leader of {standing.leads[number]} partitions" if leads else "controller"
        hit = Hit(f"broker {number} ({role})", time.monotonic())
        os.kill(running[number], signal.SIGKILL)
        return hit

    def _standing(self) -> Standing:
        return broker_standing(BrokerSettings(self._settings["YIDI_BROKER_BOOTSTRAP"]))

    def _strike_postgres(self, kind: Kind) -> Hit | None:
        postmaster = self._network.postmaster_pid()
        if postmaster is None or not _lives(postmaster):  # a killed one leaves its file
            return None
        hit = Hit("PostgreSQL", time.monotonic())
        if kind is Kind.STOP_POSTGRES:
            os.kill(postmaster, signal.SIGQUIT)  # what pg_ctl stop -m immediate sends
        else:
            for pid in (postmaster, *_children_of(postmaster)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + END_WITHIN_S
        while _lives(postmaster) and time.monotonic() < deadline:
            time.sleep(0.05)
        return hit

    def _start(self, part: Part) -> None:
        self._children[part.name] = part.start(self._layout.port(part), self._settings)

    def await_all(self) -> None:
        """Wait until every part serves; one that ends meanwhile is started again.

        Raises ``Unavailable`` (``not_started``) when that takes too long.
        """
        deadline = time.monotonic() + READY_WITHIN_S
        for part in self._parts:
            self._await(part, deadline)

    def _await(self, part: Part, deadline: float) -> None:
        while not (part.pid() and part.ready()):
            if time.monotonic() > deadline:
                raise not_started(part.name)
            time.sleep(LOOK_EVERY_S)

    def _keep(self) -> None:
        """Start again what ended by itself; one that cannot start is tried again and again."""
        while not self._ending.wait(LOOK_EVERY_S):
            for part in self._parts:
                with self._lock:
                    code = self._children[part.name].poll()
                    if code is None or part.name in self._down:
                        continue
                    self.ended_by_themselves[part.name, code] += 1
                    time.sleep(LOOK_EVERY_S)
                    self._start(part)


def _children_of(pid: int) -> list[int]:
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], check=False, capture_output=True, text=True
    )
    return [int(line) for line in told.stdout.split()]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
