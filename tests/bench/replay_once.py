"""Replays a corpus through a network of its own, and prints what that took as JSON.

The replay compares every visit and every balance with what the corpus expects, so a figure
stands only for work that was done right.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from services.harness.checkpoint import Checkpoint, checkpoint_path
from services.harness.folder import CorpusFolder
from services.harness.nodes_client import Endpoints, NodesClient
from services.harness.replay import Replay, ReplayOutcome
from tests.bench.child import BenchError, serving
from tests.bench.process_use import ProcessUse, use_of

NETWORK = "tests.bench.counted_network"


@dataclass(slots=True)
class Traffic:
    """Unary calls and their payloads."""

    calls: int = 0
    request_bytes: int = 0
    answer_bytes: int = 0


@dataclass(slots=True)
class ReplayFigures:
    """One replay. ``played_s`` runs from the first registration to the last visit's answer.

    ``resident_kib`` is the network's, by tenths of the visits done. ``network_cpu_s`` and
    ``driver_cpu_s`` are those of the visits alone.
    """

    visits: int
    played_s: float
    compared_s: float
    states: dict[str, int]
    journal_lines: int
    traffic: Traffic
    resident_kib: dict[int, int] = field(default_factory=dict)
    network_cpu_s: float | None = None
    driver_cpu_s: float | None = None
    durable: dict[str, int] = field(default_factory=dict)


class CountingClient(NodesClient):
    """Counts the calls that were answered."""

    def __init__(self, endpoints: Endpoints) -> None:
        super().__init__(endpoints)
        self.traffic = Traffic()

    async def call(self, method: Any, request: Any) -> Any:
        answer = await super().call(method, request)
        self.traffic.calls += 1
        self.traffic.request_bytes += request.ByteSize()
        self.traffic.answer_bytes += answer.ByteSize()
        return answer


class Watch:
    """Looks at the network and at this process while the replay tells how far it is."""

    def __init__(self, network: int, traffic: Traffic) -> None:
        self._network = network
        self._traffic = traffic
        self._total = 0
        self._playing = False
        self.began: tuple[ProcessUse, ProcessUse] | None = None
        self.ended: tuple[ProcessUse, ProcessUse] | None = None
        self.before, self.after = Traffic(), Traffic()
        self.ended_at = 0.0
        self.resident_kib: dict[int, int] = {}

    def stage(self, name: str, total: int) -> None:
        self._playing = name == "visits"
        if self._playing:
            self._total = total
            self.began = self._look()
            self.before = Traffic(**asdict(self._traffic))
        elif name == "results":
            self.ended = self._look()
            self.ended_at = time.monotonic()
            self.after = Traffic(**asdict(self._traffic))

    def at(self, done: int) -> None:
        tenth = done * 10 // self._total if self._total else 0
        if self._playing and tenth and tenth not in self.resident_kib:
            resident_kib = use_of(self._network).resident_kib
            if resident_kib is not None:
                self.resident_kib[tenth] = resident_kib

    def _look(self) -> tuple[ProcessUse, ProcessUse]:
        return use_of(self._network), use_of(os.getpid())

    def cpu_s(self, which: int) -> float | None:
        """Return the processor time of the visits: 0 the network's, 1 this process's."""
        assert self.began is not None
        assert self.ended is not None
        first, last = self.began[which].cpu_s, self.ended[which].cpu_s
        return None if first is None or last is None else last - first


async def replay_once(corpus: CorpusFolder, data: Path) -> ReplayFigures:
    """Replay the corpus into an empty data folder."""
    with serving(NETWORK, [str(data)]) as network:
        endpoints = Endpoints(**network.said)
        checkpoint = Checkpoint(checkpoint_path(data, corpus.digest()))
        try:
            nodes = CountingClient(endpoints)
            async with nodes:
                watch = Watch(network.pid, nodes.traffic)
                outcome = await Replay(corpus, nodes, checkpoint, watch).run()
                compared_s = time.monotonic() - watch.ended_at
        finally:
            checkpoint.close()
    figures = _figures(outcome, watch, compared_s)
    figures.durable = network.told
    return figures


def _figures(outcome: ReplayOutcome, watch: Watch, compared_s: float) -> ReplayFigures:
    if outcome.resumed or len(outcome.report) != outcome.visits:
        raise BenchError("not every visit was played and compared in this run")
    before, after = watch.before, watch.after
    return ReplayFigures(
        outcome.visits,
        outcome.played_s,
        compared_s,
        dict(outcome.states),
        sum(lines for _, lines in outcome.balances.positions.values()),
        Traffic(
            after.calls - before.calls,
            after.request_bytes - before.request_bytes,
            after.answer_bytes - before.answer_bytes,
        ),
        watch.resident_kib,
        watch.cpu_s(0),
        watch.cpu_s(1),
    )


def main(arguments: list[str]) -> int:
    """Take the corpus and the data folder."""
    corpus, data = arguments
    figures = asyncio.run(replay_once(CorpusFolder(Path(corpus)), Path(data)))
    print(json.dumps(asdict(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
