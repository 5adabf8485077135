"""Records and places as the client has them, and as the house does."""

from __future__ import annotations

import hashlib
from typing import Any

from kafka import TopicPartition as ClientPlace

from clearing.calendar import Instant
from clearing.ports import LogRecord, TopicPartition

MAX_KEY = 200


def key_of(key: bytes) -> str:
    """Return a record's key as text.

    One that no member or account has, and no index of a database takes, is known by its hash:
    whatever is set aside for it still has a place of its own.
    """
    try:
        text = key.decode()
    except UnicodeDecodeError:
        text = "\0"
    if len(text) > MAX_KEY or "\0" in text:
        return f"sha256:{hashlib.sha256(key).hexdigest()}"
    return text


class Names:
    """Names on the broker: those of the house behind a prefix."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def outside(self, name: str) -> str:
        """Return a topic's or group's name on the broker."""
        return self._prefix + name

    def place_outside(self, place: TopicPartition) -> Any:
        """Return a place as the client has it."""
        return ClientPlace(self._prefix + place.topic, place.partition)

    def place(self, place: Any) -> TopicPartition:
        """Return the client's place as the house has it."""
        return TopicPartition(place.topic[len(self._prefix) :], place.partition)

    def record(self, place: TopicPartition, record: Any) -> LogRecord:
        """Return the client's record as the house has it."""
        return LogRecord(
            place.topic,
            place.partition,
            record.offset,
            key_of(record.key or b""),
            record.value or b"",
            Instant(record.timestamp),
        )
