"""The processes of the roles, started as ``yidi up --role`` starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.bench.child import BenchError
from tests.bench.on_servers.network import BenchNetwork

END_WITHIN_S = 90


@dataclass(slots=True)
class RoleChild:
    """One process."""

    role: str
    slot: int
    child: subprocess.Popen[str]
    address: str = ""
    metrics: str = ""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.child.pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal. Raises ``BenchError`` when it has ended."""
        if self.child.poll() is not None:
            raise BenchError(f"{self.role} {self.slot} ended with {self.child.returncode}")
        self.child.send_signal(number)


class RoleChildren:
    """Some processes of each role; ended when the context ends.

    What they say goes to files in ``folder``.
    """

    def __init__(self, network: BenchNetwork, counts: Mapping[str, int], folder: Path) -> None:
        self._network = network
        self._counts = counts
        self._folder = folder
        self._open = ExitStack()
        self.children: list[RoleChild] = []

    def __enter__(self) -> RoleChildren:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            addresses = {"YIDI_ADDRESSES_CARE": "", "YIDI_ADDRESSES_INSURED": ""}
            for role in ("insured", "care", "house"):
                started = self._start(role, addresses)
                addresses[f"YIDI_ADDRESSES_{role.upper()}"] = "|".join(
                    child.address for child in started
                )
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self.children:
            if child.child.poll() is None:
                child.child.send_signal(signal.SIGCONT)
                child.child.terminate()
        codes = [self._ended(child) for child in self.children]
        self._open.close()
        if kind is None and any(codes):
            raise BenchError(f"processes ended with {codes}; see {self._folder}")

    def of(self, role: str) -> list[RoleChild]:
        """Return the processes of a role."""
        return [child for child in self.children if child.role == role]

    def addresses(self, role: str) -> str:
        """Return where a role listens, as ``Targets.read`` takes it."""
        return "|".join(child.address for child in self.of(role))

    def require_running(self) -> None:
        """Raise ``BenchError`` when one has ended."""
        for child in self.children:
            if child.child.poll() is not None:
                raise BenchError(f"{child.role} {child.slot} ended; see {self._folder}")

    def _start(self, role: str, addresses: Mapping[str, str]) -> Sequence[RoleChild]:
        for slot in range(1, self._counts[role] + 1):
            child = self._popen(role, slot, addresses)
            self.children.append(RoleChild(role, slot, child))
        for started in self.of(role):
            assert started.child.stdout is not None
            line = started.child.stdout.readline()
            if not line:
                raise BenchError(f"{role} {started.slot} did not start; see {self._folder}")
            said: Any = json.loads(line)
            started.address, started.metrics = said["address"], said["metrics"]
        return self.of(role)

    def _popen(self, role: str, slot: int, addresses: Mapping[str, str]) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "services.cli.main", "up", "--role", role]
        command += ["--slot", str(slot), "--listen", "127.0.0.1:0", "--ready-json"]
        said = self._open.enter_context((self._folder / f"{role}-{slot}.log").open("ab"))
        child = subprocess.Popen(
            command,
            env={**os.environ, **self._network.settings(), **addresses},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )
        assert child.stdout is not None
        self._open.enter_context(child.stdout)
        return child

    def _ended(self, child: RoleChild) -> int:
        try:
            return child.child.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            child.child.kill()
            return child.child.wait()
