"""What ``yidi log show`` does."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from adapters.broker.listing import listed
from adapters.wire.envelopes import envelope_json
from clearing.errors import Unavailable, YidiError
from clearing.ports import LogRecord
from services.cli import exit_codes
from services.cli.failures import say
from services.cli.topics import Wanted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which messages are shown; ``None`` and ``""`` are any."""

    partition: int | None
    offset: int | None
    key: str
    limit: int


def log_show_command(wanted: Wanted, topic: str, which: Filter) -> int:
    """Print messages of a topic as lines of JSON; one that is no envelope shows its bytes."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what matters is raised, and told once
    for defect in wanted.defects:
        say(defect)
    if wanted.defects:
        return exit_codes.BAD_INPUT
    try:
        for record in islice(_found(wanted, topic, which), which.limit):
            print(json.dumps(shown(record), ensure_ascii=False))
    except Unavailable as error:
        print(f"error: {error}", file=sys.stderr)
        return exit_codes.UNREACHABLE
    except YidiError as error:
        return say(error)
    return exit_codes.OK


def _found(wanted: Wanted, topic: str, which: Filter) -> Iterator[LogRecord]:
    for record in listed(wanted.broker, topic, which.partition, which.offset):
        if which.key in ("", record.key):
            yield record


def shown(record: LogRecord) -> dict[str, Any]:
    """Return a message as it is shown; logged time is the broker's."""
    logged_at = _EPOCH + timedelta(milliseconds=record.appended_at)
    about = {
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "logged_at": logged_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    text = envelope_json(record.value)
    if text:
        return about | {"message": json.loads(text)}
    return about | {"bytes": base64.b64encode(record.value).decode("ascii")}
