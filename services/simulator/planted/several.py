"""Pieces of planted bugs in what several processes of a node do beside each other."""

from __future__ import annotations

from typing import Any

from services.node.shared_machine import SharedMachine


def publish_at_once(_old: Any) -> Any:
    """Publish whatever was committed, without a look at what others wrote before."""
    return lambda _self, result: result.outgoing


def adopt_backwards(old: Any) -> Any:
    """Adopt the newest of the rows that were left first."""
    return lambda self: old(self)[::-1]


def adopt_anything(old: Any) -> Any:
    """Adopt rows of others whatever waits here for its turn."""

    def leftovers(self: SharedMachine) -> Any:
        turns, self._turns = self._turns, type(self._turns)()
        try:
            return old(self)
        finally:
            self._turns = turns

    return leftovers


def claim_the_first(_old: Any) -> Any:
    """Number rows as every process before did."""
    return lambda _self: 1
