"""Full visits over gRPC: look-up, open, upload of 20 lines, quote, settle.

One event loop plays them: either so many at a time, each as soon as the one before it is over,
or so many a second, whatever becomes of the ones before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from protos.common.v1 import common_pb2
from services.harness import requests
from services.harness.corpus import Visit
from services.harness.nodes_client import Endpoints, NodesClient
from tests.bench.child import BenchError

CALL_WITHIN_S = 60.0

Play = Callable[[Visit], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Calls:
    """How long each settle call and each visit took, in ms."""

    settle_ms: list[float] = field(default_factory=list)
    visit_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Played:
    """Visits that were played, over how long, and how long their calls took."""

    visits: int
    took_s: float
    calls: Calls

    @property
    def rate(self) -> float:
        """Visits a second."""
        return self.visits / self.took_s


class _Player:
    def __init__(self, nodes: NodesClient, calls: Calls) -> None:
        self._care = nodes.care
        self._calls = calls

    async def play(self, visit: Visit) -> None:
        began = time.perf_counter()
        care = self._care
        await care.LookUpMember(requests.look_up(visit), timeout=CALL_WITHIN_S)
        opened = await care.OpenVisit(requests.open_visit(visit), timeout=CALL_WITHIN_S)
        visit_id = opened.visit_id
        upload = requests.upload_lines(visit, visit_id, "lines", visit.lines)
        await care.UploadFeeLines(upload, timeout=CALL_WITHIN_S)
        await care.Quote(requests.quote(visit, visit_id), timeout=CALL_WITHIN_S)
        request = requests.settle(visit, visit_id, "settle", visit.settle_at)
        asked = time.perf_counter()
        answer = await care.Settle(request, timeout=CALL_WITHIN_S)
        ended = time.perf_counter()
        if answer.state != common_pb2.SETTLEMENT_STATE_SETTLED:
            state = common_pb2.SettlementState.Name(answer.state)
            raise BenchError(f"{visit.key} is {state}, not settled")
        self._calls.settle_ms.append((ended - asked) * 1000)
        self._calls.visit_ms.append((ended - began) * 1000)


async def play_at_once(endpoints: Endpoints, visits: Sequence[Visit], clients: int) -> Played:
    """Play visits, so many at a time."""
    waiting = iter(visits)

    async def play_all(play: Play) -> None:
        async def client() -> None:
            for visit in waiting:
                await play(visit)

        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(client())

    return await _play(endpoints, len(visits), play_all)


async def play_open_loop(endpoints: Endpoints, visits: Sequence[Visit], a_second: int) -> Played:
    """Begin a visit at each of its moments, so many a second, however long others last."""

    async def play_all(play: Play) -> None:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number, visit in enumerate(visits):
                due = began + number / a_second
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(play(visit))

    return await _play(endpoints, len(visits), play_all)


async def _play(
    endpoints: Endpoints,
    visits: int,
    play_all: Callable[[Play], Awaitable[None]],
) -> Played:
    calls = Calls()
    async with NodesClient(endpoints) as nodes:
        player = _Player(nodes, calls)
        began = time.perf_counter()
        try:
            await play_all(player.play)
        except BaseExceptionGroup as failures:
            raise BenchError(f"a visit failed: {failures.exceptions[0]!r}") from failures
        took_s = time.perf_counter() - began
    return Played(visits, took_s, calls)
