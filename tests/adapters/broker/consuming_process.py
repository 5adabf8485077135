"""A process that carries messages out until it is killed, or kills itself at a fatal moment.

``python -m … ADDRESS PREFIX DATABASE DIE_AFTER``: reads the topic ``work`` as reader ``a`` of
group ``g``, writes effect and offset in one transaction each, tells the broker the offset after
it. With ``DIE_AFTER`` above 0 it kills itself (−9) after so many transactions, at the moment
between the database's commit and the offset's. It ends by itself once it has seen ``end`` in
every partition.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Sequence

from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from clearing.ports import LogRecord, TopicPartition

SCHEMA = """
CREATE TABLE IF NOT EXISTS effect (
    number INTEGER PRIMARY KEY AUTOINCREMENT, place INTEGER, value TEXT UNIQUE
);
CREATE TABLE IF NOT EXISTS next_offset (place INTEGER PRIMARY KEY, next INTEGER);
"""


class Consumer:
    """The loop of a node without anything that is a node's."""

    def __init__(self, address: str, prefix: str, database: str, die_after: int) -> None:
        settings = BrokerSettings(
            address, prefix=prefix, session_timeout_ms=3_000, heartbeat_interval_ms=500
        )
        self._log = BrokerLog(settings)
        self._reader = self._log.join("g", "a", ["work"])
        self._database = sqlite3.connect(database, isolation_level=None)
        self._database.executescript(SCHEMA)
        self._die_after = die_after
        self._ended: set[int] = set()

    def run(self) -> None:
        """Carry out what comes until every partition has ended."""
        places = len(self._log.partitions("work"))
        mark = 0
        while len(self._ended) < places:
            self._place()
            records = self._reader.read(20)
            if records:
                self._carry_out(records)
            else:
                mark = self._log.wait(mark, 0.5)
        self._log.close()

    def _place(self) -> None:
        unplaced = self._reader.unplaced()
        if unplaced:
            known = dict(self._database.execute("SELECT place, next FROM next_offset").fetchall())
            self._reader.place({place: known.get(place.partition, 0) for place in unplaced})

    def _carry_out(self, records: Sequence[LogRecord]) -> None:
        offsets: dict[TopicPartition, int] = {}
        self._database.execute("BEGIN IMMEDIATE")
        for record in records:
            value = record.value.decode()
            if value == "end":
                self._ended.add(record.partition)
            else:
                self._database.execute(
                    "INSERT INTO effect (place, value) VALUES (?, ?)", (record.partition, value)
                )
            offsets[TopicPartition(record.topic, record.partition)] = record.offset + 1
        for place, offset in offsets.items():
            self._database.execute(
                "INSERT OR REPLACE INTO next_offset VALUES (?, ?)", (place.partition, offset)
            )
        self._database.execute("COMMIT")
        self._die_after -= 1
        if self._die_after == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._log.commit_offsets("g", offsets.items())
        print("committed", flush=True)


if __name__ == "__main__":
    _, address, prefix, database, die_after = sys.argv
    Consumer(address, prefix, database, int(die_after)).run()
