"""Identifiers that are unique across processes and sort by time of minting."""

from __future__ import annotations

import secrets
import threading

from clearing.ports import Clock


class TimeOrderedIds:
    """Mints ``kind-time-count-random``: milliseconds, a counter in them, 32 random bits.

    Within a process identifiers never go back, even where the clock does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last_ms = 0
        self._count = 0
        self._random = secrets.token_hex(4)

    def mint(self, kind: str) -> str:
        """Return a new identifier with the readable prefix ``kind``."""
        with self._lock:
            now = self._clock.now()
            if now > self._last_ms:
                self._last_ms, self._count = now, 0
            else:
                self._count += 1
            return f"{kind}-{self._last_ms:011x}{self._count:05x}{self._random}"
