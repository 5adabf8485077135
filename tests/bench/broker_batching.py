"""What batching costs and gives, on a broker and with messages that a network really sent.

``python -m tests.bench.broker_batching HOST:PORT LOG`` where ``LOG`` is the file of an embedded
log (``yidi demo`` leaves one at ``var/log/log.sqlite3``). Each line is the median of the rounds,
which take turns. CPU is this process's, so it includes the client's own thread.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient

from clearing.partitions import partition_of

PARTITIONS = 4
ROUNDS = 5
RECORDS = 8_000


@dataclass(frozen=True, slots=True)
class Way:
    """One setting of the producer. ``linger_ms`` of ``None`` lingers until the flush."""

    append: int
    linger_ms: int | None
    batch_bytes: int
    compression: str | None


WAYS = [
    Way(append, linger_ms, batch_bytes, compression)
    for append in (20, 500)
    for linger_ms, batch_bytes, compression in (
        (0, 16_384, None),
        (0, 65_536, "lz4"),
        (5, 65_536, "lz4"),
        (20, 65_536, "lz4"),
        (None, 16_384, "lz4"),
        (None, 65_536, None),
        (None, 65_536, "lz4"),
        (None, 65_536, "gzip"),
        (None, 262_144, "lz4"),
    )
]


def _messages(log: str) -> list[tuple[bytes, bytes]]:
    with sqlite3.connect(f"file:{log}?mode=ro", uri=True) as file:
        rows = file.execute("SELECT record_key, value FROM records ORDER BY position").fetchall()
    found = [(key.encode(), value) for key, value in rows]
    return [found[at % len(found)] for at in range(RECORDS)]


def _run(way: Way, broker: str, topic: str, messages: list[tuple[bytes, bytes]]) -> list[float]:
    """Return records a second, CPU µs a record and the median append in ms."""
    producer: Any = KafkaProducer(
        bootstrap_servers=broker,
        acks="all",
        enable_idempotence=True,
        linger_ms=1_000 if way.linger_ms is None else way.linger_ms,
        batch_size=way.batch_bytes,
        compression_type=way.compression,
        metrics_enabled=False,
    )
    producer.partitions_for(topic)
    took_ms = []
    begun, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(messages), way.append):
        at = time.perf_counter()
        futures = [
            producer.send(topic, value, key, partition=partition_of(key.decode(), PARTITIONS))
            for key, value in messages[start : start + way.append]
        ]
        if way.linger_ms is None:
            producer.flush(60)
        for future in futures:
            future.get(60)
        took_ms.append((time.perf_counter() - at) * 1000)
    took_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    producer.close()
    count = len(messages)
    return [count / took_s, cpu_s * 1e6 / count, statistics.median(took_ms)]


def main(broker: str, log: str) -> None:
    """Measure every way in turns and print a table."""
    messages = _messages(log)
    mean = sum(len(value) for _, value in messages) / len(messages)
    topic = f"batching-{time.time_ns()}"
    admin: Any = KafkaAdminClient(bootstrap_servers=broker)
    admin.create_topics({topic: {"num_partitions": PARTITIONS}}, wait_for_metadata=False)
    admin.wait_for_topics([topic])
    results: dict[Way, list[list[float]]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way in WAYS:
            results[way].append(_run(way, broker, topic, messages))
    admin.delete_topics([topic])
    admin.close()
    print(f"{len(messages)} records of {mean:.0f} bytes a run, {ROUNDS} runs, medians")
    print("append  linger  batch    codec  records/s  CPU µs  append ms")
    for way, runs in results.items():
        rate, cpu, took = (statistics.median(column) for column in zip(*runs, strict=True))
        linger = "flush" if way.linger_ms is None else str(way.linger_ms)
        print(
            f"{way.append:6} {linger:>7} {way.batch_bytes:6} {way.compression or '-':>8}"
            f" {rate:10.0f} {cpu:7.1f} {took:10.1f}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:3])
