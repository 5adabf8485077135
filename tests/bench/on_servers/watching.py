"""Waiting for a network to come to rest, by looks at its databases that cost it little."""

from __future__ import annotations

import time

from adapters.broker.log import BrokerLog
from clearing.journal import JOURNAL
from clearing.messages import HOUSE, Role
from services.node import topics
from tests.bench.child import BenchError
from tests.bench.on_servers.network import BenchNetwork
from tests.bench.on_servers.processes import RoleChildren

LOOK_S = 0.02
REST_S = 1.5
"""The journal has its last line when none followed for so long and nothing is on its way."""

STALLED_S = 60.0


def await_resting(network: BenchNetwork, children: RoleChildren, least: int) -> float:
    """Return when the journal got its last line, a ``time.monotonic``.

    A look reads one row by its key. Raises ``BenchError`` when the journal stands still with
    fewer than ``least`` lines, or a process ends.
    """
    schema = network.schema(HOUSE)
    statement = f"SELECT sequence FROM \"{schema}\".chain_head WHERE chain = '{JOURNAL}'"
    seen, changed_at = 0, time.monotonic()
    with network.servers.connect() as connection:
        while True:
            row = connection.execute(statement).fetchone()
            sequence = 0 if row is None else int(str(row[0]))
            now = time.monotonic()
            if sequence != seen:
                seen, changed_at = sequence, now
            elif seen >= least and now - changed_at > REST_S:
                return changed_at
            elif now - changed_at > STALLED_S:
                raise BenchError(f"the journal stands still at {seen} lines")
            children.require_running()
            time.sleep(LOOK_S)


def await_quiet(network: BenchNetwork, children: RoleChildren) -> float:
    """Return when everything was read and sent; raises ``BenchError`` as ``await_resting``."""
    log = BrokerLog(network.broker)
    deadline = time.monotonic() + STALLED_S
    try:
        while _unread(network, log) or _unsent(network):
            if time.monotonic() > deadline:
                raise BenchError("messages are left over")
            children.require_running()
            time.sleep(0.1)
    finally:
        log.close()
    return time.monotonic()


def _unread(network: BenchNetwork, log: BrokerLog) -> int:
    left = 0
    with network.servers.connect() as connection:
        for role in Role:
            for address in network.addresses(role):
                rows = connection.execute(
                    f'SELECT topic, partition, next_offset FROM "{network.schema(address)}"'
                    ".consumed_offset"
                )
                stands = {(row[0], row[1]): int(str(row[2])) for row in rows}
                for topic in topics.read_by(address):
                    for place, mark in log.high_marks(topic).items():
                        left += mark - stands.get((place.topic, place.partition), 0)
    return left


def _unsent(network: BenchNetwork) -> int:
    left = 0
    with network.servers.connect() as connection:
        for role in Role:
            for address in network.addresses(role):
                row = connection.execute(
                    f'SELECT count(*) FROM "{network.schema(address)}".outbox'
                ).fetchone()
                left += 0 if row is None else int(str(row[0]))
    return left
