"""Hash chains: append-only books in which no row can be changed, dropped or swapped unnoticed.

Each record of a chain has a sequence from 1 without gaps, the hash of the record before it and
its own hash over everything else it says. The chain's head is kept apart from its records, so
that a cut tail is found as well.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeVar

from clearing.canonical import Writer, object_writer
from clearing.frozen import quick, replace

GENESIS = "0" * 64
"""The previous hash of a chain's first record."""


class Linked(Protocol):
    """A frozen dataclass that is kept in a chain."""

    @property
    def sequence(self) -> int:
        """Its place in the chain, from 1."""

    @property
    def previous_hash(self) -> str:
        """The hash of the record before it."""

    @property
    def hash(self) -> str:
        """The hash of all its other fields."""


LinkedT = TypeVar("LinkedT", bound=Linked)


@quick
@dataclass(frozen=True, slots=True)
class ChainHead:
    """How far a chain has been written: the sequence and the hash of its last record."""

    chain: str
    sequence: int
    hash: str


class ChainError(Exception):
    """A chain, or what must agree with it, is not as it was written; the message says where."""


def content_hash(record: Linked) -> str:
    """Return sha256 (hex) over every field of a record but its own hash, by name."""
    text = _writer(type(record))(record)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _writer(record: type) -> Writer:
    names = [field.name for field in dataclasses.fields(record) if field.name != "hash"]
    return object_writer(record, names)


def link(record: LinkedT, head: ChainHead) -> LinkedT:
    """Return the record as the next one after a head; what it said of its place is replaced."""
    linked: LinkedT = replace(
        record,  # type: ignore[type-var]  # a dataclass by contract of Linked
        sequence=head.sequence + 1,
        previous_hash=head.hash,
    )
    hashed: LinkedT = replace(
        linked,  # type: ignore[type-var]  # as above
        hash=content_hash(linked),
    )
    return hashed


def checked(records: Iterable[LinkedT], head: ChainHead, name: str) -> Iterator[LinkedT]:
    """Pass on a chain's records in order, checking each one.

    Raises ``ChainError`` at the first that is missing, changed or out of place, and at the end
    where the chain does not end as its head says. ``name`` is what a record is called.
    """
    sequence, last_hash = 0, GENESIS
    for record in records:
        if record.sequence != sequence + 1:
            raise ChainError(f"{name} {sequence + 1} is missing; {record.sequence} comes instead")
        if content_hash(record) != record.hash:
            raise ChainError(f"{describe(record, name)}: its content does not give its hash")
        if record.previous_hash != last_hash:
            raise ChainError(f"{describe(record, name)}: it does not follow {name} {sequence}")
        sequence, last_hash = record.sequence, record.hash
        yield record
    if sequence != head.sequence:
        raise ChainError(
            f"{name} {sequence + 1} is missing: {head.sequence} were written, {sequence} are there"
            if sequence < head.sequence
            else f"{name} {head.sequence + 1} is too much: {head.sequence} were written"
        )
    if last_hash != head.hash:
        raise ChainError(f"{name} {sequence}: its hash is not the one that the chain ended with")


def describe(record: Linked, name: str) -> str:
    """Name a record for a person: its place, its line and its settlement where it has them."""
    told = [
        f"{field.replace('_', ' ')} {getattr(record, field)}"
        for field in ("line_id", "settlement_id", "side", "fingerprint")
        if hasattr(record, field)
    ]
    return f"{name} {record.sequence}" + (f" ({', '.join(told)})" if told else "")
