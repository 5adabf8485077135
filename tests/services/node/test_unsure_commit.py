"""A commit that fails may have been written all the same; what it sends still goes out, once."""

from __future__ import annotations

import pytest

from adapters.db.memory import Failing, MemoryDisk, MemoryStore
from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.errors import Unavailable
from clearing.messages import DebitUndone
from clearing.ports import TableSpec
from services.node.batch import BatchResult
from services.node.machine import NodeMachine
from services.node.records import SPECS, Outgoing
from tests.network_pump import CountingIds, FakeClock
from tests.services.node.plain_node import HERE, ROLE, Add, JsonAnswers, Total, request


class Node:
    def __init__(self) -> None:
        self.disk = MemoryDisk((*SPECS, TableSpec(Total, "total", ("name",))))
        self.machine = NodeMachine(
            HERE,
            ROLE,
            MemoryStore(self.disk),
            FakeClock(),
            CountingIds(),
            JsonAnswers(),
            encode_envelope,
        )

    def add(self, request_id: str, amount: int) -> BatchResult:
        return self.machine.run([request(Add("x", amount), request_id)])

    def sequences(self) -> list[int]:
        return [int(sequence) for (sequence,) in self.disk.tables[Outgoing].order]


def totals(result: BatchResult) -> list[int]:
    bodies = [decode_envelope(row.value).body for row in result.outgoing]
    return [body.amount_fen for body in bodies if isinstance(body, DebitUndone)]


@pytest.mark.parametrize("failing", Failing)
def test_the_next_batch_gives_out_what_was_written_and_overwrites_nothing(
    failing: Failing,
) -> None:
    node = Node()
    node.add("q1", 1)
    node.disk.fail_next = failing
    with pytest.raises(Unavailable):
        node.add("q2", 2)
    result = node.add("q3", 4)
    written = failing is Failing.AFTER
    assert totals(result) == ([3, 7] if written else [5])
    assert node.sequences() == ([1, 2, 3] if written else [1, 3])
    assert totals(node.add("q4", 8)) == [15 if written else 13]


def test_what_another_process_has_published_meanwhile_leaves_its_sequence_behind() -> None:
    """Whoever adopts rows knows them by sequence: under a used one a new row was left out."""
    node = Node()
    node.disk.fail_next = Failing.AFTER
    with pytest.raises(Unavailable):
        node.add("q1", 1)
    unit = MemoryStore(node.disk).begin()
    unit.table(Outgoing).delete(1)
    unit.commit()
    assert totals(node.add("q2", 4)) == [5]
    assert node.sequences() == [2]


def test_a_batch_that_fails_before_it_is_written_gives_them_to_the_one_after_it() -> None:
    node = Node()
    node.disk.fail_next = Failing.AFTER
    with pytest.raises(Unavailable):
        node.add("q1", 1)
    node.disk.fail_next = Failing.BEFORE
    with pytest.raises(Unavailable):
        node.add("q2", 2)
    assert totals(node.add("q3", 4)) == [1, 5]


def test_a_tick_gives_them_out_where_nothing_else_comes() -> None:
    node = Node()
    node.disk.fail_next = Failing.AFTER
    with pytest.raises(Unavailable):
        node.add("q1", 1)
    assert totals(node.machine.tick()) == [1]
    assert totals(node.machine.tick()) == []
