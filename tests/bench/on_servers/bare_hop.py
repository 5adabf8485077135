"""One hop of the bare chain, as a process: read, COPY a row a message, commit, send on, flush.

``python -m tests.bench.on_servers.bare_hop`` with a line of JSON on its input. Its clients have
the settings that the network's have; it does nothing that is not needed to move a message.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from kafka import KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from adapters.broker.settings import BrokerSettings
from adapters.broker.writer import BATCH_BYTES, COMPRESSION, LINGER_MS

POLL_MS = 200
SEND_WITHIN_S = 30


class Hop:
    """Moves messages from its topics through a table to the next topics, where there are any."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._stopping = False
        self._table = str(told["table"])
        self._sends: Mapping[str, Sequence[str]] = told["reads"]
        settings = BrokerSettings(told["bootstrap"])
        self._connection = psycopg.connect(told["url"])
        self._producer: Any = KafkaProducer(
            **settings.connection(),
            acks="all",
            enable_idempotence=True,
            batch_size=BATCH_BYTES,
            compression_type=COMPRESSION,
            linger_ms=LINGER_MS,
            metrics_enabled=False,
        )
        self._consumer: Any = KafkaConsumer(
            *self._sends,
            **settings.connection(),
            group_id=told["group"],
            group_instance_id=told["slot"],
            partition_assignment_strategy=[CooperativeStickyAssignor],
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=settings.heartbeat_interval_ms,
            max_poll_records=told["batch"],
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            metrics_enabled=False,
        )

    def run(self) -> None:
        """Go on until told to end."""
        while not self._stopping:
            pages = self._consumer.poll(POLL_MS)
            records = [record for page in pages.values() for record in page]
            if records:
                self._move(records)
        self._consumer.close(autocommit=False)
        self._producer.close()
        self._connection.close()

    def stop(self, *_: object) -> None:
        """End after this batch."""
        self._stopping = True

    def _move(self, records: Sequence[Any]) -> None:
        with (
            self._connection.transaction(),
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {self._table} (key, value) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(["text", "bytea"])
            for record in records:
                copy.write_row((record.key.decode(), record.value))
        sent = [
            self._producer.send(topic, record.value, record.key)
            for record in records
            for topic in self._sends[record.topic]
        ]
        if sent:
            self._producer.flush(SEND_WITHIN_S)
            for each in sent:
                each.get(0)
        self._consumer.commit_async()


def main() -> int:
    """Read what to do, do it until the process is asked to end."""
    hop = Hop(json.loads(sys.stdin.readline()))
    signal.signal(signal.SIGTERM, hop.stop)
    hop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
