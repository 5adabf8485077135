"""The trace a call belongs to, as W3C Trace Context writes it (``traceparent``, level 1).

A call brings it in its metadata or gets a new one; the envelopes of everything that follows
from the call carry it unchanged, on the log and in calls to other nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextvars import ContextVar
from secrets import token_hex

METADATA = "traceparent"
MAX_LENGTH = 200
"""A later version may say more after what we know; so much more is none."""

_KNOWN = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

current: ContextVar[str] = ContextVar("current", default="")
"""The trace of the call being answered: what is asked of other nodes meanwhile belongs to it."""


def trace_parent_of(metadata: Iterable[tuple[str, str | bytes]] | None) -> str:
    """Return the trace that a call brings, a new one where it brings none that can be read.

    Of a later version only what this one defines is kept, as its specification asks.
    """
    for key, value in metadata or ():
        if key == METADATA and isinstance(value, str) and (known := _read(value)):
            return known
    return f"00-{token_hex(16)}-{token_hex(8)}-01"


def _read(text: str) -> str | None:
    found = _KNOWN.match(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return None
    version, rest = found.group()[:2], text[found.end() :]
    if rest and (version == "00" or not rest.startswith("-")):
        return None
    return f"00{found.group()[2:]}"


def trace_id_of(trace_parent: str) -> str:
    """Return the trace's id, ``""`` of none."""
    parts = trace_parent.split("-")
    return parts[1] if len(parts) == 4 else ""


def trace_note(trace_parent: str) -> dict[str, str]:
    """Return what a log record is given to tell the trace it belongs to (its ``extra``)."""
    return {"trace_parent": trace_parent}


def outgoing() -> tuple[tuple[str, str], ...]:
    """Return the metadata of a call to another node."""
    known = current.get()
    return ((METADATA, known),) if known else ()
