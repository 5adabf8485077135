"""Full visits against the real processes: first as many as they take, then 50 a second."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.harness.nodes_client import Endpoints
from tests.bench.on_servers.gate import require_sound
from tests.bench.on_servers.groups import await_joined
from tests.bench.on_servers.message_leg import ROLES, groups_of
from tests.bench.on_servers.network import BenchNetwork
from tests.bench.on_servers.preparing import Preparation
from tests.bench.on_servers.processes import RoleChildren
from tests.bench.on_servers.use import Uses, look
from tests.bench.on_servers.visit_load import Played, play_at_once, play_open_loop
from tests.bench.on_servers.watching import await_quiet
from tests.bench.on_servers.workload import Workload

CLIENTS = 256
"""Counters of three regions that always have somebody; with 64 there were a third fewer visits a
second, for batches were smaller."""
A_SECOND = 50
WARM_UP = 100
"""Visits before the clock starts: connections, plans and code that is made on first use."""


@dataclass(frozen=True, slots=True)
class FullVisits:
    """One run: ``at_once`` with many clients, ``paced`` at a fixed rate; use by visit at once."""

    at_once: Played
    paced: Played
    used: Uses
    paced_used: Uses


def run_full_visits(
    network: BenchNetwork,
    workload: Workload,
    paced: int,
    processes: Mapping[str, int],
    folder: Path,
) -> FullVisits:
    """Play the workload's visits, the last ``paced`` of them at a fixed rate.

    Raises ``BenchError`` when a visit is not settled, or the books are wrong afterwards.
    """
    network.make_topics()
    with Preparation(network) as preparation:
        preparation.register(workload)
    warm_up, visits = workload.visits[:WARM_UP], workload.visits[WARM_UP:]
    with RoleChildren(network, processes, folder) as children:
        await_joined(network.broker, groups_of(network, processes))
        await_quiet(network, children)  # filings take effect when insured regions read them
        pids = {role: [child.pid for child in children.of(role)] for role in ROLES}
        endpoints = Endpoints(*(children.addresses(role) for role in ("care", "insured", "house")))
        asyncio.run(play_at_once(endpoints, warm_up, CLIENTS))
        began = look(network.servers, pids)
        first = asyncio.run(play_at_once(endpoints, visits[:-paced], CLIENTS))
        used = look(network.servers, pids).since(began)
        await_quiet(network, children)
        began = look(network.servers, pids)
        second = asyncio.run(play_open_loop(endpoints, visits[-paced:], A_SECOND))
        paced_used = look(network.servers, pids).since(began)
        await_quiet(network, children)
    fund_fen = workload.fund_fen + workload.account_fen
    require_sound(network, len(workload.visits), fund_fen)
    return FullVisits(first, second, used, paced_used)
