"""Every topic of a network: how many partitions, how many replicas, kept for how long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from adapters.broker.topics import TopicPlan
from clearing.messages import HOUSE, Address, Role
from services.node import topics

DAY_MS = 24 * 60 * 60 * 1000
BACKUP_EVERY_DAYS = 1
"""How old the backup may be that a database is restored from."""


class Kind(StrEnum):
    """What a topic is for. A node's inbound topic is its own, so that rights can be given by it."""

    CARE = "care"
    INSURED = "insured"
    DETAILS = "details"
    HOUSE = "house"
    HEADS = "heads"


@dataclass(frozen=True, slots=True)
class Shape:
    """How the topics of a kind are made; ``keep_days`` of ``None`` is for ever.

    Partitions can never change: keys would move, and with them the order kept for a member.
    They bound how many processes share a node's work.
    """

    partitions: int
    keep_days: int | None


SHAPES = {
    Kind.CARE: Shape(4, 14),
    Kind.INSURED: Shape(4, 14),
    Kind.DETAILS: Shape(4, 14),
    Kind.HOUSE: Shape(8, 14),
    Kind.HEADS: Shape(1, None),  # whoever joins later checks the journal from its beginning
}


def network_topics(
    care_regions: Iterable[str], insured_regions: Iterable[str], replicas: int
) -> list[TopicPlan]:
    """Return every topic of a network of these regions, by name.

    With three replicas and more, two have to have a record before it counts as appended.
    """
    kinds = {topics.inbound(HOUSE): Kind.HOUSE, topics.HEADS: Kind.HEADS}
    for region in care_regions:
        kinds[topics.inbound(Address(Role.CARE, region))] = Kind.CARE
    for region in insured_regions:
        kinds[topics.inbound(Address(Role.INSURED, region))] = Kind.INSURED
        kinds[topics.details(region)] = Kind.DETAILS
    return [_plan(name, SHAPES[kind], replicas) for name, kind in sorted(kinds.items())]


def _plan(name: str, shape: Shape, replicas: int) -> TopicPlan:
    keep_ms = None if shape.keep_days is None else shape.keep_days * DAY_MS
    return TopicPlan(name, shape.partitions, replicas, 2 if replicas >= 3 else 1, keep_ms)
