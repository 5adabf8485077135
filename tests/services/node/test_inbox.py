"""The same request always gets the same answer; another one under its id gets none."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearing.calendar import Instant
from clearing.errors import InvariantBroken, Rejected, RequestIdReused
from services.node.command import Answered, Failed, Request, Waiting
from services.node.inbox import BUSINESS_TIME_TOLERANCE_MS
from services.node.records import Outgoing, RequestEntry
from tests.network_pump import START
from tests.services.node.plain_node import (
    Add,
    AskHouse,
    Show,
    Total,
    delivery,
    opened,
    request,
)


def test_a_repeat_gets_the_first_answer_and_has_no_effect() -> None:
    with opened() as node:
        first = node.send(Add("a", 5))
        node.send(Add("a", 1), "q2")
        assert node.send(Add("a", 5)) == first == Answered(Total("a", 5))
        assert node.total("a") == 6
        assert len(node.rows(Outgoing)) == 2


def test_a_repeat_in_the_same_batch_is_a_repeat() -> None:
    with opened() as node:
        result = node.machine.run([request(Add("a", 5)), request(Add("a", 5))])
        assert result.results == [Answered(Total("a", 5))] * 2
        assert node.total("a") == 5


def test_a_repeat_after_a_restart_gets_the_first_answer(tmp_path: Path) -> None:
    with opened(tmp_path / "node.sqlite3") as node:
        first = node.send(Add("a", 5))
        node.send(Add("b", 5, "Rejected"), "q2")
    with opened(tmp_path / "node.sqlite3") as node:
        assert node.send(Add("a", 5)) == first
        refused = node.send(Add("b", 5, "Rejected"), "q2")
        assert type(refused.error) is Rejected
        assert (refused.error.code, refused.error.field) == ("made_to_fail", "error")
        assert refused.error.message_zh == "按要求失败"
        assert (node.total("a"), node.total("b")) == (5, 0)


@pytest.mark.parametrize("other", [Add("a", 6), AskHouse("a")])
def test_another_request_under_the_same_id_is_refused(other: object) -> None:
    with opened() as node:
        node.send(Add("a", 5))
        refused = node.send(other)
        assert isinstance(refused.error, RequestIdReused)
        assert refused.error.field == "header.request_id"
        assert node.send(Add("a", 5)) == Answered(Total("a", 5))


def test_business_time_is_not_content() -> None:
    with opened() as node:
        first = node.send(Add("a", 5), at=START)
        assert node.send(Add("a", 5), at=Instant(START + 60_000)) == first
        # A repeat that comes late is answered too: it was in time when it was accepted.
        node.clock.pass_ms(10 * BUSINESS_TIME_TOLERANCE_MS)
        assert node.send(Add("a", 5), at=START) == first


@pytest.mark.parametrize("error", ["Malformed", "NotFound", "Conflict", "Unavailable"])
def test_what_may_be_mended_is_never_stored(error: str) -> None:
    with opened() as node:
        assert isinstance(node.send(Add("a", 5, error)), Failed)
        assert node.rows(RequestEntry) == []
        assert node.send(Add("a", 5)) == Answered(Total("a", 5))


def test_an_error_of_the_node_is_not_stored_and_not_told() -> None:
    with opened() as node:
        failed = node.send(Add("a", 5, "bug"))
        assert failed.error.code == "internal"
        assert "Zero" not in str(failed.error)
        assert (node.rows(RequestEntry), node.rows(Outgoing)) == ([], [])


def test_a_refusal_is_stored_and_has_no_other_effect() -> None:
    with opened() as node:
        refused = node.send(Add("a", 5, "Rejected"))
        assert isinstance(refused.error, Rejected)
        again = node.send(Add("a", 5, "Rejected"))
        assert str(again.error) == str(refused.error)
        assert (node.total("a"), node.rows(Outgoing)) == (0, [])


def test_a_refusal_does_not_spoil_its_batch() -> None:
    with opened() as node:
        batch = [request(Add("a", 1), "q1"), request(Add("a", 10, "Rejected"), "q2")]
        batch += [request(Add("a", 20, "bug"), "q3"), request(Add("a", 2), "q4")]
        result = node.machine.run(batch)
        assert [type(one) for one in result.results] == [Answered, Failed, Failed, Answered]
        assert node.total("a") == 3
        assert [row.sequence for row in result.outgoing] == [1, 2]
        assert node.rows(Outgoing) == result.outgoing


@pytest.mark.parametrize("refuse", [False, True])
def test_who_waits_gets_the_final_answer_and_so_does_every_repeat(
    tmp_path: Path, refuse: bool
) -> None:
    answer = delivery(0, "q1", 7, result="refuse" if refuse else "answer", error="Rejected")
    with opened(tmp_path / "node.sqlite3") as node:
        assert node.send(AskHouse("a")) == Waiting("desk", "q1")
        assert node.send(AskHouse("a")) == Waiting("desk", "q1")
        assert len(node.rows(Outgoing)) == 1
        assert isinstance(node.send(AskHouse("b")).error, RequestIdReused)
    with opened(tmp_path / "node.sqlite3") as node:
        assert node.send(AskHouse("a")) == Waiting("desk", "q1")
        final = node.machine.run([answer]).completed["desk", "q1"]
        again = node.send(AskHouse("a"))
        if refuse:
            assert isinstance(final, Failed)
            assert str(again.error) == str(final.error)
        else:
            assert again == final == Answered(Total("q1", 7))


def test_business_time_must_be_near_the_clock_unless_replaying() -> None:
    near = Instant(START - BUSINESS_TIME_TOLERANCE_MS)
    far = Instant(START + BUSINESS_TIME_TOLERANCE_MS + 1)
    with opened() as node:
        assert isinstance(node.send(Add("a", 1), at=near), Answered)
        refused = node.send(Add("a", 1), "q2", at=far)
        assert refused.error.code == "business_time_far"
        assert refused.error.field == "header.business_time"
        assert isinstance(node.send(Add("a", 1), "q2"), Answered)
        assert {row.business_time for row in node.rows(RequestEntry)} == {near, START}
    with opened(replaying=True) as node:
        assert isinstance(node.send(Add("a", 1), at=far), Answered)
        assert node.rows(RequestEntry)[0].business_time == far


def test_a_query_writes_nothing_and_does_not_halt_the_node() -> None:
    with opened() as node:
        broken = node.machine.run([Request(Show("InvariantBroken"), None)]).results[0]
        assert isinstance(broken, Failed)
        assert isinstance(broken.error, InvariantBroken)
        node.send(Add("a", 1))
        assert node.machine.run([Request(Show("a"), None)]).results == [Answered(Total("a", 1))]


def test_what_a_role_does_not_serve_is_refused() -> None:
    with opened() as node:
        assert node.send(Total("a", 1)).error.code == "not_served_here"
