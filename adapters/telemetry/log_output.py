"""Where a process's log goes: to one stream, in one form."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import TextIO

from adapters.telemetry.log_lines import JsonLines, TextLines

FORMATS = ("auto", "json", "text")
LEVELS = ("debug", "info", "warning", "error")
HOUSE = ("adapters", "clearing", "services")
"""The loggers that ``level`` is for; libraries are heard from ``warning`` on."""


def set_up(
    *,
    form: str = "auto",
    level: str = "warning",
    constants: Mapping[str, str | int] | None = None,
    stream: TextIO | None = None,
) -> logging.Handler:
    """Send every record to ``stream`` (standard error) and return the handler that does.

    ``form`` is one of ``FORMATS``: ``auto`` writes text on a terminal and JSON anywhere else.
    ``level`` is one of ``LEVELS``. ``constants`` are said on every JSON line.
    """
    out = sys.stderr if stream is None else stream
    if form == "auto":
        form = "text" if out.isatty() else "json"
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines(constants or {}) if form == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in HOUSE:
        logging.getLogger(name).setLevel(level.upper())
    return handler
