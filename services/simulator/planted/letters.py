"""Pieces of planted bugs in what becomes of messages that cannot be carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.node.held_keys import HeldKeys
from services.node.machine import NodeMachine


def hold_nothing(_old: Any) -> Any:
    """Say of every key that nothing is parked."""
    return lambda *_args: False


def last_first(old: Any) -> Any:
    """Order letters from the newest to the oldest."""
    return lambda letter: tuple(-each for each in old(letter))


def in_no_hurry(old: Any) -> Any:
    """Replay a message as if no deadline ever passed."""
    return lambda envelope, context: replace(old(envelope, context), unhurried=True)


def stop_at_nothing(old: Any) -> Any:
    """Go on however many messages are parked."""

    def start(self: HeldKeys, unit: Any, _are_too_many: Any) -> None:
        old(self, unit, lambda *_counts: False)

    return start


def stop_for_good(old: Any) -> Any:
    """Never consume again after having stopped once."""

    def watch_limits(self: NodeMachine, batch: Any) -> None:
        stopped = not self.consuming
        old(self, batch)
        self.consuming = self.consuming and not stopped

    return watch_limits
