"""Keeps the client's logging within bounds: without a coordinator it writes thousands of lines."""

from __future__ import annotations

import logging
import re
import time

EVERY_S = 5.0
MAX_KINDS = 500
_NUMBERS = re.compile(r"0x[0-9a-f]+|\d+")


class Throttle(logging.Handler):
    """Passes one record of each kind on in ``EVERY_S`` and counts the others."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the record on to the root's handlers, or count it."""
        kind = (record.name, _NUMBERS.sub("#", str(record.msg)))
        now = time.monotonic()
        since, missed = self._seen.get(kind, (0.0, 0))
        if since and now - since < EVERY_S:
            self._seen[kind] = (since, missed + 1)
            return
        if len(self._seen) >= MAX_KINDS:
            self._seen.clear()
        self._seen[kind] = (now, 0)
        if missed:
            record.msg, record.args = f"{record.getMessage()} (and {missed} more)", None
        logging.getLogger().handle(record)


def quieten() -> None:
    """Let all of the client's records pass through one throttle; a second call does nothing."""
    client = logging.getLogger("kafka")
    if not any(isinstance(handler, Throttle) for handler in client.handlers):
        client.addHandler(Throttle())
        client.propagate = False
