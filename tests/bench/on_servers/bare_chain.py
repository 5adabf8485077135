"""Bare chains: the processes and hops of the message leg, and nothing else in them.

A message goes from table to table and from topic to topic as it does where insured regions, care
regions and the house decide and book something. The clock is the message leg's.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
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

REQUESTS, FEE_LINES, DECISIONS, LINES = "requests", "fee-lines", "decisions", "lines"
KINDS = {
    REQUESTS: Kind.INSURED,
    FEE_LINES: Kind.DETAILS,
    DECISIONS: Kind.CARE,
    LINES: Kind.HOUSE,
}

Flow = Mapping[str, Mapping[str, Sequence[str]]]
"""By hop: which topics it reads, and to which ones it sends what it has read there."""

ONE_MESSAGE: Flow = {
    "insured": {REQUESTS: [DECISIONS]},
    "care": {DECISIONS: [LINES]},
    "house": {LINES: []},
}
"""A settlement is one message, which goes from hop to hop."""

SAME_HOPS: Flow = {
    "insured": {REQUESTS: [DECISIONS, LINES], FEE_LINES: []},
    "care": {DECISIONS: [LINES]},
    "house": {LINES: []},
}
"""The messages that every settlement of the leg is made of: request and fee lines come to the
insured region, a decision goes to the care region, and both report a line to the house. What is
drawn from personal accounts elsewhere (a fourth of the settlements) is not in it."""

LOOK_S = 0.02
STALLED_S = 60.0
APPEND_RECORDS = 2_000


@dataclass(frozen=True, slots=True)
class BareChain:
    """One run."""

    settlements: int
    took_s: float
    used: Uses

    @property
    def rate(self) -> float:
        """Settlements whose messages went through the whole chain, a second."""
        return self.settlements / self.took_s


class _Chain:
    """Topics and tables of one run, under a name of their own."""

    def __init__(
        self, servers: Servers, name: str, flow: Flow, batch_sizes: Mapping[str, float]
    ) -> None:
        self.servers = servers
        self.settings = BrokerSettings(servers.bootstrap)
        self.flow = flow
        self._name = name
        self._batch_sizes = batch_sizes
        self.tables = {hop: f"{name}_{hop}" for hop in flow}

    def topic(self, of: str) -> str:
        return f"{self._name}.{of}"

    def make(self) -> None:
        plans = [
            TopicPlan(self.topic(each), SHAPES[KINDS[each]].partitions, 1, 1, None)
            for reads in self.flow.values()
            for each in reads
        ]
        topics.apply(self.settings, plans)
        with self.servers.connect() as connection:
            for table in self.tables.values():
                connection.execute(
                    f"CREATE TABLE {table}"
                    " (id bigserial PRIMARY KEY, key text NOT NULL, value bytea NOT NULL)"
                )

    def group(self, hop: str) -> str:
        return f"{self._name}.{hop}"

    def told(self, hop: str, slot: int) -> Mapping[str, object]:
        return {
            "bootstrap": self.servers.bootstrap,
            "url": self.servers.url,
            "reads": {
                self.topic(each): [self.topic(after) for after in sends]
                for each, sends in self.flow[hop].items()
            },
            "group": self.group(hop),
            "slot": f"{slot}",
            "table": self.tables[hop],
            "batch": round(self._batch_sizes[hop]),
        }

    def rows(self, sent: Mapping[str, Sequence[NewRecord]]) -> dict[str, int]:
        """Return how many rows each hop's table gets in the end."""
        messages = Counter({topic: len(records) for topic, records in sent.items()})
        for reads in self.flow.values():
            for each, sends in reads.items():
                for after in sends:
                    messages[after] += messages[each]
        return {hop: sum(messages[each] for each in reads) for hop, reads in self.flow.items()}


def run_bare_chain(
    servers: Servers,
    name: str,
    flow: Flow,
    sent: Mapping[str, Sequence[NewRecord]],
    processes: Mapping[str, int],
    batch_sizes: Mapping[str, float],
) -> BareChain:
    """Send messages through a chain; ``sent`` gives keys and bytes of those that it begins with.

    No transaction of a hop has more messages than ``batch_sizes`` says.
    Raises ``BenchError`` unless every table has every message as often as it should.
    """
    chain = _Chain(servers, name, flow, batch_sizes)
    chain.make()
    rows = chain.rows(sent)
    with _processes(chain, processes) as children:
        pids = {hop: [child.pid for child in some] for hop, some in children.items()}
        await_joined(
            chain.settings, {chain.group(hop): len(some) for hop, some in children.items()}
        )
        for child in children["insured"]:
            child.send_signal(signal.SIGSTOP)
        for topic, records in sent.items():
            _append(chain, topic, records)
        before, began = look(servers, pids), time.monotonic()
        for child in children["insured"]:
            child.send_signal(signal.SIGCONT)
        last_at = _await_all(chain, rows)
        used = look(servers, pids).since(before)
    _require_all(chain, rows, sent)
    return BareChain(len(sent[REQUESTS]), last_at - began, used)


@contextmanager
def _processes(
    chain: _Chain, processes: Mapping[str, int]
) -> Iterator[dict[str, list[subprocess.Popen[str]]]]:
    started: dict[str, list[subprocess.Popen[str]]] = {hop: [] for hop in chain.flow}
    try:
        for hop in chain.flow:
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


def _append(chain: _Chain, topic: str, records: Sequence[NewRecord]) -> None:
    log, name = BrokerLog(chain.settings), chain.topic(topic)
    try:
        for start in range(0, len(records), APPEND_RECORDS):
            some = records[start : start + APPEND_RECORDS]
            log.append([NewRecord(name, one.key, one.value) for one in some])
    finally:
        log.close()


def _await_all(chain: _Chain, rows: Mapping[str, int]) -> float:
    """Return when every table has all its rows; a look reads one row, not a table."""
    left = dict(rows)
    deadline = time.monotonic() + STALLED_S
    with chain.servers.connect() as connection:
        while True:
            for hop, count in list(left.items()):
                table = chain.tables[hop]
                row = connection.execute(
                    f"SELECT last_value, is_called FROM {table}_id_seq"
                ).fetchone()
                if row is None or not row[1] or int(str(row[0])) < count:
                    break
                if _count(chain, table) < count:
                    break
                del left[hop]
            now = time.monotonic()
            if not left:
                return now
            if now > deadline:
                raise BenchError(f"the bare chain stands still; {sorted(left)} lack rows")
            time.sleep(LOOK_S)


def _count(chain: _Chain, table: str) -> int:
    with chain.servers.connect() as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(str(row[0]))


def _require_all(
    chain: _Chain, rows: Mapping[str, int], sent: Mapping[str, Sequence[NewRecord]]
) -> None:
    requests = {record.value for record in sent[REQUESTS]}
    everything = {record.value for records in sent.values() for record in records}
    with chain.servers.connect() as connection:
        for hop, table in chain.tables.items():
            values = everything if hop == "insured" else requests
            row = connection.execute(
                f"SELECT count(*), count(DISTINCT value) FROM {table}"
            ).fetchone()
            if row != (rows[hop], len(values)):
                raise BenchError(f"{table} has {row} rows and messages, not {rows[hop]}")
            connection.execute(f"DROP TABLE {table}")
