"""Time and ids as the world gives them: they stand still until they are told to move."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from clearing.calendar import Instant
from clearing.ports import Clock, Ids

START = Instant(1_700_000_000_000)


class WorldClock:
    """Stands still until it is told how much time has passed."""

    def __init__(self, now: Instant = START) -> None:
        self._now = now

    def now(self) -> Instant:
        """Return the current instant."""
        return self._now

    def pass_ms(self, duration_ms: int) -> None:
        """Let time pass."""
        self._now = Instant(self._now + duration_ms)


class NodeClock:
    """A node's own clock: the world's, some milliseconds ahead (``skew_ms``) or behind."""

    def __init__(self, world: Clock) -> None:
        self._world = world
        self.skew_ms = 0

    def now(self) -> Instant:
        """Return the instant this node believes it is."""
        return Instant(self._world.now() + self.skew_ms)


class CountingIds:
    """Mints ``kind-000001``, ``kind-000002`` …, in order over all nodes."""

    def __init__(self) -> None:
        self._last = 0

    def mint(self, kind: str) -> str:
        """Return a new identifier."""
        self._last += 1
        return f"{kind}-{self._last:06d}"


class NotedIds:
    """Mints what others mint, and notes it."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._noted: list[str] = []

    def mint(self, kind: str) -> str:
        """Return a new identifier."""
        minted = self._ids.mint(kind)
        self._noted.append(minted)
        return minted

    def take_noted(self) -> tuple[str, ...]:
        """Return what was minted since the last time."""
        noted, self._noted = tuple(self._noted), []
        return noted


class GivenIds:
    """Mints the ids that it was given, of each kind in order, and counts where there are none."""

    def __init__(self) -> None:
        self._counting = CountingIds()
        self._given: deque[str] = deque()

    def give(self, ids: Iterable[str]) -> None:
        """Mint these from now on, and no more of those given before."""
        self._given = deque(ids)

    def mint(self, kind: str) -> str:
        """Return the next identifier of a kind."""
        found = next((each for each in self._given if each.startswith(f"{kind}-")), None)
        if found is None:
            return self._counting.mint(f"again.{kind}")
        self._given.remove(found)
        return found
