"""Which step comes next: drawn from a seed, among those that do something now."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from clearing.messages import Address
from services.simulator.process import Cut
from services.simulator.steps import Step
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
}
SPOILT = ("lost", "unconfirmed", "partly", "repeated")
DISK_FAULTS = ("before", "after", "full", "refuses")
PASSING_MS = (1, 20, 300, 3_000, 9_000, 25_000)
SKEWS_MS = (0, 400, -400, 3_000, -3_000)
REST_EVERY = 500
MENDING = 20


@dataclass(frozen=True, slots=True)
class Weather:
    """How often what goes wrong in one run: each seed has its own, from calm to foul.

    ``cut`` and ``spoilt`` are per cent of the batches and of the appends.
    """

    kill: int
    cut: int
    spoilt: int
    disk: int
    broker: int
    silence: int
    clock: int
    deeds: int
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
            (weather.kill, self._kill),
            (weather.disk, self._disk),
            (weather.broker, self._broker),
            (weather.silence, self._silence),
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
        ready: list[Step] = []
        for address, process in world.running.items():
            places = world.waiting_places(address)
            ready += [Step("work", address, place) for place in places]
            if process.queue and not places:
                ready.append(Step("work", address))
        if not ready:
            return self._publish()
        step = random.choice(ready)
        cut = ""
        if random.randrange(100) < self.weather.cut:
            cut = random.choice((Cut.OPENED, Cut.COMMITTED, Cut.TOLD)).value
        return Step("work", step.at, step.place, number=random.randint(1, 8), cut=cut)

    def _publish(self) -> Step | None:
        random = self._random
        ready = [at for at, process in self._world.running.items() if process.unpublished]
        if not ready:
            return None
        at = random.choice(ready)
        how = random.choice(SPOILT) if random.randrange(100) < self.weather.spoilt else ""
        cut = Cut.APPENDED.value if random.randrange(200) < self.weather.cut else ""
        return Step("publish", at, how=how, cut=cut)

    def _clock(self) -> Step:
        if self.weather.clock > 4 and self._random.random() < 0.1:
            return Step("skew", self._node(), number=self._random.choice(SKEWS_MS))
        weights = (5, 5, 10, 20, 30, 20) if self.weather.hurries else (25, 25, 20, 15, 10, 3)
        return Step("clock", number=self._random.choices(PASSING_MS, weights)[0])

    def _tick(self) -> Step | None:
        running = list(self._world.running)
        return Step("tick", self._random.choice(running)) if running else None

    def _kill(self) -> Step:
        return Step("kill", self._node())

    def _disk(self) -> Step:
        return Step("disk", self._node(), how=self._random.choice(DISK_FAULTS))

    def _broker(self) -> Step:
        return Step("broker", how="gone")

    def _silence(self) -> Step:
        place = self._random.choice(list(self._world.broker.records))
        return Step("silence", place=place, how="begins")

    def _mend(self) -> Step | None:
        """End something that is wrong, where anything is."""
        world = self._world
        wrong = [Step("start", at) for at in world.disks if at not in world.running]
        for at, disk in world.disks.items():
            if disk.full or not disk.connections:
                wrong.append(Step("disk", at, how="mends"))
        ordered = sorted(world.broker.silent, key=lambda place: (place.topic, place.partition))
        wrong += [Step("silence", place=place, how="ends") for place in ordered]
        if not world.broker.reachable:
            wrong.append(Step("broker", how="back"))
        return self._random.choice(wrong) if wrong else None
