"""The topics of a network."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clearing.messages import HOUSE, Address, Role
from services.network.topic_plan import HOUR_MS, SHAPES, Kind, TopicSettings, network_topics
from services.node import topics


def test_every_topic_that_a_node_reads_is_planned_once() -> None:
    plans = network_topics(["310000", "330213"], ["330213"], TopicSettings())
    nodes = [Address(Role.CARE, "310000"), Address(Role.CARE, "330213")]
    nodes += [Address(Role.INSURED, "330213"), HOUSE]
    read = {topic for node in nodes for topic in topics.read_by(node)}
    assert [plan.name for plan in plans] == sorted(read)


def test_inbound_topics_belong_to_one_region_and_role() -> None:
    plans = network_topics(["310000"], ["310000"], TopicSettings())
    names = [plan.name for plan in plans]
    assert "yidi.care.310000" in names
    assert "yidi.insured.310000" in names


@given(st.builds(TopicSettings, st.just(1), st.integers(1, 500), st.integers(1, 500)))
def test_the_log_keeps_what_a_restored_database_has_to_read_again(wanted: TopicSettings) -> None:
    if wanted.keep_hours < 2 * wanted.backup_every_hours:
        (defect,) = wanted.defects()
        assert (defect.code, defect.field) == ("topic_retention", "topics.keep_hours")
        return
    assert wanted.defects() == []
    for plan in network_topics(["310000"], ["310000"], wanted):
        for_ever = plan.retention_ms is None
        assert for_ever == (plan.name == topics.HEADS)
        assert for_ever or plan.retention_ms == wanted.keep_hours * HOUR_MS
        assert for_ever or (plan.retention_ms or 0) >= wanted.keep_ms


def test_only_the_journals_heads_are_kept_for_ever() -> None:
    assert [kind for kind, shape in SHAPES.items() if shape.for_ever] == [Kind.HEADS]


def test_three_replicas_want_two_in_sync() -> None:
    three, one = TopicSettings(3), TopicSettings(1)
    assert {(plan.replicas, plan.in_sync) for plan in network_topics([], [], three)} == {(3, 2)}
    assert {(plan.replicas, plan.in_sync) for plan in network_topics([], [], one)} == {(1, 1)}
