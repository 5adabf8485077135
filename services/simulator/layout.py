"""How a run's network is laid out: how many processes host each node, and what may happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from clearing.messages import Address

MOST_SLOTS = 3


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a process of a node runs: the group of its readers knows it by this slot."""

    at: Address
    slot: int = 1

    def __str__(self) -> str:
        """Write the seat as steps show it: ``care/310000``, ``care/310000#2``."""
        return str(self.at) if self.slot == 1 else f"{self.at}#{self.slot}"


@dataclass(frozen=True, slots=True)
class Layout:
    """How many processes may host each node at the same time.

    ``slots`` names those of which more than one process may run: each of their processes
    reckons with others. Any other node has one process that has it for itself. With ``poison``
    there are messages that nodes fail at.
    """

    slots: Mapping[Address, int] = field(default_factory=dict)
    poison: bool = False

    @classmethod
    def draw(cls, seed: int, nodes: Iterable[Address]) -> Layout:
        """Draw a run's layout: one process each in some, several here and there in others."""
        random = Random(f"layout {seed}")
        slots: dict[Address, int] = {}
        if random.random() < 0.6:
            slots = {at: random.randint(1, MOST_SLOTS) for at in nodes if random.random() < 0.7}
        return cls(slots, poison=random.random() < 0.4)

    def shared(self, at: Address) -> bool:
        """Tell whether a node's processes reckon with others."""
        return at in self.slots

    def seats(self, at: Address) -> Iterator[Seat]:
        """Yield the seats of a node's processes."""
        for slot in range(1, self.slots.get(at, 1) + 1):
            yield Seat(at, slot)
