"""Appending: records go out in order, and none is sent twice because somebody lost patience."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import deque
from collections.abc import Sequence
from threading import Lock
from typing import Any

from kafka import KafkaProducer, errors

from adapters.broker.failures import meaning, translated
from adapters.broker.records import Names
from adapters.broker.settings import MAX_BATCH_BYTES, MAX_RECORD_BYTES, BrokerSettings
from clearing.errors import Rejected, Unavailable
from clearing.ports import NewRecord, TopicPartition

logger = logging.getLogger(__name__)

LINGER_MS = 100
BATCH_BYTES = 65_536
COMPRESSION = "lz4"
"""Chosen by ``python -m tests.bench.broker_batching``: one broker on the same two busy cores,
messages of a replayed corpus (300 bytes on average) in four partitions, medians of five runs;
an append waits until all of it is confirmed, and ``flush`` sends what lingers at its end.

    records an append, linger, batch, codec   records/s   client µs a record   ms an append
     20   0 ms   64 KiB   lz4                     6,560             83              2.2
     20   5 ms   64 KiB   lz4                     2,232             93              7.6
     20   flush  64 KiB   lz4                     8,964             86              2.0
     20   flush  64 KiB   none                    8,224             77              2.1
    500   0 ms   64 KiB   lz4                    21,164             31             23
    500   0 ms   16 KiB   none (the defaults)    13,377             36             34
    500   flush  16 KiB   lz4                    20,721             34             24
    500   flush  64 KiB   lz4                    27,381             23             19
    500   flush  64 KiB   none                   27,115             22             18
    500   flush  64 KiB   gzip                    9,892             52             49
    500   flush  256 KiB  lz4                    29,173             32             16

A linger of its own only costs: whoever appends waits for it. The flush keeps the client's thread
from sending the first record alone. lz4 costs no more than nothing, and spares network and disk.
"""

OVERDUE_S = 30
"""The client itself gives a record up at its delivery timeout; later than that it is stuck."""

Placed = tuple[TopicPartition, NewRecord]


class Writer:
    """The idempotent producer of one process; any number of threads may append.

    An append that runs out of time leaves its records on their way: the next one that brings
    them again waits for those instead of sending them a second time. So a broker that is slow
    or away for minutes costs neither order nor memory beyond what the outbox holds anyway.
    """

    def __init__(self, settings: BrokerSettings) -> None:
        """Connect. Raises what ``translated`` makes of the client's errors."""
        self._within_s = settings.append_within_ms / 1000
        self._overdue_s = settings.delivery_timeout_ms / 1000 + OVERDUE_S
        self._names = Names(settings.prefix)
        self._lock = Lock()
        self._underway: dict[Placed, deque[tuple[Any, float]]] = {}
        self._broken: str | None = None
        self._open = True
        with translated():
            self._producer = KafkaProducer(
                **settings.connection(),
                acks="all",
                enable_idempotence=True,
                allow_auto_create_topics=False,
                batch_size=BATCH_BYTES,
                compression_type=COMPRESSION,
                delivery_timeout_ms=settings.delivery_timeout_ms,
                linger_ms=LINGER_MS,
                max_block_ms=settings.append_within_ms,
                max_request_size=MAX_BATCH_BYTES,
                metrics_enabled=False,
            )

    def append(self, records: Sequence[Placed]) -> None:
        """Append in order and wait until every replica in sync has all of it.

        Raises ``Unavailable`` when that is not known in time, ``Rejected``
        (``record_too_large``) before anything is sent, or ``broker_forbidden`` where this user
        may not write to one of the topics.
        """
        for _, record in records:
            _check_size(record)
        deadline = time.monotonic() + self._within_s
        with self._lock:
            if not self._open:
                raise RuntimeError("the log is closed")
            if self._broken is not None:
                raise _given_up(self._broken)
            sent = self._send(records)
        with contextlib.suppress(errors.KafkaTimeoutError):
            # Sends what lingers; so an append goes out whole, whatever the linger.
            self._producer.flush(timeout=max(deadline - time.monotonic(), 0.001))
        self._settle(sent)

    def _send(self, records: Sequence[Placed]) -> list[tuple[Placed, Any, float]]:
        now = time.monotonic()
        sent: list[tuple[Placed, Any, float]] = []
        try:
            for placed in records:
                known = self._underway.get(placed)
                if known:
                    future, since = known.popleft()
                    if not known:
                        del self._underway[placed]
                else:
                    place, record = placed
                    since = now
                    future = self._producer.send(
                        self._names.outside(place.topic),
                        value=record.value,
                        key=record.key.encode(),
                        partition=place.partition,
                    )
                sent.append((placed, future, since))
        except errors.KafkaError as error:  # no metadata in time
            self._leave_underway(sent)
            raise meaning(error) from error
        return sent

    def _settle(self, sent: Sequence[tuple[Placed, Any, float]]) -> None:
        # Looked at before what has failed: what fails between the two looks is no success.
        pending = [entry for entry in sent if not entry[1].is_done]
        failed = next((future for _, future, _ in sent if future.failed()), None)
        if failed is not None:
            self._give_up(failed.exception)
            if isinstance(failed.exception, errors.AuthorizationError):  # it was taken away
                raise meaning(failed.exception)
            raise _given_up(str(self._broken))
        if not pending:
            return
        with self._lock:
            # Those that arrived as well: whoever repeats an append repeats it whole.
            self._leave_underway(sent)
        raise Unavailable(
            "log_unavailable",
            f"The broker has not confirmed {len(pending)} of {len(sent)} records in time.",
            f"消息代理未在规定时间内确认 {len(sent)} 条记录中的 {len(pending)} 条。",
        )

    def _leave_underway(self, sent: Sequence[tuple[Placed, Any, float]]) -> None:
        for placed, future, since in sent:
            self._underway.setdefault(placed, deque()).append((future, since))

    def _give_up(self, error: BaseException | None) -> None:
        self._broken = f"{type(error).__name__}: {error}"
        logger.critical("the producer gave a record up: %s", self._broken)

    def trouble(self) -> str | None:
        """Say why this producer will never work again, where that is so.

        Once the client has given up a record that it had sent, later ones stay pending for
        ever (kafka-python 3.0): the process has to end, and the outbox brings all of it again.
        """
        now = time.monotonic()
        with self._lock:
            waiting = [entry for known in self._underway.values() for entry in known]
        for future, since in waiting:
            if future.failed() and self._broken is None:
                self._give_up(future.exception)
            elif not future.is_done and now - since > self._overdue_s and self._broken is None:
                self._broken = f"a record is on its way for {now - since:.0f} s"
        return None if self._broken is None else f"the producer is stuck: {self._broken}"

    def close(self, within_s: float = 2.0) -> None:
        """Give what is on its way a moment, then end the client, whatever state it is in."""
        with self._lock:
            if not self._open:
                return
            self._open = False
        try:
            self._producer.close(timeout=within_s)
        except errors.KafkaError as error:  # a flush that runs out of time leaves it half closed
            logger.warning("the producer ended with records on their way: %s", error)
            self._producer._sender.force_close()
            self._producer._closed = True


def _check_size(record: NewRecord) -> None:
    size = len(record.value) + len(record.key.encode())
    if size > MAX_RECORD_BYTES:
        raise Rejected(
            "record_too_large",
            f"A record for {record.topic} has {size} bytes; {MAX_RECORD_BYTES} is the most.",
            f"发往 {record.topic} 的记录为 {size} 字节，上限为 {MAX_RECORD_BYTES} 字节。",
        )


def _given_up(reason: str) -> Unavailable:
    return Unavailable(
        "log_unavailable",
        f"The producer gave up and takes nothing more: {reason}.",
        f"消息写入端已失效，不再接受记录：{reason}。",
    )
