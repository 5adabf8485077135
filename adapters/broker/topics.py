"""Topics as they should be, and bringing a broker to it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from adapters.broker import doorway
from adapters.broker.failures import translated
from adapters.broker.settings import MAX_BATCH_BYTES, BrokerSettings
from clearing.errors import Rejected

SETTLED_WITHIN_S = 5.0

PROMISED = {
    # The broker's own time of appending is logged time, by which deadlines are decided: no
    # producer may set it.
    "message.timestamp.type": ("LogAppendTime", "topic_time_type"),
    # A leader that missed records must never be elected.
    "unclean.leader.election.enable": ("false", "topic_elections"),
    # A database that was restored reads everything of the last days again.
    "cleanup.policy": ("delete", "topic_retention"),
    "retention.bytes": ("-1", "topic_retention"),
}
"""Options that are the same for every topic, and the code of a topic where they are not."""


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """One topic as it should be. A retention of ``None`` keeps everything for ever."""

    name: str
    partitions: int
    replicas: int
    in_sync: int
    retention_ms: int | None

    def options(self) -> dict[str, str]:
        """Return what the broker is told beside partitions and replicas."""
        return {
            **{name: value for name, (value, _) in PROMISED.items()},
            "max.message.bytes": str(MAX_BATCH_BYTES),
            "min.insync.replicas": str(self.in_sync),
            "retention.ms": "-1" if self.retention_ms is None else str(self.retention_ms),
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


def apply(
    settings: BrokerSettings, plans: Sequence[TopicPlan], *, pretend: bool = False
) -> list[TopicChange]:
    """Create what is missing and set options that differ; a second time nothing is done.

    With ``pretend`` nothing is done at all, and what would be is returned. Raises ``Rejected``
    (``topic_partitions``, ``topic_replicas``) where a topic exists with another count: keys would
    move to other partitions, and replicas move by the broker's own tools. Nothing is changed
    then. ``Malformed`` for settings that are wrong, ``Unavailable`` when the broker does not
    answer.
    """
    for defect in settings.defects():
        raise defect
    doorway.check(settings)
    with translated():
        admin = KafkaAdminClient(**settings.connection())
        try:
            return _apply(admin, settings.prefix, plans, pretend)
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


def _apply(admin: Any, prefix: str, plans: Sequence[TopicPlan], pretend: bool) -> list[TopicChange]:
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
    if not pretend:
        create(admin, prefix, missing)
    changes = [TopicChange(plan.name, Deed.CREATED, plan.options()) for plan in missing]
    known = [plan for plan in plans if prefix + plan.name in existing]
    return changes + _set_options(admin, prefix, known, pretend)


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
        f"Topic {topic} has {found} partitions, not {wanted}: they cannot change, because "
        "members would move to other partitions and their messages lose their order.",
        f"主题 {topic} 的分区数为 {found}，而不是 {wanted}：分区数不可更改，"
        "否则参保人的消息会换分区而失去次序。",
    )


def _set_options(
    admin: Any, prefix: str, plans: Sequence[TopicPlan], pretend: bool
) -> list[TopicChange]:
    found = options_of(admin, [prefix + plan.name for plan in plans])
    changes = []
    for plan in plans:
        now = found[prefix + plan.name]
        differing = {k: v for k, v in plan.options().items() if now.get(k) != v}
        if differing and not pretend:
            resource = ConfigResource(ConfigResourceType.TOPIC, prefix + plan.name, differing)
            admin.alter_configs([resource])
        deed = Deed.CHANGED if differing else Deed.KEPT
        changes.append(TopicChange(plan.name, deed, differing))
    if not pretend:
        _await_options(admin, {prefix + each.name: each.options for each in changes})
    return changes


def _await_options(admin: Any, changed: Mapping[str, Mapping[str, str]]) -> None:
    """Wait until the broker says what it was told; it learns that from its controller."""
    names = [name for name, options in changed.items() if options]
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while names and time.monotonic() < deadline:
        found = options_of(admin, names)
        names = [name for name in names if not changed[name].items() <= found[name].items()]
        time.sleep(0.05)


def options_of(admin: Any, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Return the options of topics, by their names on the broker.

    Raises ``Rejected`` (``broker_forbidden``) where this user may not see them: the client says
    nothing of that and returns none.
    """
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found = admin.describe_configs(asked, config_filter="all")["topic"] if asked else {}
    for name in names:
        if not found.get(name):
            raise Rejected(
                "broker_forbidden",
                f"The broker does not allow this user to see the options of {name}: "
                "it needs DESCRIBE_CONFIGS.",
                f"消息代理不允许此用户查看 {name} 的配置，需要 DESCRIBE_CONFIGS 权限。",
            )
    return {name: {key: each["value"] for key, each in found[name].items()} for name in names}


def require_sound(
    topic: str, replicas: int, options: Mapping[str, str], in_sync: int, keep_ms: int
) -> None:
    """Refuse to work with a topic that breaks a promise, whoever made it.

    ``in_sync`` is how many replicas must have a record before it counts, two at the least where
    there are three; ``keep_ms`` is how long it must keep records. Raises ``Rejected``:
    ``topic_time_type`` where producers may set logged time, by which deadlines are decided;
    ``topic_in_sync`` and ``topic_elections`` where a broker's death may lose records;
    ``topic_retention`` where a database restored from a backup would find a hole, and
    ``topic_record_size`` where a record that a node may send is refused.
    """
    needed = max(in_sync, 2 if replicas >= 3 else 1)
    keeps = int(options["retention.ms"])
    for code, right, name, wanted in (
        *((code, options[name] == value, name, value) for name, (value, code) in PROMISED.items()),
        (
            "topic_in_sync",
            replicas >= needed and int(options["min.insync.replicas"]) >= needed,
            "min.insync.replicas",
            f"at least {needed}",
        ),
        ("topic_retention", keeps < 0 or keeps >= keep_ms, "retention.ms", f"at least {keep_ms}"),
        (
            "topic_record_size",
            int(options["max.message.bytes"]) >= MAX_BATCH_BYTES,
            "max.message.bytes",
            f"at least {MAX_BATCH_BYTES}",
        ),
    ):
        if not right:
            raise Rejected(
                code,
                f"Topic {topic} has {name}={options[name]} with {replicas} replicas, and must have "
                f"{wanted}: yidi topics apply mends it.",
                f"主题 {topic} 的 {name}={options[name]}（{replicas} 个副本），应为 {wanted}："
                "请执行 yidi topics apply。",
            )
