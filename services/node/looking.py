"""Counting what waits for a person, in one short look into a node's database."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Protocol

from clearing.errors import YidiError
from clearing.messages import Address
from clearing.ports import UnitOfWork
from services.node.held_keys import held_rows
from services.node.observer import Looked, Observer
from services.node.role import Role

LOOK_EVERY_S = 5.0


class Looking(Protocol):
    """A node that can be looked into."""

    address: Address
    observer: Observer

    def look(self) -> Looked:
        """Count what waits for a person."""


class Lookout:
    """Has an observer watch nodes, and tells it now and then what waits there for a person."""

    def __init__(self, nodes: Iterable[Looking], observer: Observer) -> None:
        self._nodes = list(nodes)
        self._observer = observer
        for node in self._nodes:
            node.observer = observer
        self._look_at_s = 0.0

    def look(self) -> None:
        """Look into every node, where somebody watches and it is time again."""
        now_s = time.monotonic()
        if not self._observer.watching or now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_EVERY_S
        for node in self._nodes:
            try:
                self._observer.looked(node.address, node.look())
            except YidiError:  # the figures stay old, and that is counted
                self._observer.not_looked(node.address)


def look(unit: UnitOfWork, role: Role) -> Looked:
    """Return the counts; as many rows are read as keys were ever held.

    One message of each held key failed; the others of the key are behind it.
    """
    held = held_rows(unit)
    return Looked(
        parked=len(held),
        behind=sum(key.unresolved - 1 for key in held),
        open_breaks=None if role.open_breaks is None else role.open_breaks(unit),
        unanswered=None if role.unanswered is None else role.unanswered(unit),
    )
