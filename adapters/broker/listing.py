"""Listing what a topic holds, for a person: outside of any group, and nothing is changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from kafka import KafkaConsumer, errors

from adapters.broker import doorway
from adapters.broker.failures import meaning, translated, unknown_topic
from adapters.broker.records import Names
from adapters.broker.settings import BrokerSettings
from clearing.errors import Unavailable
from clearing.ports import LogRecord, TopicPartition

POLL_MS = 200


def listed(
    settings: BrokerSettings, topic: str, partition: int | None = None, offset: int | None = None
) -> Iterator[LogRecord]:
    """Yield what a topic holds now, partition by partition, in the order of offsets.

    ``partition`` is one of them, ``None`` all; ``offset`` is where to begin, or the first that
    is still kept where that is later. Raises ``Malformed`` for settings that are wrong,
    ``Rejected`` (``topic_unknown``, ``broker_forbidden``), ``Unavailable``.
    """
    for defect in settings.defects():
        raise defect
    doorway.check(settings)
    with translated():
        consumer: Any = KafkaConsumer(
            **settings.connection(),
            allow_auto_create_topics=False,
            auto_offset_reset="none",
            enable_auto_commit=False,
            metrics_enabled=False,
        )
        try:
            yield from _Listing(consumer, settings, topic).records(partition, offset)
        finally:
            consumer.close(autocommit=False, timeout_ms=1000)


class _Listing:
    def __init__(self, consumer: Any, settings: BrokerSettings, topic: str) -> None:
        self._consumer = consumer
        self._names = Names(settings.prefix)
        self._topic = topic
        self._within_s = settings.request_timeout_ms / 1000

    def records(self, partition: int | None, offset: int | None) -> Iterator[LogRecord]:
        outside = self._names.outside(self._topic)
        try:
            found = sorted(self._consumer.partitions_for_topic(outside) or ())
        except errors.TopicAuthorizationFailedError as error:
            raise meaning(error) from None
        wanted = [each for each in found if partition in (None, each)]
        if not wanted:
            raise unknown_topic(self._topic)
        for each in wanted:
            yield from self._of(each, offset)

    def _of(self, partition: int, offset: int | None) -> Iterator[LogRecord]:
        outside = self._names.place_outside(TopicPartition(self._topic, partition))
        place = TopicPartition(self._topic, partition)
        self._consumer.assign([outside])
        end = self._consumer.end_offsets([outside])[outside]
        at = max(self._consumer.beginning_offsets([outside])[outside], offset or 0)
        deadline = time.monotonic() + self._within_s
        if at < end:
            self._consumer.seek(outside, at)
        while at < end:
            for record in self._consumer.poll(POLL_MS).get(outside, ()):
                if record.offset >= end:
                    return
                yield self._names.record(place, record)
                at = record.offset + 1
                deadline = time.monotonic() + self._within_s
            if time.monotonic() > deadline:
                raise Unavailable(
                    "log_unavailable",
                    f"The broker gives no records of {self._topic}/{partition}.",
                    f"消息代理未返回 {self._topic}/{partition} 的记录。",
                )
