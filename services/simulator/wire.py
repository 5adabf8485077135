"""Records of the log, read once each: a run looks at the same bytes many times."""

from __future__ import annotations

from functools import lru_cache

from adapters.wire.envelopes import decode_envelope
from clearing.errors import YidiError
from clearing.ports import LogRecord
from services.node.command import Delivery

envelope_of = lru_cache(maxsize=20_000)(decode_envelope)
"""Returns the message in some bytes. Raises ``Malformed``."""


def delivery_of(record: LogRecord) -> Delivery:
    """Return a record as a node takes it."""
    try:
        return Delivery(record, envelope_of(record.value))
    except YidiError as error:
        return Delivery(record, None, error)


@lru_cache(maxsize=20_000)
def id_of(value: bytes) -> str:
    """Return the id of the message in some bytes, ``""`` where they cannot be read."""
    try:
        return str(envelope_of(value).message_id)
    except YidiError:
        return ""
