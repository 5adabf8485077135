"""Reading from where the caller stands, outside of any group."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from kafka import KafkaConsumer, errors

from adapters.broker.failures import out_of_range, translated
from adapters.broker.records import Names
from adapters.broker.settings import BrokerSettings
from clearing.errors import Unavailable
from clearing.ports import LogRecord, TopicPartition


class Browser:
    """A consumer for looking something up; right rather than quick. Any thread may use it."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings
        self._names = Names(settings.prefix)
        self._lock = Lock()
        self._consumer: Any = None

    def read(self, place: TopicPartition, offset: int, count: int) -> Sequence[LogRecord]:
        """Return ``count`` records of a partition, from an offset on, that must be there."""
        with self._lock, translated():
            consumer = self._connected()
            outside = self._names.place_outside(place)
            consumer.assign([outside])
            consumer.seek(outside, offset)
            return self._read(consumer, place, offset, count)

    def _read(
        self, consumer: Any, place: TopicPartition, offset: int, count: int
    ) -> Sequence[LogRecord]:
        deadline = time.monotonic() + self._settings.request_timeout_ms / 1000
        found: list[LogRecord] = []
        while len(found) < count:
            try:
                pages: Mapping[Any, Any] = consumer.poll(200, max_records=count - len(found))
            except errors.OffsetOutOfRangeError:
                raise out_of_range(place, offset) from None
            for records in pages.values():
                found += [self._names.record(place, record) for record in records]
            if time.monotonic() > deadline:
                raise Unavailable(
                    "log_unavailable",
                    f"The broker gives no records of {place.topic}/{place.partition}.",
                    f"消息代理未返回 {place.topic}/{place.partition} 的记录。",
                )
        return found

    def _connected(self) -> Any:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                **self._settings.connection(),
                allow_auto_create_topics=False,
                auto_offset_reset="none",
                enable_auto_commit=False,
                metrics_enabled=False,
            )
        return self._consumer

    def close(self) -> None:
        """End the client."""
        with self._lock:
            if self._consumer is not None:
                self._consumer.close(autocommit=False, timeout_ms=1000)
                self._consumer = None
