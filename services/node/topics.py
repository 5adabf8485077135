"""Topics: one inbound topic for each region and role."""

from __future__ import annotations

from clearing.errors import Rejected
from clearing.messages import HOUSE, Address, Role
from clearing.ports import Log

HEADS = "yidi.heads"


def inbound(address: Address) -> str:
    """Return the topic a node reads its messages from."""
    if address.role is Role.HOUSE:
        return "yidi.house"
    return f"yidi.{address.role}.{address.region}"


def partitions(topic: str, several: int) -> int:
    """Return how many partitions a topic has where most have ``several``.

    The house's journal is one chain in the order of its topic: one partition, so that a house
    whose database was restored writes the same journal again.
    """
    return 1 if topic in (HEADS, inbound(HOUSE)) else several


def make_where_missing(log: Log, topic: str, several: int) -> None:
    """Make a topic unless it is there; one of an earlier day keeps its partitions.

    Raises what ``log`` raises.
    """
    try:
        log.partitions(topic)
    except Rejected as error:
        if error.code != "topic_unknown":
            raise
        log.ensure_topic(topic, partitions(topic, several))


def details(insured_region: str) -> str:
    """Return the topic that fee lines travel to an insured region on."""
    return f"yidi.insured-details.{insured_region}"


def read_by(address: Address) -> tuple[str, ...]:
    """Return every topic a node reads, its inbound one first."""
    if address.role is Role.INSURED:
        return (inbound(address), details(address.region), HEADS)
    return (inbound(address),)
