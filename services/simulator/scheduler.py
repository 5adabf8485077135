"""Which step comes next: drawn from a seed, among those that do something now."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from clearing.messages import Address, Role
from clearing.ports import TopicPartition
from services.node import topics
from services.simulator.layout import Seat
from services.simulator.letters import GARBLED
from services.simulator.process import Cut
from services.simulator.steps import Step
from services.simulator.wire import envelope_of
from services.simulator.world import World

DEEDS = {
    "open": 5,
    "upload": 4,
    "void": 1,
    "close": 4,
    "settle": 10,
    "cancel": 4,
    "reverse": 5,
    "come_late": 2,
    "repeat": 5,
    "ask": 2,
    "decide": 2,
    "withdraw": 1,
    "file": 2,
    "revoke": 1,
}
LETTERS = {"poison": 6, "rubbish": 1, "heal": 2, "replay": 3, "discard": 2}
GARBLED_PER_CENT = 20
"""How many of the appends that have something in ``GARBLED`` nobody can read."""

SPOILT = ("lost", "unconfirmed", "partly", "repeated")
DISK_FAULTS = ("before", "after", "full", "refuses")
PASSING_MS = (1, 20, 300, 3_000, 9_000, 25_000, 660_000)
SKEWS_MS = (0, 400, -400, 3_000, -3_000)
REST_EVERY = 500
MENDING = 20


@dataclass(frozen=True, slots=True)
class Weather:
    """How often what goes wrong in one run: each seed has its own, from calm to foul.

    ``cut`` and ``spoilt`` are per cent of the batches and of the appends; ``aside`` is per cent
    of the batches that are left uncommitted for a while, ``missed`` how often the log misses a
    process that runs, ``lost`` how often a database is put back to its backup.
    """

    kill: int
    cut: int
    spoilt: int
    disk: int
    broker: int
    silence: int
    clock: int
    deeds: int
    aside: int
    missed: int
    lost: int
    hurries: bool
    """Whether time passes in leaps, so that deadlines do."""

    @classmethod
    def draw(cls, random: Random) -> Weather:
        """Draw a run's weather; half of the faults do not occur in it at all."""

        def some(most: int) -> int:
            return random.choice((0, 0, most // 3, most))

        return cls(
            kill=some(4),
            cut=some(12),
            spoilt=some(20),
            disk=some(4),
            broker=some(2),
            silence=some(4),
            clock=random.choice((2, 4, 10)),
            deeds=random.choice((12, 25, 40)),
            aside=some(50),
            missed=some(3),
            lost=some(2),
            hurries=random.random() < 0.3,
        )


class Scheduler:
    """Draws steps. It looks at the world, and changes nothing in it."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._random = Random(seed)
        self.weather = Weather.draw(self._random)
        weather = self.weather
        self._choices = (
            (weather.deeds, self._deed),
            (60, self._work),
            (20, self._publish),
            (weather.clock, self._clock),
            (3, self._tick),
            (8 if world.layout.slots else 0, self._look),
            (weather.kill, self._kill),
            (weather.disk, self._disk),
            (weather.broker, self._broker),
            (weather.silence, self._silence),
            (weather.missed, self._miss),
            (weather.lost, self._lose),
            (6 if world.layout.poison else 0, self._letter),
            (MENDING, self._mend),
        )
        self._weights = [weight for weight, _ in self._choices]
        self._draws = [draw for _, draw in self._choices]
        self._count = 0

    def next(self) -> Step:
        """Return what happens next."""
        self._count += 1
        if self._count % REST_EVERY == 0:
            return Step("rest")
        (draw,) = self._random.choices(self._draws, self._weights)
        return draw() or self._deed()

    def _node(self) -> Address:
        return self._random.choice(list(self._world.disks))

    def _deed(self) -> Step:
        if self._random.random() < 0.003:
            return Step("close_period")
        (how,) = self._random.choices(list(DEEDS), list(DEEDS.values()))
        return Step("deed", how=how, number=self._random.getrandbits(32))

    def _work(self) -> Step | None:
        world, random = self._world, self._random
        ready: list[tuple[Seat, TopicPartition | None]] = []
        for seat, process in world.running.items():
            if process.under_way is not None:
                ready.append((seat, None))
                continue
            places = world.waiting_places(process)
            ready += [(seat, place) for place in places]
            if process.queue and not places:
                ready.append((seat, None))
        if not ready:
            return self._publish()
        seat, place = random.choice(ready)
        number = random.randint(1, 8)
        if self._is_left_aside(seat):
            return Step("open", seat.at, seat.slot, place, number=number)
        cut = ""
        if random.randrange(100) < self.weather.cut:
            cut = random.choice((Cut.OPENED, Cut.COMMITTED, Cut.TOLD)).value
        return Step("work", seat.at, seat.slot, place, number=number, cut=cut)

    def _publish(self) -> Step | None:
        random = self._random
        running = self._world.running.items()
        ready = [seat for seat, process in running if process.unpublished]
        if not ready:
            return None
        seat = random.choice(ready)
        how = random.choice(SPOILT) if random.randrange(100) < self.weather.spoilt else ""
        if self._undoes(seat) and random.randrange(100) < GARBLED_PER_CENT:
            how = "garbled"
        cut = Cut.APPENDED.value if random.randrange(200) < self.weather.cut else ""
        return Step("publish", seat.at, seat.slot, how=how, cut=cut)

    def _undoes(self, seat: Seat) -> bool:
        """Tell whether a process is to publish something that may be lost, and is asked again."""
        if not self._world.layout.poison:
            return False
        rows = self._world.running[seat].unpublished
        return any(isinstance(envelope_of(row.value).body, GARBLED) for row in rows)

    def _clock(self) -> Step:
        if self.weather.clock > 4 and self._random.random() < 0.1:
            return Step("skew", self._node(), number=self._random.choice(SKEWS_MS))
        weights = (5, 5, 10, 20, 30, 20, 8) if self.weather.hurries else (25, 25, 20, 15, 10, 3, 1)
        return Step("clock", number=self._random.choices(PASSING_MS, weights)[0])

    def _tick(self) -> Step | None:
        running = list(self._world.running)
        if not running:
            return None
        seat = self._random.choice(running)
        left = self._is_left_aside(seat)
        return Step("tick", seat.at, seat.slot, how="aside" if left else "")

    def _is_left_aside(self, seat: Seat) -> bool:
        """Draw whether a transaction stays open for a while, where others may work beside it."""
        shared = self._world.layout.shared(seat.at)
        return shared and self._random.randrange(100) < self.weather.aside

    def _look(self) -> Step | None:
        running = self._world.running.items()
        ready = [seat for seat, process in running if process.looks]
        if not ready:
            return None
        seat = self._random.choice(ready)
        return Step("look", seat.at, seat.slot)

    def _kill(self) -> Step:
        seat = self._random.choice(self._world.seats)
        return Step("kill", seat.at, seat.slot)

    def _miss(self) -> Step | None:
        """Miss a process that runs all the same, where others may take over what it held."""
        seat = self._random.choice(self._world.seats)
        shared = self._world.layout.shared(seat.at)
        return Step("miss", seat.at, seat.slot) if shared else None

    def _disk(self) -> Step:
        return Step("disk", self._node(), how=self._random.choice(DISK_FAULTS))

    def _lose(self) -> Step:
        """Back a node up, or lose its database where there is a backup.

        Not of a care region's node: what hospitals have asked of it is in no log.
        """
        at = self._random.choice([at for at in self._world.disks if at.role is not Role.CARE])
        known = at in self._world.backups and self._random.random() < 0.5
        return Step("restore" if known else "back_up", at)

    def _letter(self) -> Step:
        """Make a dead letter, or see to those there are."""
        random, at = self._random, self._node()
        (kind,) = random.choices(list(LETTERS), list(LETTERS.values()))
        if kind in ("heal", "replay", "discard"):
            return Step(kind, at, number=random.getrandbits(16))
        topic = random.choice(topics.read_by(at))
        place = random.choice(self._world.log.partitions(topic))
        if kind == "poison":
            return Step(kind, at, place=place, number=random.randrange(3))
        return Step(kind, place=place, number=random.getrandbits(16))

    def _broker(self) -> Step:
        return Step("broker", how="gone")

    def _silence(self) -> Step:
        place = self._random.choice(list(self._world.broker.records))
        return Step("silence", place=place, how="begins")

    def _mend(self) -> Step | None:
        """End something that is wrong, where anything is."""
        world = self._world
        wrong = [Step("start", s.at, s.slot) for s in world.seats if s not in world.running]
        wrong += [Step("miss", s.at, s.slot) for s in world.missed_by_nobody]
        wrong += [
            Step("join", s.at, s.slot)
            for s, process in world.running.items()
            if process.reading.outside
        ]
        for at, disk in world.disks.items():
            if disk.full or not disk.connections:
                wrong.append(Step("disk", at, how="mends"))
        ordered = sorted(world.broker.silent, key=lambda place: (place.topic, place.partition))
        wrong += [Step("silence", place=place, how="ends") for place in ordered]
        if not world.broker.reachable:
            wrong.append(Step("broker", how="back"))
        return self._random.choice(wrong) if wrong else None
