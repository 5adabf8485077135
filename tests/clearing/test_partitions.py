from __future__ import annotations

from random import Random
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from clearing.partitions import partition_of, share_out


def test_a_key_keeps_its_partition_for_good() -> None:
    assert [partition_of(key, 12) for key in ("", "330213-000001", "参保人")] == [0, 2, 7]
    assert partition_of("abc", 7) == crc32(b"abc") % 7


@given(st.lists(st.integers(1, 50), max_size=12), st.integers(0, 80), st.integers(0, 5))
def test_shares_fill_the_room_and_are_fair(counts: list[int], limit: int, seed: int) -> None:
    shares = dict(share_out(list(enumerate(counts)), limit, Random(seed)))
    assert sum(shares.values()) == min(limit, sum(counts))
    assert all(0 < share <= counts[place] for place, share in shares.items())
    if len(counts) <= limit:
        largest = max(shares.values(), default=0)
        for place, share in shares.items():
            assert share == counts[place] or share >= largest - 1


def test_with_little_room_every_place_gets_its_turn() -> None:
    turns = Random(0)
    served = {
        place for _ in range(60) for place, _ in share_out([(0, 9), (1, 9), (2, 1)], 1, turns)
    }
    assert served == {0, 1, 2}
