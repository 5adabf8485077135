"""Which partition a key belongs to, and how partitions take turns: the same in every log."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar
from zlib import crc32

PlaceT = TypeVar("PlaceT")


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of a key: CRC-32 of its UTF-8 bytes, modulo the count."""
    return crc32(key.encode()) % partitions


def share_out(
    waiting: Sequence[tuple[PlaceT, int]], limit: int, turns: Random
) -> list[tuple[PlaceT, int]]:
    """Return how many records to take from each place where some are waiting.

    Equal shares; what a short one leaves goes to the longer ones. With more places than room,
    ``turns`` draws who gets one record: fixed turns would starve a place where readers with
    several groups happen to alternate.
    """
    if limit <= 0:
        return []
    if len(waiting) > limit:
        return [(place, 1) for place, _ in turns.sample(waiting, limit)]
    shares = []
    room = limit
    shortest_first = sorted(waiting, key=lambda entry: entry[1])
    for taken, (place, count) in enumerate(shortest_first):
        share = min(count, room // (len(waiting) - taken))
        room -= share
        shares.append((place, share))
    return shares
