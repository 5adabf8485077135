"""A world loses nothing that it promised to keep, wherever a node is killed."""

from __future__ import annotations

import pytest

from clearing.errors import Rejected
from services.node.command import Answered, Failed, Result
from services.simulator import plans, town
from services.simulator.layout import Seat
from services.simulator.people import People
from services.simulator.process import Cut, Killed
from services.simulator.violation import Violation
from services.simulator.world import World, answer_of


@pytest.fixture
def world() -> World:
    return World(town.plans(), plans.answers())


@pytest.mark.parametrize(
    ("cut", "told", "kept"),
    [
        (None, True, True),
        (Cut.OPENED, False, False),
        (Cut.COMMITTED, False, True),
        (Cut.TOLD, True, True),
    ],
)
def test_a_kill_takes_what_is_not_on_the_disk(
    world: World, cut: Cut | None, told: bool, kept: bool
) -> None:
    heard: list[Result] = []
    people = People(world)
    people.register()
    at = town.HOME
    process = world.process(at)
    process.queue = [(command, heard.append) for command, _ in process.queue]
    if cut is None:
        process.work()
    else:
        with pytest.raises(Killed):
            process.work(cut)
        world.kill(Seat(at))
        assert world.start(Seat(at))
    assert bool(heard) is told
    assert all(isinstance(result, Answered) for result in heard)
    assert bool(world.history[at]) is kept
    assert (world.disks[at].version > 0) is kept


def test_a_database_that_refuses_lets_no_node_start(world: World) -> None:
    world.kill(Seat(town.HOME))
    world.disks[town.HOME].connections = False
    assert not world.start(Seat(town.HOME))
    world.mend()
    assert Seat(town.HOME) in world.running


def test_messages_that_go_on_for_ever_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(World, "_move", lambda _: True)
    with pytest.raises(Violation) as caught:
        world.settle_down()
    assert caught.value.code == "never_at_rest"


def test_a_refusal_is_raised() -> None:
    refusal = Failed(Rejected("a_code", "words", "文字"))
    with pytest.raises(Rejected):
        answer_of(refusal)
