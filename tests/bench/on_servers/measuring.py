"""Runs everything in turns, so that what disturbs one measurement disturbs the others too."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from clearing.ports import NewRecord
from services.network.roles import Roles
from services.node import topics
from tests.bench.on_servers.bare_chain import (
    FEE_LINES,
    ONE_MESSAGE,
    REQUESTS,
    SAME_HOPS,
    BareChain,
    Flow,
    run_bare_chain,
)
from tests.bench.on_servers.cases import LegCase, Scale, leg_cases, processes, visit_sizes
from tests.bench.on_servers.full_visits import FullVisits, run_full_visits
from tests.bench.on_servers.message_leg import MessageLeg, run_message_leg
from tests.bench.on_servers.network import BenchNetwork, copy_rules
from tests.bench.on_servers.rows import growth_rows, leg_rows, visit_rows
from tests.bench.on_servers.servers import Servers, versions
from tests.bench.on_servers.workload import REGIONS, Sizes, Workload, make_workload
from tests.bench.process_use import machine_description
from tests.bench.table import markdown

LEG, GROWTH, VISITS = "leg", "growth", "visits"


class Measuring:
    """Everything that is measured on a pair of servers; ``only`` is one part of it."""

    def __init__(self, servers: Servers, scale: Scale, folder: Path, only: str | None) -> None:
        self._servers = servers
        self._scale = scale
        self._folder = folder
        self._rules = copy_rules(folder / "rules")
        self._roles = Roles(self._rules)
        cases = leg_cases(scale)
        self._usual = cases[0]
        self._others = cases[1:] if only in (None, GROWTH) else []
        self._parts = {LEG, VISITS} if only is None else {LEG} if only == GROWTH else {only}
        self._workloads: dict[Sizes, Workload] = {}
        self._legs: dict[str, list[MessageLeg]] = {case.name: [] for case in cases}
        self._one_message: list[BareChain] = []
        self._same_hops: list[BareChain] = []
        self._visits: list[FullVisits] = []

    def run(self, number: int) -> None:
        """Measure everything once. Raises ``BenchError`` when something went wrong."""
        if LEG in self._parts:
            sent = _by_kind(self._leg(number, 0, self._usual))
            alone = {REQUESTS: sent[REQUESTS]}
            self._one_message.append(self._bare_chain(f"bare{number}one", ONE_MESSAGE, alone))
            self._same_hops.append(self._bare_chain(f"bare{number}same", SAME_HOPS, sent))
        for place, case in enumerate(self._others, 1):
            self._leg(number, place, case)
        if VISITS in self._parts:
            self._play(number)

    def told(self) -> str:
        """Return what was measured as Markdown."""
        parts = [self._description()]
        usual = self._legs[self._usual.name]
        if usual:
            told = markdown(leg_rows(usual, self._one_message, self._same_hops))
            parts.append(f"## The message leg\n\n{told}")
        rows = [
            row
            for case in self._others
            for row in growth_rows(case.name, self._legs[case.name], usual)
        ]
        if rows:
            parts.append(f"## How it grows\n\n{markdown(rows)}")
        if self._visits:
            parts.append(f"## Full visits over gRPC\n\n{markdown(visit_rows(self._visits))}")
        return "\n\n".join(parts)

    def _leg(self, number: int, place: int, case: LegCase) -> list[NewRecord]:
        """Run a message leg; return what lay on the broker when its clock started."""
        network = self._network(f"leg{number}x{place}")
        workload = self._workload(case.sizes)
        leg = run_message_leg(network, workload, case.processes, self._folder)
        network.drop()
        sent = list(leg.sent)
        leg.sent.clear()
        self._legs[case.name].append(leg)
        say(f"{case.name}: {leg.rate:,.0f} settlements/s")
        return sent

    def _bare_chain(
        self, name: str, flow: Flow, sent: Mapping[str, Sequence[NewRecord]]
    ) -> BareChain:
        sizes = self._legs[self._usual.name][-1].batch_sizes
        bare = run_bare_chain(self._servers, name, flow, sent, self._usual.processes, sizes)
        say(f"{name}: {bare.rate:,.0f} settlements/s")
        return bare

    def _play(self, number: int) -> None:
        network = self._network(f"visits{number}")
        workload = self._workload(visit_sizes(self._scale))
        played = run_full_visits(network, workload, self._scale.paced, processes(1), self._folder)
        network.drop()
        self._visits.append(played)
        say(f"full visits: {played.at_once.rate:,.1f} a second")

    def _network(self, name: str) -> BenchNetwork:
        return BenchNetwork(self._servers, self._roles, self._rules, name)

    def _workload(self, sizes: Sizes) -> Workload:
        if sizes not in self._workloads:
            say(f"planning {sizes.visits:,} visits of {sizes.members:,} members")
            self._workloads[sizes] = make_workload(sizes, self._roles.books)
        return self._workloads[sizes]

    def _description(self) -> str:
        memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        machine = f"{machine_description()}, {memory_gib:.0f} GiB, {platform.release()}"
        return (
            f"{machine}; {versions(self._servers)}, one broker with acks=all, the database with "
            "fsync and synchronous_commit on; broker, database, nodes and load on the same cores; "
            f"{len(REGIONS)} regions, each a care and an insured one. Nodes run with --replay: "
            "the requests wait on the broker for longer than their 20 s."
        )


def _by_kind(sent: Sequence[NewRecord]) -> Mapping[str, Sequence[NewRecord]]:
    """Return what lay on the broker by what it is: settle requests, and their fee lines."""
    details = {topics.details(region) for region in REGIONS}
    return {
        REQUESTS: [record for record in sent if record.topic not in details],
        FEE_LINES: [record for record in sent if record.topic in details],
    }


def say(text: str) -> None:
    """Tell how far it is, beside the result."""
    print(text, file=sys.stderr, flush=True)
