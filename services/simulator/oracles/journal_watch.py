"""The journal: positions are the sums of their lines, and no line enters a closed period."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from clearing.journal import JournalLine
from clearing.messages import HOUSE, Address
from clearing.period import Period, PeriodState
from clearing.position import Position, PositionKey, key_of, position_key
from services.simulator.oracles.watching import Change, Later
from services.simulator.violation import Violation
from services.simulator.world import World


class JournalWatch:
    """Watches the clearing house."""

    def __init__(self, world: World, later: Later) -> None:
        self._world = world
        self._later = later
        self._posted: dict[PositionKey, list[int]] = {}
        self._closed: set[str] = set()
        self.rules: Mapping[type, Change] = {
            JournalLine: self._journal_line,
            Position: self._position,
            Period: self._period,
        }

    def forget(self, address: Address) -> None:
        """See ``Watcher``."""
        if address == HOUSE:
            self._posted.clear()
            self._closed.clear()

    def _journal_line(self, _address: Address, _before: Any, line: JournalLine) -> None:
        if line.period in self._closed:
            raise Violation("cut_off_broken", f"{line.line_id} enters {line.period} after its end")
        key = position_key(line)
        sums = self._posted.setdefault(key, [0, 0])
        sums[0] += line.amount_fen
        sums[1] += 1
        self._later("position", key, check=partial(self._is_posted, key))

    def _position(self, _address: Address, _before: Any, after: Any) -> None:
        key = key_of(after)
        self._later("position", key, check=partial(self._is_posted, key))

    def _is_posted(self, key: PositionKey) -> None:
        position = self._world.record(HOUSE, Position, *key)
        kept = [0, 0] if position is None else [position.amount_fen, position.lines]
        if kept != self._posted.get(key, [0, 0]):
            raise Violation(
                "position_wrong", f"{key} has {kept}, its lines give {self._posted.get(key)}"
            )

    def _period(self, _address: Address, before: Any, after: Any) -> None:
        if before is not None and before.state is PeriodState.CLOSED and after != before:
            raise Violation("cut_off_broken", f"{before} becomes {after}")
        if after.state is PeriodState.CLOSED:
            self._closed.add(after.period)
