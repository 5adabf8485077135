"""Callers who hang up leave nothing behind, and none waits longer than was promised."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.embedded.log import EmbeddedLog
from clearing.errors import Unavailable
from services.node import rpc
from services.node.command import Request
from services.node.rpc import RpcService
from services.node.worker import Worker
from tests.network_pump import FakeClock
from tests.services.node.plain_node import HERE, Add, AskHouse, PlainNode, Show, opened, request

ASKS_LATE: Any = SimpleNamespace(
    endpoint=SimpleNamespace(late=lambda _payload, _meta: Show("x"), waits=True)
)


@pytest.fixture
def node() -> Iterator[PlainNode]:
    with opened() as found:
        yield found


@pytest.fixture
def worker(node: PlainNode) -> Iterator[Worker]:
    log = EmbeddedLog(":memory:", FakeClock())
    log.ensure_topic("yidi.care.310000", 1)
    log.ensure_topic("yidi.house", 1)
    made = Worker([node.machine], log)
    made.start()
    yield made
    made.stop()
    log.close()


def test_a_caller_who_hangs_up_leaves_no_future_behind(worker: Worker) -> None:
    service = RpcService("x", [], worker)

    async def hang_up() -> None:
        call = asyncio.ensure_future(service._answer(ASKS_LATE, HERE, request(AskHouse("a"), "q1")))
        while not worker._waiting._calls and not call.done():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call

    async def repeat() -> None:
        for _ in range(5):
            await hang_up()

    asyncio.run(repeat())
    (calls,) = worker._waiting._calls.values()
    assert all(call.cancelled() for call in calls)
    assert len(calls) == 1


def test_who_gets_no_late_answer_either_is_told_that_it_is_not_carried_out_yet(
    node: PlainNode, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc, "LATE_WITHIN_S", 0.02)
    goes_on, work_out = threading.Event(), node.machine.open

    def held_up(commands: Any) -> Any:
        goes_on.wait(10)
        return work_out(commands)

    monkeypatch.setattr(node.machine, "open", held_up)
    service = RpcService("x", [], worker, answer_within_s=0.02)
    try:
        with pytest.raises(Unavailable) as caught:
            asyncio.run(asyncio.wait_for(service._answer(ASKS_LATE, HERE, request(Add("x", 1))), 5))
    finally:
        goes_on.set()
    assert caught.value.code == "not_carried_out_yet"


def test_who_waits_when_the_server_ends_is_told_what_is_known(worker: Worker) -> None:
    service = RpcService("x", [], worker, answer_within_s=60)

    async def wait() -> Any:
        call = asyncio.ensure_future(service._answer(ASKS_LATE, HERE, request(AskHouse("a"), "q1")))
        while not worker._waiting._calls:
            await asyncio.sleep(0.001)
        service.end_waiting()
        return await asyncio.wait_for(call, 5)

    assert asyncio.run(wait()) == asyncio.run(service.ask(HERE, Request(Show("x"), None)))
