"""The bare chain: as many hops and processes as the message leg, and nothing else in them.

A message goes through three tables and over two topics more: what insured region, care region
and house would do if there were nothing to decide. The clock is the message leg's.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from adapters.broker import topics
from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from adapters.broker.topics import TopicPlan
from clearing.ports import NewRecord
from services.network.topic_plan import SHAPES, Kind
from tests.bench.child import BenchError
from tests.bench.on_servers.groups import await_joined
from tests.bench.on_servers.servers import Servers
from tests.bench.on_servers.use import Uses, look

HOPS = {"insured": Kind.INSURED, "care": Kind.CARE, "house": Kind.HOUSE}
BATCH = 500
LOOK_S = 0.02
STALLED_S = 60.0
APPEND_RECORDS = 2_000


@dataclass(frozen=True, slots=True)
class BareChain:
    """One run. ``settlements`` is of how many the messages were."""

    messages: int
    settlements: int
    took_s: float
    used: Uses

    @property
    def rate(self) -> float:
        """Messages through the whole chain, a second."""
        return self.messages / self.took_s

    @property
    def settlement_rate(self) -> float:
        """Settlements whose messages went through the whole chain, a second."""
        return self.settlements / self.took_s


class _Chain:
    """Topics and tables of one run, under a name of their own."""

    def __init__(self, servers: Servers, name: str) -> None:
        self.servers = servers
        self.settings = BrokerSettings(servers.bootstrap)
        self.topics = {hop: f"{name}.{hop}" for hop in HOPS}
        self.tables = {hop: f"{name}_{hop}" for hop in HOPS}

    def make(self) -> None:
        plans = [
            TopicPlan(self.topics[hop], SHAPES[kind].partitions, 1, 1, None)
            for hop, kind in HOPS.items()
        ]
        topics.apply(self.settings, plans)
        with self.servers.connect() as connection:
            for table in self.tables.values():
                connection.execute(
                    f"CREATE TABLE {table}"
                    " (id bigserial PRIMARY KEY, key text NOT NULL, value bytea NOT NULL)"
                )

    def told(self, hop: str, slot: int) -> Mapping[str, object]:
        after = list(HOPS)[list(HOPS).index(hop) + 1 :]
        return {
            "bootstrap": self.servers.bootstrap,
            "url": self.servers.url,
            "topic": self.topics[hop],
            "group": self.topics[hop],
            "slot": f"{slot}",
            "table": self.tables[hop],
            "next": self.topics[after[0]] if after else None,
            "batch": BATCH,
        }


def run_bare_chain(
    servers: Servers,
    name: str,
    values: Sequence[NewRecord],
    processes: Mapping[str, int],
    settlements: int,
) -> BareChain:
    """Send messages of so many settlements through the chain; ``values`` give keys and bytes.

    Raises ``BenchError`` unless every table has every message once.
    """
    chain = _Chain(servers, name)
    chain.make()
    with _processes(chain, processes) as children:
        pids = {hop: [child.pid for child in some] for hop, some in children.items()}
        await_joined(
            chain.settings, {chain.topics[hop]: len(some) for hop, some in children.items()}
        )
        for child in children["insured"]:
            child.send_signal(signal.SIGSTOP)
        _append(chain, values)
        before, began = look(servers, pids), time.monotonic()
        for child in children["insured"]:
            child.send_signal(signal.SIGCONT)
        last_at = _await_all(chain, len(values))
        used = look(servers, pids).since(before)
    _require_all(chain, len(values))
    return BareChain(len(values), settlements, last_at - began, used)


@contextmanager
def _processes(
    chain: _Chain, processes: Mapping[str, int]
) -> Iterator[dict[str, list[subprocess.Popen[str]]]]:
    started: dict[str, list[subprocess.Popen[str]]] = {hop: [] for hop in HOPS}
    try:
        for hop in HOPS:
            for slot in range(1, processes[hop] + 1):
                child = subprocess.Popen(
                    [sys.executable, "-m", "tests.bench.on_servers.bare_hop"],
                    stdin=subprocess.PIPE,
                    text=True,
                    env=os.environ,
                )
                started[hop].append(child)
                assert child.stdin is not None
                print(json.dumps(chain.told(hop, slot)), file=child.stdin, flush=True)
        yield started
    finally:
        children = [child for some in started.values() for child in some]
        for child in children:
            child.send_signal(signal.SIGCONT)
            child.terminate()
        for child in children:
            child.communicate()


def _append(chain: _Chain, values: Sequence[NewRecord]) -> None:
    log = BrokerLog(chain.settings)
    try:
        for start in range(0, len(values), APPEND_RECORDS):
            some = values[start : start + APPEND_RECORDS]
            log.append([NewRecord(chain.topics["insured"], one.key, one.value) for one in some])
    finally:
        log.close()


def _await_all(chain: _Chain, count: int) -> float:
    """Return when the last table has so many rows; a look reads one row, not the table."""
    last = list(chain.tables.values())[-1]
    deadline = time.monotonic() + STALLED_S
    with chain.servers.connect() as connection:
        while True:
            row = connection.execute(f"SELECT last_value, is_called FROM {last}_id_seq").fetchone()
            now = time.monotonic()
            if row is not None and row[1] and int(str(row[0])) >= count and _has(chain, count):
                return now
            if now > deadline:
                raise BenchError(f"the bare chain stands still at {row}")
            time.sleep(LOOK_S)


def _has(chain: _Chain, count: int) -> bool:
    last = list(chain.tables.values())[-1]
    with chain.servers.connect() as connection:
        row = connection.execute(f"SELECT count(*) FROM {last}").fetchone()
    return row is not None and int(str(row[0])) >= count


def _require_all(chain: _Chain, count: int) -> None:
    with chain.servers.connect() as connection:
        for table in chain.tables.values():
            row = connection.execute(
                f"SELECT count(*), count(DISTINCT value) FROM {table}"
            ).fetchone()
            if row != (count, count):
                raise BenchError(f"{table} has {row} rows and messages, not {count}")
            connection.execute(f"DROP TABLE {table}")
