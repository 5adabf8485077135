"""What a round is made of: whatever is there, a little more where it pays, never too much."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

import pytest

from clearing.messages import Address, Role
from services.node import intake
from services.node.command import Final, Request
from services.node.intake import Intake, Item, Patience
from tests.services.node.plain_node import delivery

HERE = Address(Role.CARE, "310000")
LONG_S = 30.0


def _call(number: int) -> Item:
    future: Future[Final] = Future()
    return HERE, Request(number, None), future


def _busy(patience: Patience) -> Intake:
    """Return an intake that a call came to a moment ago: at that rate others are likely."""
    taken = Intake(10, patience)
    taken.offer(_call(0))
    assert len(taken.next(LONG_S, hurried=False)) == 1
    return taken


def _record(offset: int) -> Item:
    return HERE, delivery(offset, "none", offset), None


def _beside(act: object, *given: object) -> threading.Thread:
    thread = threading.Thread(target=act, args=given)  # type: ignore[arg-type]  # a bound method
    thread.start()
    return thread


def test_a_round_takes_what_is_there_in_order() -> None:
    taken = Intake(10)
    items = [_call(1), _record(2), _call(3)]
    assert all(taken.offer(item) for item in items)
    assert taken.next(LONG_S, hurried=False) == items
    assert taken.next(0.001, hurried=False) == []


def test_a_round_is_no_larger_than_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_ROUND", 3)
    taken = Intake(10)
    for number in range(5):
        taken.offer(_call(number))
    assert [len(taken.next(0.001, hurried=False)) for _ in range(3)] == [3, 2, 0]


def test_beyond_its_capacity_it_takes_nothing_until_there_is_room() -> None:
    taken = Intake(1)
    assert taken.offer(_call(1))
    assert not taken.offer(_call(2))
    assert not taken.put(_record(3), 0.001)
    waiting = _beside(taken.put, _record(4), LONG_S)
    assert len(taken.next(LONG_S, hurried=False)) == 1
    waiting.join()
    assert len(taken) == 1


def test_it_gathers_for_as_long_as_it_is_told_and_no_longer() -> None:
    taken = _busy(Patience(other_s=1.0))
    taken.offer(_call(1))
    began_s = time.monotonic()
    assert len(taken.next(LONG_S, hurried=False)) == 1
    assert 0.9 <= time.monotonic() - began_s < LONG_S
    taken.offer(_call(1))
    assert len(taken.next(LONG_S, hurried=True)) == 1


def test_where_no_other_is_likely_none_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def waits() -> bool:
        taken.offer(_call(1))
        began_s = time.perf_counter()
        assert len(taken.next(LONG_S, hurried=False)) == 1
        return time.perf_counter() - began_s >= 0.4

    taken = Intake(10, Patience(0.5, 0.5))
    assert not waits()  # nothing ever came
    for number in range(3):
        taken.offer(_call(number))
    assert len(taken.next(LONG_S, hurried=True)) == 3
    assert waits()
    now_s = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now_s + 60)
    taken.offer(_call(1))
    assert len(taken.next(LONG_S, hurried=True)) == 1
    assert not waits()  # what came a minute ago tells nothing


@pytest.mark.parametrize("hop", [_record(1), (HERE, Request(1, None, is_hop=True), Future())])
def test_a_hop_of_several_waits_less_and_takes_along_what_is_there(hop: Item) -> None:
    taken = _busy(Patience(hop_s=0.0, other_s=LONG_S))
    call = _call(1)
    taken.offer(call)
    found: list[list[Item]] = []
    gathering = _beside(lambda: found.append(taken.next(LONG_S, hurried=False)))
    taken.offer(hop)
    gathering.join(LONG_S / 2)
    assert found == [[call, hop]]


def test_it_gathers_no_longer_once_there_is_a_whole_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_ROUND", 3)
    taken = _busy(Patience(LONG_S, LONG_S))
    taken.offer(_call(1))
    found: list[list[Item]] = []
    gathering = _beside(lambda: found.append(taken.next(LONG_S, hurried=False)))
    taken.offer(_call(2))
    taken.offer(_call(3))
    gathering.join(LONG_S / 2)
    assert [len(items) for items in found] == [3]


@pytest.mark.parametrize("waiting", [0, 1])
def test_it_is_woken_whether_it_waits_or_gathers(waiting: int) -> None:
    taken = _busy(Patience(LONG_S, LONG_S))
    for number in range(waiting):
        taken.offer(_call(number))
    taken.wake()
    assert len(taken.next(LONG_S, hurried=False)) == waiting


def test_a_new_record_stays_behind_those_that_come_again() -> None:
    taken = Intake(10)
    failed, later, call = _record(1), _record(2), _call(3)
    taken.again.retry(HERE, [failed], time.monotonic())
    taken.offer(later)
    taken.offer(call)
    assert taken.next(0.001, hurried=False) == [call]
    time.sleep(0.06)
    assert taken.next(LONG_S, hurried=False) == [failed, later]


def test_at_the_end_everything_comes_out() -> None:
    taken = Intake(10)
    again, waiting = _record(1), _call(2)
    taken.again.hold(HERE, [again], time.monotonic())
    taken.offer(waiting)
    assert list(taken.take_all()) == [again, waiting]


def test_what_comes_again_takes_room_from_records_and_none_from_requests() -> None:
    taken = Intake(2)
    taken.again.retry(HERE, [_record(1), _record(2)], time.monotonic())
    assert not taken.put(_record(3), 0.001)
    assert taken.offer(_call(4))
    time.sleep(0.06)
    assert len(taken.next(LONG_S, hurried=False)) == 3
    assert not taken.put(_record(3), 0.001)  # what is tried again may fail again
    waiting = _beside(taken.put, _record(3), LONG_S)
    assert taken.next(LONG_S, hurried=False) == [_record(3)]
    waiting.join()


def test_what_is_held_back_keeps_no_record_of_another_node_waiting() -> None:
    taken = Intake(1)
    taken.again.hold(HERE, [_record(1), _record(2)], time.monotonic())
    assert taken.put(_record(3), 0.001)


def test_what_comes_again_comes_a_round_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_ROUND", 3)
    taken = Intake(10)
    records = [_record(number) for number in range(6)]
    taken.again.retry(HERE, records[:5], time.monotonic())
    taken.offer(records[5])
    time.sleep(0.06)
    assert taken.next(LONG_S, hurried=False) == records[:3]
    assert taken.next(LONG_S, hurried=False) == records[3:]
