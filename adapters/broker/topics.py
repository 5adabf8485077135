"""Topics as they should be, and bringing a broker to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from adapters.broker.failures import translated
from adapters.broker.settings import BrokerSettings
from clearing.errors import Rejected


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """One topic as it should be. A retention of ``None`` keeps everything for ever."""

    name: str
    partitions: int
    replicas: int
    in_sync: int
    retention_ms: int | None

    def options(self) -> dict[str, str]:
        """Return what the broker is told beside partitions and replicas.

        The broker's own time of appending is logged time, by which deadlines are decided: no
        producer may set it. A leader that missed records must never be elected.
        """
        return {
            "cleanup.policy": "delete",
            "message.timestamp.type": "LogAppendTime",
            "min.insync.replicas": str(self.in_sync),
            "retention.bytes": "-1",
            "retention.ms": "-1" if self.retention_ms is None else str(self.retention_ms),
            "unclean.leader.election.enable": "false",
        }


class Deed(StrEnum):
    """What became of a topic."""

    CREATED = "created"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class TopicChange:
    """A topic and what was done; ``options`` are those that were set anew."""

    name: str
    deed: Deed
    options: Mapping[str, str]


def apply(settings: BrokerSettings, plans: Sequence[TopicPlan]) -> list[TopicChange]:
    """Create what is missing and set options that differ; a second time nothing is done.

    Raises ``Rejected`` (``topic_partitions``, ``topic_replicas``) where a topic exists with
    another count: keys would move to other partitions, and replicas move by the broker's own
    tools. Nothing is changed then. ``Unavailable`` when the broker does not answer.
    """
    with translated():
        admin = KafkaAdminClient(**settings.connection())
        try:
            return _apply(admin, settings.prefix, plans)
        finally:
            admin.close()


def create(admin: KafkaAdminClient, prefix: str, plans: Sequence[TopicPlan]) -> None:
    """Create topics and wait until every partition has a leader; others may do so as well."""
    wanted = {
        prefix + plan.name: {
            "num_partitions": plan.partitions,
            "replication_factor": plan.replicas,
            "configs": plan.options(),
        }
        for plan in plans
    }
    for name, options in wanted.items():
        try:
            admin.create_topics({name: options})
        except errors.TopicAlreadyExistsError:
            continue
    admin.wait_for_topics(list(wanted))


def _apply(admin: Any, prefix: str, plans: Sequence[TopicPlan]) -> list[TopicChange]:
    names = [prefix + plan.name for plan in plans]
    existing = {
        topic["name"]: topic["partitions"]
        for topic in admin.describe_topics(names)
        if topic["error_code"] == 0
    }
    for plan in plans:
        if prefix + plan.name in existing:
            _check_counts(plan, existing[prefix + plan.name])
    missing = [plan for plan in plans if prefix + plan.name not in existing]
    create(admin, prefix, missing)
    changes = [TopicChange(plan.name, Deed.CREATED, plan.options()) for plan in missing]
    known = [plan for plan in plans if prefix + plan.name in existing]
    return changes + _set_options(admin, prefix, known)


def _check_counts(plan: TopicPlan, partitions: Sequence[Mapping[str, Any]]) -> None:
    if len(partitions) != plan.partitions:
        raise wrong_partitions(plan.name, len(partitions), plan.partitions)
    replicas = {len(each["replica_nodes"]) for each in partitions}
    if replicas != {plan.replicas}:
        raise Rejected(
            "topic_replicas",
            f"Topic {plan.name} has {sorted(replicas)} replicas, not {plan.replicas}.",
            f"主题 {plan.name} 的副本数为 {sorted(replicas)}，而不是 {plan.replicas}。",
        )


def wrong_partitions(topic: str, found: int, wanted: int) -> Rejected:
    """Say that a topic has another count of partitions."""
    return Rejected(
        "topic_partitions",
        f"Topic {topic} has {found} partitions, not {wanted}.",
        f"主题 {topic} 的分区数为 {found}，而不是 {wanted}。",
    )


def _set_options(admin: Any, prefix: str, plans: Sequence[TopicPlan]) -> list[TopicChange]:
    if not plans:
        return []
    asked = [
        ConfigResource(ConfigResourceType.TOPIC, prefix + plan.name, dict.fromkeys(plan.options()))
        for plan in plans
    ]
    found = admin.describe_configs(asked, config_filter="all")["topic"]
    changes = []
    for plan in plans:
        now = {name: each["value"] for name, each in found[prefix + plan.name].items()}
        differing = {k: v for k, v in plan.options().items() if now.get(k) != v}
        if differing:
            resource = ConfigResource(ConfigResourceType.TOPIC, prefix + plan.name, differing)
            admin.alter_configs([resource])
        deed = Deed.CHANGED if differing else Deed.KEPT
        changes.append(TopicChange(plan.name, deed, differing))
    return changes
