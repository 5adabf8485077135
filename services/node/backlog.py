"""Deliveries that have to come again before any new ones of their node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from clearing.messages import Address

ItemT = TypeVar("ItemT")

FIRST_RETRY_S = 0.05
LONGEST_RETRY_S = 5.0
LOOK_AGAIN_S = 1.0
"""How often a node that has stopped consuming looks whether it may go on."""


@dataclass(slots=True)
class _Node(Generic[ItemT]):
    due_s: float = 0.0
    failures: int = 0
    held: bool = False
    items: list[ItemT] = field(default_factory=list)


class Backlog(Generic[ItemT]):
    """Per node, in order. Times are of a monotonic clock, in seconds."""

    def __init__(self, weigh: Callable[[ItemT], int] = lambda _: 1) -> None:
        """``weigh`` tells how much of a round an item is."""
        self._weigh = weigh
        self._nodes: dict[Address, _Node[ItemT]] = {}

    def __len__(self) -> int:
        """Return how much comes again by itself. Any thread may ask.

        What a node holds back is left out: it waits for a person, and nobody may wait for it.
        """
        return sum(len(node.items) for node in list(self._nodes.values()) if not node.held)

    def retry(self, address: Address, items: Iterable[ItemT], now_s: float) -> None:
        """Put deliveries back that failed; each failure in a row doubles the wait."""
        node = self._node(address)
        wait_s = min(FIRST_RETRY_S * 2**node.failures, LONGEST_RETRY_S)
        node.failures = min(node.failures + 1, 30)
        node.held = False
        self._put_back(node, items, now_s + wait_s)

    def hold(self, address: Address, items: Iterable[ItemT], now_s: float) -> None:
        """Put deliveries back that the node will not look at for now."""
        node = self._node(address)
        node.held = True
        self._put_back(node, items, now_s + LOOK_AGAIN_S)

    def succeeded(self, address: Address) -> None:
        """Begin anew with short waits after a batch of the node was committed."""
        node = self._nodes.get(address)
        if node is not None:
            node.failures, node.held = 0, False
            if not node.items:
                del self._nodes[address]

    def queued_behind(self, address: Address, item: ItemT) -> bool:
        """Put a new delivery behind those that come again; tell whether there were any."""
        node = self._nodes.get(address)
        if node is None or not node.items:
            return False
        node.items.append(item)
        return True

    def take_due(self, now_s: float, most: float = float("inf")) -> list[ItemT]:
        """Take what has come to its time, no more than to reach a weight of ``most``."""
        taken: list[ItemT] = []
        for node in self._nodes.values():
            if node.due_s > now_s:
                continue
            count = 0
            while count < len(node.items) and most > 0:
                most -= self._weigh(node.items[count])
                count += 1
            taken += node.items[:count]
            del node.items[:count]
        return taken

    def take_all(self) -> Iterator[ItemT]:
        """Take everything, due or not."""
        for node in self._nodes.values():
            items, node.items = node.items, []
            yield from items

    def due_in_s(self, now_s: float) -> float | None:
        """Return how long it is until something comes again, ``None`` where nothing does."""
        due = [node.due_s for node in self._nodes.values() if node.items]
        return max(min(due) - now_s, 0.0) if due else None

    def _node(self, address: Address) -> _Node[ItemT]:
        return self._nodes.setdefault(address, _Node())

    @staticmethod
    def _put_back(node: _Node[ItemT], items: Iterable[ItemT], due_s: float) -> None:
        node.items[:0] = items
        node.due_s = due_s
