"""Bringing a broker to its plan."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from adapters.broker import topics
from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from adapters.broker.topics import Deed, TopicPlan
from clearing.errors import Rejected
from clearing.ports import NewRecord
from tests.contracts.broker_server import broker_address, prefix_of

pytestmark = pytest.mark.broker

WORK = TopicPlan("work", 3, 1, 1, 86_400_000)
HEADS = TopicPlan("heads", 1, 1, 1, None)


@pytest.fixture
def settings(tmp_path: Path) -> BrokerSettings:
    return BrokerSettings(broker_address(), prefix=prefix_of(tmp_path))


def _deeds(settings: BrokerSettings, *plans: TopicPlan) -> dict[str, Deed]:
    return {change.name: change.deed for change in topics.apply(settings, plans)}


def test_what_is_there_is_kept_and_what_differs_is_mended(settings: BrokerSettings) -> None:
    assert _deeds(settings, WORK) == {"work": Deed.CREATED}
    assert _deeds(settings, WORK, HEADS) == {"work": Deed.KEPT, "heads": Deed.CREATED}
    longer = replace(WORK, retention_ms=2 * 86_400_000)
    (change,) = topics.apply(settings, [longer])
    assert change.deed is Deed.CHANGED
    assert change.options == {"retention.ms": "172800000"}
    assert _deeds(settings, longer, HEADS) == {"work": Deed.KEPT, "heads": Deed.KEPT}


def test_counts_that_differ_are_refused_and_nothing_is_done(settings: BrokerSettings) -> None:
    topics.apply(settings, [WORK])
    for wrong, code in (
        (replace(WORK, partitions=4), "topic_partitions"),
        (replace(WORK, replicas=2), "topic_replicas"),
    ):
        with pytest.raises(Rejected) as caught:
            topics.apply(settings, [HEADS, wrong])
        assert caught.value.code == code
    log = BrokerLog(settings)
    with pytest.raises(Rejected) as caught:
        log.partitions("heads")
    assert caught.value.code == "topic_unknown"
    assert len(log.partitions("work")) == 3
    log.close()


def test_what_would_be_done_is_told_and_not_done(settings: BrokerSettings) -> None:
    for _ in range(2):
        (change,) = topics.apply(settings, [WORK], pretend=True)
        assert change.deed is Deed.CREATED
    topics.apply(settings, [WORK])
    shorter = replace(WORK, retention_ms=3_600_000)
    for _ in range(2):
        (change,) = topics.apply(settings, [shorter], pretend=True)
        assert (change.deed, change.options) == (Deed.CHANGED, {"retention.ms": "3600000"})
    assert _deeds(settings, WORK) == {"work": Deed.KEPT}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("message.timestamp.type", "CreateTime", "topic_time_type"),
        ("unclean.leader.election.enable", "true", "topic_elections"),
        ("retention.ms", "1000", "topic_retention"),
        ("retention.bytes", "1000000", "topic_retention"),
        ("cleanup.policy", "compact", "topic_retention"),
        ("max.message.bytes", "2000", "topic_record_size"),
    ],
)
def test_a_topic_that_breaks_a_promise_is_not_used(
    settings: BrokerSettings, name: str, value: str, code: str
) -> None:
    topics.apply(settings, [WORK])
    _set(settings, "work", name, value)
    log = BrokerLog(settings, keep_ms=2_000)
    for use in (
        lambda: log.join("readers", "1", ["work"]),
        lambda: log.append([NewRecord("work", "a", b"1")]),
    ):
        with pytest.raises(Rejected) as caught:
            use()
        assert caught.value.code == code
        assert name in caught.value.message_en
    assert _deeds(settings, WORK) == {"work": Deed.CHANGED}
    log.append([NewRecord("work", "a", b"1")])
    log.close()


def test_fewer_replicas_than_must_be_in_sync_are_refused(settings: BrokerSettings) -> None:
    topics.apply(settings, [WORK])
    log = BrokerLog(settings, in_sync=2)
    with pytest.raises(Rejected) as caught:
        log.append([NewRecord("work", "a", b"1")])
    assert caught.value.code == "topic_in_sync"
    log.close()


@pytest.mark.parametrize(
    ("replicas", "has", "needs", "sound"),
    [(3, 2, 1, True), (3, 1, 1, False), (3, 3, 2, True), (2, 1, 1, True), (1, 2, 2, False)],
)
def test_three_replicas_want_two_in_sync(replicas: int, has: int, needs: int, sound: bool) -> None:
    options = WORK.options() | {"min.insync.replicas": str(has)}
    if sound:
        topics.require_sound("work", replicas, options, needs, 0)
        return
    with pytest.raises(Rejected) as caught:
        topics.require_sound("work", replicas, options, needs, 0)
    assert caught.value.code == "topic_in_sync"


def _set(settings: BrokerSettings, topic: str, name: str, value: str) -> None:
    """Change an option behind the plan's back, and wait until every client sees it."""
    admin = KafkaAdminClient(**settings.connection())
    outside = settings.prefix + topic
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, outside, {name: value})])
    deadline = time.monotonic() + 10
    while topics.options_of(admin, [outside])[outside][name] != value:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    admin.close()
