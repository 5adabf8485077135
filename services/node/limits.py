"""How many messages may be parked before a node stops instead of draining its topics."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from clearing.errors import Malformed


@dataclass(frozen=True, slots=True)
class ParkingLimits:
    """A node stops consuming at ``max_unresolved`` parked messages, those behind others included.

    It also stops when more than ``max_share_bp`` of its last ``window`` messages failed.
    """

    max_unresolved: int = 1_000
    max_share_bp: int = 2_000
    window: int = 500

    def defects(self) -> list[Malformed]:
        """Return what is wrong, with its field: one failed message must not stop a node."""
        if self.max_failed >= 1:
            return []
        return [
            Malformed(
                "parking_limits",
                "parking.window times parking.max_share_bp must allow one failed message: write "
                f"at least {-(-10_000 // self.max_share_bp)}",
                f"parking.window 与 parking.max_share_bp 须至少容许一条失败消息: "
                f"不小于 {-(-10_000 // self.max_share_bp)}",
                field="parking.window",
            )
        ]

    @property
    def max_failed(self) -> int:
        """How many of the last ``window`` messages may have failed."""
        return self.window * self.max_share_bp // 10_000


class RecentFailures:
    """Which of the last messages failed; kept in memory, so a restart begins anew.

    Once they were too many it stays so until somebody has resolved a parked message.
    """

    def __init__(self, limits: ParkingLimits) -> None:
        self._limits = limits
        self._last: deque[bool] = deque(maxlen=limits.window)
        self._failed = 0
        self._stopped_at: int | None = None

    def are_too_many(self, unresolved: int, more: int = 0) -> bool:
        """Tell whether too many failed, with ``more`` that are not committed yet."""
        if self._stopped_at is not None:
            if unresolved >= self._stopped_at:
                return True
            self._stopped_at = None
            self._last.clear()
            self._failed = 0
        return self._failed + more > self._limits.max_failed

    def add(self, failed: Sequence[bool], unresolved: int) -> None:
        """Note what a committed batch came to, and how many are parked after it."""
        if not failed:
            return
        self._last.extend(failed)
        self._failed = sum(self._last)
        if self._stopped_at is None and self._failed > self._limits.max_failed:
            self._stopped_at = unresolved
