"""Every topic of a network: how many partitions, how many replicas, kept for how long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from adapters.broker.topics import TopicPlan
from clearing.errors import Malformed
from clearing.messages import HOUSE, Address, Role
from services.node import topics

HOUR_MS = 60 * 60 * 1000
BACKUPS_KEPT = 2
"""How many times the interval of backups the log is kept: one backup may fail unnoticed."""


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """What a network wants of its topics.

    ``backup_every_hours`` is how old the backup may be that a database is restored from; what
    came since is read again from the log.
    """

    replicas: int = 1
    keep_hours: int = 14 * 24
    backup_every_hours: int = 24

    @property
    def in_sync(self) -> int:
        """How many replicas must have a record before it counts as appended."""
        return 2 if self.replicas >= 3 else 1

    @property
    def keep_ms(self) -> int:
        """How long a topic must keep its records at the least."""
        return BACKUPS_KEPT * self.backup_every_hours * HOUR_MS

    def defects(self) -> list[Malformed]:
        """Return everything that is wrong, each with its field."""
        if self.keep_hours * HOUR_MS >= self.keep_ms:
            return []
        least = BACKUPS_KEPT * self.backup_every_hours
        return [
            Malformed(
                "topic_retention",
                f"the log must be kept for {least} hours, {BACKUPS_KEPT} times the interval of "
                "backups: a restored database reads again from it what it lacks",
                f"日志至少须保留 {least} 小时, 即备份间隔的 {BACKUPS_KEPT} 倍, "
                "恢复的数据库须由此补读",
                field="topics.keep_hours",
            )
        ]


class Kind(StrEnum):
    """What a topic is for. A node's inbound topic is its own, so that rights can be given by it."""

    CARE = "care"
    INSURED = "insured"
    DETAILS = "details"
    HOUSE = "house"
    HEADS = "heads"


@dataclass(frozen=True, slots=True)
class Shape:
    """How the topics of a kind are made.

    Partitions can never change: keys would move, and with them the order kept for a member.
    They bound how many processes share a node's work.
    """

    partitions: int
    for_ever: bool = False


SHAPES = {
    Kind.CARE: Shape(4),
    Kind.INSURED: Shape(4),
    Kind.DETAILS: Shape(4),
    Kind.HOUSE: Shape(1),  # one journal, in the order of its topic
    Kind.HEADS: Shape(
        1, for_ever=True
    ),  # whoever joins later checks the journal from its beginning
}


def network_topics(
    care_regions: Iterable[str], insured_regions: Iterable[str], wanted: TopicSettings
) -> list[TopicPlan]:
    """Return every topic of a network of these regions, by name."""
    kinds = {topics.inbound(HOUSE): Kind.HOUSE, topics.HEADS: Kind.HEADS}
    for region in care_regions:
        kinds[topics.inbound(Address(Role.CARE, region))] = Kind.CARE
    for region in insured_regions:
        kinds[topics.inbound(Address(Role.INSURED, region))] = Kind.INSURED
        kinds[topics.details(region)] = Kind.DETAILS
    return [_plan(name, SHAPES[kind], wanted) for name, kind in sorted(kinds.items())]


def _plan(name: str, shape: Shape, wanted: TopicSettings) -> TopicPlan:
    keep_ms = None if shape.for_ever else wanted.keep_hours * HOUR_MS
    return TopicPlan(name, shape.partitions, wanted.replicas, wanted.in_sync, keep_ms)
