"""A round of several nodes: each node's batch stands or falls by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack

import pytest

from adapters.embedded.log import EmbeddedLog
from clearing.errors import InvariantBroken, Unavailable
from clearing.messages import Address, Role
from services.node.command import Answered, Failed, Final
from services.node.worker import Worker
from tests.network_pump import FakeClock
from tests.services.node.plain_node import Add, PlainNode, Total, opened, request

PLACES = [Address(Role.CARE, region) for region in ("110000", "120000", "310000")]


class Round:
    """Three nodes whose requests are queued before the worker starts, so that one round has all."""

    def __init__(self, nodes: list[PlainNode]) -> None:
        self.nodes = nodes
        for node, place in zip(nodes, PLACES, strict=True):
            node.machine.address = place
        self.log = EmbeddedLog(":memory:", FakeClock())
        self.worker = Worker([node.machine for node in nodes], self.log)
        self.fatal: list[BaseException] = []
        self.worker.on_fatal = self.fatal.append

    def ask(self, place: Address, result: str = "") -> Future[Final]:
        return self.worker.submit(place, request(Add("a", 1, result), f"q-{place.region}"))

    def play(self) -> None:
        self.worker.start()
        self.worker.stop()
        self.log.close()


@pytest.fixture
def one_round() -> Iterator[Round]:
    with ExitStack() as stack:
        yield Round([stack.enter_context(opened()) for _ in PLACES])


def test_every_node_answers_and_publishes(one_round: Round) -> None:
    answers = [one_round.ask(place) for place in PLACES]
    one_round.worker.start()
    one_round.worker.stop()
    assert [answer.result(0) for answer in answers] == [Answered(Total("a", 1))] * 3
    assert sum(one_round.log.high_marks("yidi.house").values()) == 3
    one_round.log.close()


def test_a_commit_that_fails_is_no_other_nodes_matter(
    one_round: Round, caplog: pytest.LogCaptureFixture
) -> None:
    one_round.nodes[1].store.failures = 1
    with caplog.at_level(logging.CRITICAL):
        answers = [one_round.ask(place) for place in PLACES]
        one_round.play()
    first, second, third = (answer.result(0) for answer in answers)
    assert first == third == Answered(Total("a", 1))
    assert isinstance(second, Failed)
    assert isinstance(second.error, Unavailable)


def test_who_asked_another_node_than_the_broken_one_is_answered(
    one_round: Round, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL + 1):
        broken = one_round.ask(PLACES[0], "InvariantBroken")
        others = [one_round.ask(place) for place in PLACES[1:]]
        one_round.play()
    final = broken.result(0)
    assert isinstance(final, Failed)
    assert isinstance(final.error, InvariantBroken)
    assert [answer.result(0) for answer in others] == [Answered(Total("a", 1))] * 2
    assert [type(error) for error in one_round.fatal] == [InvariantBroken]
