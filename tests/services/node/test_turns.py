"""Rows of one key leave in the order of their transactions, whoever wrote them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from clearing.calendar import Instant
from services.node.records import Outgoing
from services.node.turns import Turns


def _row(sequence: int, key: str = "k", topic: str = "t") -> Outgoing:
    return Outgoing(sequence, topic, key, b"", Instant(0))


def test_a_row_waits_for_the_one_that_was_there_before_it() -> None:
    turns = Turns()
    assert turns.take([_row(10)], [_row(1)]) == []
    assert turns.awaited() == {1}
    assert turns.release({1}) == []
    assert turns.release(()) == [_row(10)]
    assert len(turns) == 0


def test_other_keys_and_other_topics_go_on() -> None:
    turns = Turns()
    rows = [_row(10), _row(11, key="other"), _row(12, topic="other")]
    assert turns.take(rows, [_row(1)]) == rows[1:]


def test_what_comes_later_stays_behind_though_nothing_is_before_it_any_more() -> None:
    turns = Turns()
    turns.take([_row(10)], [_row(1)])
    assert turns.take([_row(11)], []) == []
    assert turns.release(()) == [_row(10), _row(11)]


def test_a_row_waits_for_its_own_forerunners_only() -> None:
    """The other's second row may wait for our first: ours must not wait for that as well."""
    turns = Turns()
    turns.take([_row(10)], [_row(1)])
    turns.take([_row(11)], [_row(1), _row(2)])
    assert turns.release({2}) == [_row(10)]
    assert turns.release(()) == [_row(11)]


_STEPS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["write", "publish", "look"])))


@given(_STEPS)
def test_writers_keep_the_order_and_never_wait_in_a_circle(
    steps: Sequence[tuple[int, str]],
) -> None:
    """Three writers of one key: each commit sees all rows that are not published by then."""
    turns = [Turns() for _ in range(3)]
    ready: list[list[Outgoing]] = [[], [], []]
    unpublished: dict[int, int] = {}  # sequence: writer
    log: list[int] = []

    def publish(writer: int) -> None:
        for row in ready[writer]:
            log.append(row.sequence)
            del unpublished[row.sequence]
        ready[writer].clear()

    def look(writer: int) -> None:
        left = turns[writer].awaited() & unpublished.keys()
        ready[writer] += turns[writer].release(left)

    written = 0
    for writer, step in steps:
        if step == "write":
            written += 1
            ahead = [_row(each) for each, owner in unpublished.items() if owner != writer]
            ready[writer] += turns[writer].take([_row(written)], ahead)
            unpublished[written] = writer
        elif step == "publish":
            publish(writer)
        else:
            look(writer)
    for _ in range(written):
        for writer in range(3):
            look(writer)
            publish(writer)
    assert log == list(range(1, written + 1))
