"""Ends a process whose client is stuck: the outbox and the database's offsets do the rest."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from threading import Event, Thread

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
EXIT_CODE = 75
"""EX_TEMPFAIL: whoever keeps this process running starts it again."""


def end_process(reason: str) -> None:
    """End this process at once; a stuck client could not be closed in order anyway."""
    logger.critical("this process ends: %s", reason)
    for handler in logging.getLogger().handlers:
        handler.flush()
    os._exit(EXIT_CODE)


class Watchdog:
    """Looks every second, in a thread of its own; what it finds first is told once."""

    def __init__(self, look: Callable[[], str | None], on_stuck: Callable[[str], None]) -> None:
        self._look = look
        self._on_stuck = on_stuck
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="yidi-watchdog", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                reason = self._look()
            except Exception:
                logger.exception("the watchdog could not look")
                continue
            if reason is not None:
                self._on_stuck(reason)
                return

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join(timeout=10)
