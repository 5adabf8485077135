"""What makes dead letters, and what operators do about them, as steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

from clearing.errors import Unavailable, YidiError
from clearing.messages import (
    Address,
    DebitRequested,
    DebitUndone,
    DebitUndoRequested,
    FilingAsked,
    SettleRequested,
    UndoDecided,
    UndoRequested,
)
from clearing.ports import NewRecord, TopicPartition
from services.node.desk_letters import DiscardDeadLetter, ReplayDeadLetters, id_of
from services.node.records import ConsumedOffset, LetterState, ParkedRecord
from services.simulator.wire import envelope_of
from services.simulator.wire import id_of as message_id_of
from services.simulator.world import WHO, World

UNREADABLE = b"\xff\xfe nobody can read this"
GARBLED = (UndoRequested, UndoDecided, DebitUndoRequested, DebitUndone)
"""What may be lost: it is asked for again."""

_ANSWERED_WHEN_DISCARDED = (SettleRequested, UndoRequested, DebitRequested, FilingAsked)
"""What whoever asked is told of when it is given up; of anything else something would be lost."""


class Letters:
    """Poisons messages and works letters off."""

    def __init__(self, world: World) -> None:
        self._world = world

    def poison(self, at: Address, place: TopicPartition, ahead: int) -> None:
        """Let a node fail at a message that it has not read yet, some ``ahead`` of where it is.

        Not one that a restored database reads again: it was carried out, and stays so.
        """
        world = self._world
        known = world.record(at, ConsumedOffset, place.topic, place.partition)
        start = 0 if known is None else known.next_offset
        coming = world.broker.records[place][start : start + ahead + 1]
        message_id = message_id_of(coming[-1].value) if coming else ""
        if message_id and message_id not in world.carried_out[at]:
            world.failing[at].add(message_id)
            world.poisoned.add(message_id)

    def heal(self, at: Address) -> None:
        """Let a mended version of the node run."""
        self._world.failing[at].clear()

    def rubbish(self, place: TopicPartition, random: Random) -> None:
        """Append bytes that nobody can read, under the key of a message that was there before."""
        world = self._world
        before = world.broker.records[place]
        if not before:
            return
        key = random.choice(before[-20:]).key
        try:
            world.log.append([NewRecord(place.topic, key, UNREADABLE + bytes([len(before) % 256]))])
        except Unavailable:
            return

    @contextmanager
    def garbling(self) -> Iterator[None]:
        """Let nobody be able to read messages of ``GARBLED`` that come to the log meanwhile."""
        records = self._world.broker.records
        before = {place: len(kept) for place, kept in records.items()}
        try:
            yield
        finally:
            for place, kept in records.items():
                for at in range(before[place], len(kept)):
                    self._garble(place, at)

    def _garble(self, place: TopicPartition, at: int) -> None:
        records = self._world.broker.records[place]
        value = records[at].value
        message_id = message_id_of(value)
        if message_id and isinstance(envelope_of(value).body, GARBLED):
            records[at] = replace(records[at], value=UNREADABLE + value)
            self._world.garbled[place, at] = message_id

    def replay(self, at: Address) -> None:
        """Replay every parked letter of a node."""
        self._act(at, ReplayDeadLetters(*WHO))

    def discard(self, at: Address, random: Random) -> None:
        """Give one letter up: bytes that nobody can read, or a request that is then answered."""
        fitting = [
            row
            for row in self._world.rows(at, ParkedRecord)
            if row.state is LetterState.PARKED and _may_go(row)
        ]
        if fitting:
            self._act(at, DiscardDeadLetter(id_of(random.choice(fitting)), *WHO))

    def _act(self, at: Address, payload: DiscardDeadLetter | ReplayDeadLetters) -> None:
        free = [each for each in self._world.processes(at) if each.under_way is None]
        if not free:
            return
        try:
            self._world.act(free[0], payload)
        except Unavailable:
            return


def _may_go(letter: ParkedRecord) -> bool:
    try:
        body = envelope_of(letter.value).body
    except YidiError:
        return True
    return isinstance(body, _ANSWERED_WHEN_DISCARDED)
