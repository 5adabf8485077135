"""A seed decides how many processes there are, and several of them share one node's work."""

from __future__ import annotations

import pytest

from clearing.calendar import Instant
from services.node.command import Answered, Request, RequestMeta, Result
from services.node.records import SeenMessage
from services.simulator import plans, town
from services.simulator.layout import Layout, Seat
from services.simulator.world import World

NODES = [plan.address for plan in town.plans()]


@pytest.fixture
def world() -> World:
    return World(town.plans(), plans.answers(), layout=Layout({town.HOME: 2}))


def test_a_seed_decides_the_layout() -> None:
    layouts = [Layout.draw(seed, NODES) for seed in range(30)]
    assert layouts == [Layout.draw(seed, NODES) for seed in range(30)]
    assert {layout.poison for layout in layouts} == {True, False}
    assert Layout() in [Layout(layout.slots) for layout in layouts]
    assert {count for layout in layouts for count in layout.slots.values()} == {1, 2, 3}


def test_processes_share_the_partitions_of_their_node(world: World) -> None:
    held = [
        {place for place, _ in process.reading.places()} for process in world.processes(town.HOME)
    ]
    assert held[0]
    assert held[1]
    assert not held[0] & held[1]


def test_a_process_that_is_missed_reads_nothing_and_another_holds_it_all(world: World) -> None:
    one, other = world.processes(town.HOME)
    everything = {place for each in (one, other) for place, _ in each.reading.places()}
    world.miss(other.seat)
    assert {each.seat for each in (one, other) if each.reading.outside} == {other.seat}
    assert list(other.reading.places()) == []
    assert {place for place, _ in one.reading.places()} == everything
    world.kill(one.seat)
    assert world.missed_by_nobody.keys() == {Seat(town.HOME)}
    world.mend()
    assert not any(each.reading.outside for each in world.processes(town.HOME))
    assert not world.missed_by_nobody


def registering(number: int) -> Request:
    at, scope, payload, moment = list(town.registrations())[len(town.CARE)]
    assert at == town.HOME
    return Request(payload, RequestMeta(scope, f"r{number}", Instant(moment)))


def test_who_comes_second_with_the_same_record_works_it_out_again(world: World) -> None:
    heard: list[Result] = []
    one, other = world.processes(town.HOME)
    one.call(registering(1), heard.append)
    other.call(registering(1), heard.append)
    assert one.open()
    assert other.open()
    assert one.end() is not None
    assert other.end() is None
    assert len(heard) == 1
    assert other.work() is not None
    assert heard[0] == heard[1]
    assert isinstance(heard[0], Answered)


def test_a_restored_database_is_what_it_was_and_local_work_is_never_lost(world: World) -> None:
    world.back_up(town.HOME)
    assert world.history[town.HOME] == []
    process = world.processes(town.HOME)[0]
    process.call(registering(1), lambda _: None)
    process.work()
    kept = world.disks[town.HOME].backup()
    world.put(town.THIRD, SeenMessage("m", Instant(0)))
    world.restore(town.HOME)
    assert world.disks[town.HOME].backup() == kept
    assert world.processes(town.HOME) == []
    assert len(world.history[town.HOME]) == 1
