"""How a log record is written: one JSON object a line for machines, one line of text for people.

A line names the error, not its words: those of a refusal quote what was asked, and belong to the
caller it is told to. Of an exception it tells the kinds and the places in the code.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.telemetry.redaction import redacted
from clearing.errors import InvariantBroken, Unavailable, YidiError
from clearing.messages import Address

MAX_MESSAGE = 4_000
_OWN_WORDS = (Unavailable, InvariantBroken)
"""Errors whose words are the node's own and say what an operator needs."""


def shown(error: BaseException) -> str:
    """Return what a log line says of an error."""
    if isinstance(error, _OWN_WORDS):
        return f"{error.code}: {error.message_en}"
    if isinstance(error, YidiError):
        return f"{error.code} (field {error.field})" if error.field else error.code
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}: {error.strerror}"
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    return f"{type(error).__name__} ({code})" if code else type(error).__name__


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a record tells, in the order in which it is written."""
    said: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": _message(record),
    }
    said["time"] = said["time"].replace("+00:00", "Z")
    for arg in record.args if isinstance(record.args, tuple) else ():
        if isinstance(arg, Address):
            said.setdefault("node", str(arg))
        elif isinstance(arg, YidiError):
            said.setdefault("code", arg.code)
    parts = str(getattr(record, "trace_parent", "")).split("-")
    if len(parts) == 4:
        said["trace_id"] = parts[1]
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        if isinstance(error, YidiError):
            said.setdefault("code", error.code)
        said["exception"] = list(_told(error))
    return said


def _message(record: logging.LogRecord) -> str:
    args = record.args
    try:
        if isinstance(args, tuple):
            text = str(record.msg) % tuple(map(_shown, args)) if args else str(record.msg)
        else:
            text = record.getMessage()
    except Exception:  # a record that does not fit its own arguments is still a record
        text = str(record.msg)
    return redacted(text[:MAX_MESSAGE])


def _shown(arg: Any) -> Any:
    return _Named(arg) if isinstance(arg, BaseException) else arg


class _Named:
    """An error as a line shows it, whether it is asked for by ``%s`` or ``%r``."""

    def __init__(self, error: BaseException) -> None:
        self._text = shown(error)

    def __repr__(self) -> str:
        return self._text


def _told(error: BaseException) -> Iterator[str]:
    """Yield an error and what caused it, the outermost first, each with its places."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(seen.__traceback__, limit=-12)
        ]
        yield redacted("; ".join([shown(seen), *places]))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


class JsonLines(logging.Formatter):
    """One JSON object a line. ``constants`` are said on each: role, slot."""

    def __init__(self, constants: Mapping[str, str | int]) -> None:
        super().__init__()
        self._constants = dict(constants)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; it never holds a line break."""
        return json.dumps(fields_of(record) | self._constants, ensure_ascii=False)


class TextLines(logging.Formatter):
    """One line for people, and one more for each error it tells of."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = fields_of(record)
        trace = f" [{said['trace_id']}]" if "trace_id" in said else ""
        head = f"{said['time']} {said['level']} {said['logger']} {said['message']}{trace}"
        return "\n    ".join([head, *said.get("exception", ())])
