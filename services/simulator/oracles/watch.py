"""What must hold after every step, looked at only where the step changed something."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from clearing.journal import JournalLine
from clearing.messages import Address
from services.node.day_book import BookedLine
from services.node.records import (
    ConsumedOffset,
    RequestEntry,
    RequestStatus,
    SeenMessage,
)
from services.simulator.calls import Sent, said
from services.simulator.oracles.journal_watch import JournalWatch
from services.simulator.oracles.letter_watch import LetterWatch
from services.simulator.oracles.log_order import OutboxWatch
from services.simulator.oracles.settling import SettlingWatch
from services.simulator.oracles.sums import AdditionsWatch, BalanceWatch
from services.simulator.oracles.watching import Change, Watcher
from services.simulator.violation import Violation
from services.simulator.world import World

_FINAL = (RequestStatus.ANSWERED, RequestStatus.REFUSED, RequestStatus.TOMBSTONE)
_ONCE = (SeenMessage, BookedLine, JournalLine)
"""Records that are written once and never again: a second write is a second effect."""


class Watch:
    """Sees every record that a commit of any node writes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._checks: dict[tuple[Any, ...], Callable[[], None]] = {}
        self.changes = 0
        self._outbox = OutboxWatch(world)
        self._watchers: tuple[Watcher, ...] = (
            self._outbox,
            SettlingWatch(world, self._later),
            AdditionsWatch(world, self._later),
            BalanceWatch(world, self._later),
            JournalWatch(world, self._later),
            LetterWatch(world, self._later, self._outbox),
        )
        self._rules: dict[type, list[Change]] = {
            RequestEntry: [self._request],
            ConsumedOffset: [self._offset],
        }
        self._rules.update({record: [self._once] for record in _ONCE})
        for watcher in self._watchers:
            for record, rule in watcher.rules.items():
                self._rules.setdefault(record, []).append(rule)
        for address, disk in world.disks.items():
            disk.watcher = partial(self._changed, address)
        world.on_restored = self._restored

    def check(self, promised: list[Sent]) -> None:
        """Look at what was touched since the last time. Raises ``Violation``."""
        checks, self._checks = self._checks, {}
        for check in checks.values():
            check()
        for sent in promised:
            self._keeps_promise(sent)
        promised.clear()
        self._outbox.look()

    def _changed(self, address: Address, before: Any, after: Any) -> None:
        self.changes += 1
        for rule in self._rules.get(type(before if after is None else after), ()):
            rule(address, before, after)

    def _restored(self, address: Address) -> None:
        """Learn anew what a node's database holds, after it was put back to a backup."""
        for watcher in self._watchers:
            watcher.forget(address)
        for record in self._world.disks[address].tables:
            if record is SeenMessage:  # in the order of its ids it tells nothing
                continue
            rows: list[Any] = self._world.rows(address, record)
            for rule in self._rules.get(record, ()):
                for row in rows:
                    rule(address, None, row)

    def _later(self, *key: Any, check: Callable[[], None]) -> None:
        self._checks[key] = check

    def _once(self, address: Address, before: Any, after: Any) -> None:
        if before is not None:
            raise Violation("two_effects", f"{address}: {before} is written again: {after}")

    def _request(self, address: Address, before: Any, after: Any) -> None:
        if before is not None and before.status in _FINAL and after != before:
            raise Violation("answer_changed", f"{address}: {before} becomes {after}")

    def _keeps_promise(self, sent: Sent) -> None:
        """What a caller was told must be on the disk by now."""
        entry: Any = self._world.record(sent.at, RequestEntry, sent.scope, sent.request_id)
        kept = entry is not None and entry.status in _FINAL
        if kept and entry.status is RequestStatus.ANSWERED:
            body = self._world.answers.decode(entry.answer_kind, entry.body)
            kept = sent.final is not None and body == said(sent.final)
        if not kept:
            raise Violation("answer_not_kept", f"{sent}: told {sent.final}, kept {entry}")

    def _offset(self, address: Address, before: Any, after: Any) -> None:
        if before is not None and (after is None or after.next_offset < before.next_offset):
            raise Violation("offset_back", f"{address}: {before} becomes {after}")
