"""The figures of a worker that runs, as its endpoint tells them."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.embedded.log import EmbeddedLog
from clearing.errors import Unavailable
from clearing.messages import Role
from clearing.ports import TopicPartition
from services.node.observer import Looked
from services.node.poller import Poller
from services.node.worker import Worker
from services.observing.process import Observing
from tests.network_pump import FakeClock
from tests.services.node.plain_node import (
    HERE,
    Add,
    AskHouse,
    PlainNode,
    delivery,
    opened,
    request,
)

NODE = str(HERE)
INBOUND = TopicPartition("yidi.care.310000", 1)


class AwayLog(EmbeddedLog):
    """A log that takes nothing while it is away."""

    away = False

    def append(self, records: Any) -> None:
        if self.away:
            raise Unavailable("log_unavailable", "made to fail", "按要求失败")
        super().append(records)


class Watched:
    def __init__(self, node: PlainNode) -> None:
        self.node = node
        self.log = AwayLog(":memory:", FakeClock())
        self.log.ensure_topic(INBOUND.topic, 2)
        self.observing = Observing("127.0.0.1:0", Role.CARE, 3)
        self.worker = Worker([node.machine], self.log, observer=self.observing.observer)
        self.lag: Mapping[TopicPartition, int] = {}
        lags = SimpleNamespace(lag=lambda: [(HERE, *each) for each in self.lag.items()])
        poller = cast(Poller, lags)
        self.observing.watch(self.worker, poller, node.clock)

    def told(self) -> dict[str, float]:
        """Return every sample by its name and its labels' values in order of their names."""
        url = f"http://{self.observing.address}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            text = answer.read().decode()
        return {
            " ".join([sample.name, *(value for _, value in sorted(sample.labels.items()))]): (
                sample.value
            )
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def until(self, so: Callable[[dict[str, float]], bool]) -> dict[str, float]:
        end = time.monotonic() + 20
        while not so(told := self.told()):
            assert time.monotonic() < end, told
            time.sleep(0.01)
        return told

    def do(self, payload: Any, request_id: str) -> None:
        self.worker.submit(HERE, request(payload, request_id)).result(20)


@pytest.fixture
def watched() -> Iterator[Watched]:
    with opened() as node:
        watched = Watched(node)
        watched.worker.start()
        yield watched
        watched.worker.stop()
        watched.observing.close()
        watched.log.close()


def test_batches_appends_and_results_are_counted(watched: Watched) -> None:
    for number in range(3):
        watched.do(Add("a", 1), f"q{number}")
    watched.do(Add("a", 1, error="Rejected"), "refused")
    told = watched.until(lambda each: each["yidi_log_records_appended_total"] == 3)
    assert told["yidi_process_info care 3"] == 1
    assert told[f"yidi_commands_total {NODE} answered"] == 3
    assert told[f"yidi_commands_total {NODE} failed"] == 1
    assert told[f"yidi_messages_sent_total DebitUndone {NODE}"] == 3
    assert told["yidi_batch_commands_sum care"] == 4
    batches = told["yidi_batch_commands_count care"]
    assert told["yidi_batch_commit_seconds_count care"] == batches
    assert told["yidi_batch_work_seconds_count care"] == batches
    assert told["yidi_batch_commit_seconds_sum care"] > 0
    assert told["yidi_log_append_seconds_count"] >= 1
    assert told[f"yidi_outbox_rows {NODE}"] == 0


def test_the_outbox_ages_while_the_log_is_away(watched: Watched) -> None:
    watched.log.away = True
    watched.do(Add("a", 1), "first")
    watched.node.clock.pass_ms(7_000)
    watched.do(Add("a", 1), "second")
    told = watched.until(lambda each: each["yidi_log_append_failures_total"] > 0)
    assert told[f"yidi_outbox_rows {NODE}"] == 2
    assert told[f"yidi_outbox_oldest_age_seconds {NODE}"] == 7
    watched.log.away = False
    told = watched.until(lambda each: each["yidi_log_records_appended_total"] == 2)
    told = watched.until(lambda each: each[f"yidi_outbox_rows {NODE}"] == 0)
    assert told[f"yidi_outbox_oldest_age_seconds {NODE}"] == 0


def test_who_waits_for_another_node_and_how_far_behind_it_is(watched: Watched) -> None:
    waits = watched.worker.submit(HERE, request(AskHouse("a"), "ask"))
    watched.lag = {INBOUND: 12}
    told = watched.until(lambda each: each[f"yidi_waiting_requests {NODE}"] == 1)
    assert told[f"yidi_consumer_lag_records {NODE} 1 yidi.care.310000"] == 12
    watched.worker.deliver(HERE, delivery(0, "ask", 7))
    waits.result(20)
    told = watched.until(lambda each: each[f"yidi_waiting_requests {NODE}"] == 0)
    assert told[f"yidi_commands_total {NODE} consumed"] == 1
    assert (told[f"yidi_node_consuming {NODE}"], told[f"yidi_node_halted {NODE}"]) == (1, 0)


def test_what_waits_for_a_person_is_counted_now_and_then(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.node.looking.LOOK_EVERY_S", 0.0)
    for offset in range(3):
        watched.worker.deliver(HERE, delivery(offset, f"q{offset}", error="bug"))
    told = watched.until(lambda each: each.get(f"yidi_dead_letters {NODE} parked") == 1)
    assert told[f"yidi_dead_letters {NODE} behind"] == 2
    assert not any(name.startswith(("yidi_breaks", "yidi_undoings")) for name in told)


def test_what_only_some_roles_count_is_told_where_it_is(watched: Watched) -> None:
    for found, name in (
        (Looked(0, 0, open_breaks=3), "yidi_breaks_open"),
        (Looked(0, 0, unanswered=2), "yidi_undoings_unanswered"),
    ):
        watched.observing.observer.looked(HERE, found)
        assert watched.told()[f"{name} {NODE}"] == (found.open_breaks or found.unanswered)


def test_batches_without_effect_are_counted_by_what_the_database_said(watched: Watched) -> None:
    watched.node.store.failures = 1
    watched.do(Add("a", 1), "told to come again")
    told = watched.told()
    assert told[f"yidi_batches_without_effect_total database_unavailable {NODE}"] == 1
    assert told.get(f"yidi_commands_total {NODE} answered", 0) == 0
