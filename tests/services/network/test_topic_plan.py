"""The topics of a network."""

from __future__ import annotations

from clearing.messages import HOUSE, Address, Role
from services.network.topic_plan import BACKUP_EVERY_DAYS, SHAPES, network_topics
from services.node import topics


def test_every_topic_that_a_node_reads_is_planned_once() -> None:
    plans = network_topics(["310000", "330213"], ["330213"], 1)
    nodes = [Address(Role.CARE, "310000"), Address(Role.CARE, "330213")]
    nodes += [Address(Role.INSURED, "330213"), HOUSE]
    read = {topic for node in nodes for topic in topics.read_by(node)}
    assert [plan.name for plan in plans] == sorted(read)


def test_inbound_topics_belong_to_one_region_and_role() -> None:
    plans = network_topics(["310000"], ["310000"], 1)
    names = [plan.name for plan in plans]
    assert "yidi.care.310000" in names
    assert "yidi.insured.310000" in names


def test_the_log_keeps_what_a_restored_database_has_to_read_again() -> None:
    for shape in SHAPES.values():
        assert shape.keep_days is None or shape.keep_days > BACKUP_EVERY_DAYS


def test_three_replicas_want_two_in_sync() -> None:
    assert {(plan.replicas, plan.in_sync) for plan in network_topics([], [], 3)} == {(3, 2)}
    assert {(plan.replicas, plan.in_sync) for plan in network_topics([], [], 1)} == {(1, 1)}
