"""Which topics and groups each node needs, so that a broker can give rights by region and role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clearing.messages import HOUSE, Address, Role
from services.node import topics
from services.node.reading_group import group_of

TOPICS_BEGIN = "yidi."
"""How the name of every topic begins, behind the prefix."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one node reads, as a member of ``group``, and what it writes."""

    group: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic the node touches, once."""
        return tuple(dict.fromkeys((*self.reads, *self.writes)))


def rights_of(node: Address, care_regions: Iterable[str], insured_regions: Iterable[str]) -> Rights:
    """Return what a node needs in a network of these regions, and nothing beyond it.

    A care region asks every insured region and no other care region; an insured region answers
    every care region and tells itself of filings; both report to the clearing house, which
    publishes its journal's heads.
    """
    return Rights(
        group_of([node]), topics.read_by(node), _written(node, care_regions, insured_regions)
    )


def _written(
    node: Address, care_regions: Iterable[str], insured_regions: Iterable[str]
) -> tuple[str, ...]:
    house = topics.inbound(HOUSE)
    if node.role is Role.HOUSE:
        return (topics.HEADS,)
    if node.role is Role.INSURED:
        cares = (topics.inbound(Address(Role.CARE, region)) for region in care_regions)
        return (*cares, topics.inbound(node), house)
    insured = list(insured_regions)
    return (
        *(topics.inbound(Address(Role.INSURED, region)) for region in insured),
        *(topics.details(region) for region in insured),
        house,
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """One right as a broker is told of it; names are those on the broker."""

    principal: str
    resource: str
    name: str
    operations: tuple[str, ...]
    pattern: str = "literal"

    def as_options(self) -> str:
        """Return it as the options of the broker's own ``kafka-acls``."""
        operations = " ".join(f"--operation {each}" for each in self.operations)
        return (
            f"--add --allow-principal 'User:{self.principal}' {operations} "
            f"--{self.resource} '{self.name}' --resource-pattern-type {self.pattern}"
        )


def statements(rights: Rights, principal: str, prefix: str) -> Iterator[Statement]:
    """Yield the statements that give a principal these rights.

    Options of topics are read as well: a node refuses a topic whose time is not the broker's.
    """
    yield Statement(principal, "group", prefix + rights.group, ("Read",))
    for topic in rights.topics:
        operations = ["DescribeConfigs"]
        operations += ["Read"] if topic in rights.reads else []
        operations += ["Write"] if topic in rights.writes else []
        yield Statement(principal, "topic", prefix + topic, tuple(operations))


def group_statement(nodes: Iterable[Address], principal: str, prefix: str) -> Statement:
    """Return the right of a process that hosts these nodes to read as a member of its group."""
    return Statement(principal, "group", prefix + group_of(nodes), ("Read",))


def operator_statements(principal: str, prefix: str) -> list[Statement]:
    """Return the rights of whoever applies the topics of the network."""
    operations = ("Create", "Describe", "DescribeConfigs", "AlterConfigs")
    return [Statement(principal, "topic", f"{prefix}{TOPICS_BEGIN}", operations, "prefixed")]
