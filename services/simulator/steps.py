"""The steps that the world can take, written down so that they can be taken again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from random import Random

from adapters.db.memory import Failing
from adapters.embedded.memory import Misdeed
from clearing.errors import Unavailable
from clearing.messages import HOUSE, Address
from clearing.period import Period, PeriodState
from clearing.ports import TopicPartition
from services.clearing_house.closing import close_period
from services.simulator.layout import Seat
from services.simulator.letters import Letters
from services.simulator.people import People
from services.simulator.process import Cut, Killed, Process
from services.simulator.town import MONTHS, PATIENTS
from services.simulator.world import World


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. What does not apply where it is taken does nothing.

    ``how`` is a deed or a kind of fault, ``number`` a deed's seed, a count or milliseconds,
    ``cut`` where the node is killed in the middle.
    """

    kind: str
    at: Address | None = None
    slot: int = 1
    place: TopicPartition | None = None
    how: str = ""
    number: int = 0
    cut: str = ""

    def __str__(self) -> str:
        """Write the step in a line."""
        words = [self.kind]
        if self.at is not None:
            words.append(str(Seat(self.at, self.slot)))
        if self.place is not None:
            words.append(f"{self.place.topic}/{self.place.partition}")
        words += [word for word in (self.how, str(self.number) if self.number else "") if word]
        if self.cut:
            words.append(f"killed when {self.cut}")
        return " ".join(words)


class Taker:
    """Takes steps on a world."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people
        self._letters = Letters(world)
        self._kinds = {
            "deed": self._deed,
            "work": self._work,
            "open": self._open,
            "publish": self._publish,
            "tick": self._tick,
            "look": self._look,
            "kill": self._kill,
            "start": self._start,
            "miss": self._miss,
            "join": self._join,
            "disk": self._disk,
            "back_up": self._back_up,
            "restore": self._restore,
            "poison": self._poison,
            "rubbish": self._rubbish,
            "heal": self._heal,
            "replay": self._replay,
            "discard": self._discard,
            "broker": self._broker,
            "silence": self._silence,
            "clock": self._clock,
            "skew": self._skew,
            "close_period": self._close_period,
            "rest": self._rest,
        }

    def take(self, step: Step) -> None:
        """Take a step. Raises ``Violation`` and ``InvariantBroken``."""
        self._people.doing = ""
        try:
            self._kinds[step.kind](step)
        except Killed:
            self._world.kill(_seat(step))

    def _deed(self, step: Step) -> None:
        self._people.deeds[step.how](Random(step.number))

    def _work(self, step: Step) -> None:
        process = self._process(step)
        if process is None:
            return
        self._read(process, step)
        if process.queue or process.under_way is not None:
            process.work(Cut(step.cut) if step.cut else None)

    def _open(self, step: Step) -> None:
        """Work a batch out and leave it so: others go on meanwhile."""
        process = self._process(step)
        if process is None or process.under_way is not None:
            return
        self._read(process, step)
        if process.queue:
            process.open()

    def _read(self, process: Process, step: Step) -> None:
        if step.place is None or process.under_way is not None:
            return
        if step.place in self._world.waiting_places(process):
            process.read(step.place, step.number)

    def _publish(self, step: Step) -> None:
        process = self._process(step)
        if process is None or not process.unpublished:
            return
        cut = Cut(step.cut) if step.cut else None
        if step.how == "garbled":
            with self._letters.garbling():
                process.publish(cut)
            return
        self._world.broker.spoil_next = Misdeed(step.how) if step.how else None
        process.publish(cut)
        self._world.broker.spoil_next = None

    def _tick(self, step: Step) -> None:
        process = self._process(step)
        if process is None:
            return
        if step.how == "aside":
            process.open_tick()
        else:
            process.tick()

    def _look(self, step: Step) -> None:
        process = self._process(step)
        if process is not None:
            process.look()

    def _kill(self, step: Step) -> None:
        self._world.kill(_seat(step))

    def _start(self, step: Step) -> None:
        if _seat(step) not in self._world.running:
            self._world.start(_seat(step))

    def _miss(self, step: Step) -> None:
        self._world.miss(_seat(step))

    def _join(self, step: Step) -> None:
        process = self._process(step)
        if process is not None and process.reading.outside:
            process.reading.join()

    def _disk(self, step: Step) -> None:
        assert step.at is not None
        disk = self._world.disks[step.at]
        if step.how in ("before", "after"):
            disk.fail_next = Failing(step.how)
        elif step.how == "full":
            disk.full = True
        elif step.how == "refuses":
            disk.connections = False
        else:
            disk.fail_next, disk.full, disk.connections = None, False, True

    def _back_up(self, step: Step) -> None:
        assert step.at is not None
        self._world.back_up(step.at)

    def _restore(self, step: Step) -> None:
        assert step.at is not None
        self._world.restore(step.at)

    def _poison(self, step: Step) -> None:
        assert step.at is not None
        assert step.place is not None
        self._letters.poison(step.at, step.place, step.number)

    def _rubbish(self, step: Step) -> None:
        assert step.place is not None
        self._letters.rubbish(step.place, Random(step.number))

    def _heal(self, step: Step) -> None:
        assert step.at is not None
        self._letters.heal(step.at)

    def _replay(self, step: Step) -> None:
        assert step.at is not None
        self._letters.replay(step.at)

    def _discard(self, step: Step) -> None:
        assert step.at is not None
        self._letters.discard(step.at, Random(step.number))

    def _broker(self, step: Step) -> None:
        self._world.broker.reachable = step.how == "back"

    def _silence(self, step: Step) -> None:
        assert step.place is not None
        if step.how == "ends":
            self._world.broker.silent.discard(step.place)
        else:
            self._world.broker.silent.add(step.place)

    def _clock(self, step: Step) -> None:
        self._world.clock.pass_ms(step.number)

    def _skew(self, step: Step) -> None:
        assert step.at is not None
        self._world.clocks[step.at].skew_ms = step.number

    def _close_period(self, _step: Step) -> None:
        """An operator ends the earliest open period, in a transaction of their own."""
        if HOUSE not in self._world.disks:
            return
        years = sorted({patient.year for patient in PATIENTS})
        known = {row.period: row for row in self._world.rows(HOUSE, Period)}
        for period in (f"{year}-{month:02d}" for year in years for month in MONTHS):
            row = known.get(period)
            if row is None or row.state is PeriodState.OPEN:
                with suppress(Unavailable):  # the disk is full: it's closed another time
                    if not self._world.catches_up(HOUSE):
                        self._world.write(HOUSE, partial(close_period, period))
                return

    def _rest(self, _step: Step) -> None:
        self._world.settle_down()

    def _process(self, step: Step) -> Process | None:
        return self._world.running.get(_seat(step))


def _seat(step: Step) -> Seat:
    assert step.at is not None
    return Seat(step.at, step.slot)
