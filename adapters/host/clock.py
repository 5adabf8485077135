"""The machine's clock."""

from __future__ import annotations

import time

from clearing.calendar import Instant


class SystemClock:
    """Logged time by the machine's clock."""

    def now(self) -> Instant:
        """Return the current instant, UTC."""
        return Instant(time.time_ns() // 1_000_000)
