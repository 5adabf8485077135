"""The message leg: settle requests in Kafka → decided → recorded on both sides → in the journal.

Everything is prepared before the clock starts: visits, fee lines and settle requests in the
care nodes' databases, members and filings in the insured nodes', all processes joined to their
groups, the insured ones stopped, every request on the broker. The clock runs from the moment in
which the insured processes go on to that in which the journal has its last line.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.broker.log import BrokerLog
from clearing.messages import Role
from clearing.ports import NewRecord
from services.node.reading_group import group_of
from tests.bench.child import BenchError
from tests.bench.on_servers.batch_sizes import Batches, look_at_batches
from tests.bench.on_servers.gate import Counted, require_sound
from tests.bench.on_servers.groups import await_joined
from tests.bench.on_servers.network import BenchNetwork
from tests.bench.on_servers.preparing import Preparation
from tests.bench.on_servers.processes import RoleChildren
from tests.bench.on_servers.use import Uses, look
from tests.bench.on_servers.watching import await_quiet, await_resting
from tests.bench.on_servers.workload import Workload

APPEND_RECORDS = 2_000
ROLES = ("insured", "care", "house")


@dataclass(frozen=True, slots=True)
class MessageLeg:
    """One run. ``quiet_s`` is until nothing was left to read or to send anywhere.

    ``sent`` are the messages that lay on the broker when the clock started. ``batch_sizes`` is
    how many messages a transaction of each role had on average, at the house how many lines:
    one message tells it of many.
    """

    settlements: int
    took_s: float
    quiet_s: float
    used: Uses
    counted: Counted
    sent: list[NewRecord]
    batch_sizes: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Settlements a second."""
        return self.settlements / self.took_s


def run_message_leg(
    network: BenchNetwork, workload: Workload, processes: Mapping[str, int], folder: Path
) -> MessageLeg:
    """Prepare, run, count. Raises ``BenchError`` when the books are not what they should be."""
    network.make_topics()
    with Preparation(network) as preparation:
        preparation.register(workload)
        records = preparation.settle(workload.visits)
    with RoleChildren(network, processes, folder) as children:
        await_joined(network.broker, groups_of(network, processes))
        await_quiet(network, children)  # filings take effect when insured regions read them
        pids = {role: [child.pid for child in children.of(role)] for role in ROLES}
        batches_before = look_at_batches(children.children)
        for child in children.of("insured"):
            child.signal(signal.SIGSTOP)
        _append(network, records)
        before, began = look(network.servers, pids), time.monotonic()
        for child in children.of("insured"):
            child.signal(signal.SIGCONT)
        last_at = await_resting(network, children, len(workload.visits))
        used = look(network.servers, pids).since(before)
        quiet_at = await_quiet(network, children)
        batches = look_at_batches(children.children).since(batches_before)
    fund_fen = workload.fund_fen + workload.account_fen
    counted = require_sound(network, len(workload.visits), fund_fen)
    if counted.debits != workload.debits:
        raise BenchError(f"{counted.debits} debits, not {workload.debits}")
    settlements = len(workload.visits)
    sizes = _batch_sizes(batches, counted.reported_care + counted.reported_payer)
    return MessageLeg(settlements, last_at - began, quiet_at - began, used, counted, records, sizes)


def _batch_sizes(batches: Batches, lines: int) -> Mapping[str, float]:
    handled = {**batches.commands, "house": lines}
    return {role: handled[role] / batches.transactions[role] for role in ROLES}


def groups_of(network: BenchNetwork, processes: Mapping[str, int]) -> dict[str, int]:
    """Return the members that the group of readers of each role will have."""
    return {
        group_of(network.addresses(role)): processes[str(role)]
        for role in (Role.INSURED, Role.CARE, Role.HOUSE)
    }


def _append(network: BenchNetwork, records: Sequence[NewRecord]) -> None:
    log = BrokerLog(network.broker)
    try:
        for start in range(0, len(records), APPEND_RECORDS):
            log.append(records[start : start + APPEND_RECORDS])
    finally:
        log.close()
