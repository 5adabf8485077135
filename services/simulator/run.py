"""One run: a seed's steps on a fresh world, or a recorded list of them, with the oracles."""

from __future__ import annotations

import hashlib
import logging
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clearing.errors import InvariantBroken
from services.simulator import plans, town
from services.simulator.layout import Layout
from services.simulator.oracles.deadlines import check_deadlines
from services.simulator.oracles.resting import check_again, check_at_rest
from services.simulator.oracles.told import check_told
from services.simulator.oracles.watch import Watch
from services.simulator.people import People
from services.simulator.scheduler import Scheduler
from services.simulator.steps import Step, Taker
from services.simulator.violation import Violation
from services.simulator.world import World


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken, and what it did in words."""

    step: Step
    doing: str = ""

    def __str__(self) -> str:
        """Write the step with what it came to."""
        return f"{self.step}: {self.doing}" if self.doing else str(self.step)


@dataclass(slots=True)
class Outcome:
    """What came of a run. ``violation`` is ``None`` where every promise held."""

    seed: int
    taken: list[Taken] = field(default_factory=list)
    violation: Violation | None = None
    trace_hash: str = ""
    changes: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def steps(self) -> list[Step]:
        """The steps alone, to be taken again."""
        return [taken.step for taken in self.taken]


class Run:
    """A world with its people and oracles."""

    def __init__(self, seed: int) -> None:
        nodes = town.plans()
        layout = Layout.draw(seed, [plan.address for plan in nodes])
        self.world = World(nodes, plans.answers(), layout=layout)
        self.watch = Watch(self.world)
        self.people = People(self.world)
        self.outcome = Outcome(seed)
        self._taker = Taker(self.world, self.people)

    def play(self, steps: Iterable[Step]) -> Outcome:
        """Take steps one after the other until a promise is broken, then come to rest."""
        try:
            with _quiet_logs():
                self._begin()
                for step in steps:
                    self._take(step)
                self._end()
        except Violation as violation:
            self.outcome.violation = violation
        except InvariantBroken as error:
            self.outcome.violation = Violation("node_halted", str(error))
        except Exception as error:  # a fault of the code, which its seed must not keep to itself
            self.outcome.violation = Violation("crashed", _where(error))
        self.outcome.trace_hash = self._hash()
        self.outcome.changes = self.watch.changes
        return self.outcome

    def _begin(self) -> None:
        self.people.register()
        self.world.settle_down()
        self.watch.check(self.people.promised)

    def _take(self, step: Step) -> None:
        taken = len(self.outcome.taken)
        self.outcome.taken.append(Taken(step))
        self._taker.take(step)
        self.outcome.taken[taken] = Taken(step, self.people.doing)
        self.watch.check(self.people.promised)
        if step.kind == "rest":
            check_at_rest(self.world, verify=False)

    def _end(self) -> None:
        """Come to rest; whoever still waits asks again, and everybody is told what they were."""
        self.world.settle_down()
        self.watch.check(self.people.promised)
        for sent in self.people.sent:
            self.people.send(sent)
        self.world.settle_down()
        self.watch.check(self.people.promised)
        for sent in self.people.sent:
            if sent.accepted and sent.final is None:
                raise Violation("request_lost", f"{sent}: it was accepted and has no answer")
        check_at_rest(self.world)
        for at in town.INSURED:
            check_deadlines(self.world, at)
        check_told(self.world, self.people.sent, town.INSURED)
        check_again(self.world)

    def _hash(self) -> str:
        """Return a hash over what happened: the same for the same seed, whenever and wherever."""
        digest = hashlib.sha256()
        for taken in self.outcome.taken:
            digest.update(f"{taken}\n".encode())
        for place, records in self.world.broker.records.items():
            digest.update(f"{place} {len(records)}\n".encode())
            for record in records:
                digest.update(record.value)
        digest.update(str(self.outcome.violation).encode())
        return digest.hexdigest()


def _where(error: Exception) -> str:
    """Return an unforeseen error with the place it came from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} at {Path(frame.filename).name}:{frame.lineno}"


def simulate(seed: int, steps: int) -> Outcome:
    """Run a seed for so many steps."""
    run = Run(seed)
    scheduler = Scheduler(run.world, seed)

    def drawn() -> Iterator[Step]:
        for _ in range(steps):
            yield scheduler.next()

    return run.play(drawn())


def repeat(seed: int, steps: Sequence[Step]) -> Outcome:
    """Take recorded steps again on a fresh world."""
    return Run(seed).play(steps)


@contextmanager
def _quiet_logs() -> Iterator[None]:
    """Keep the nodes' own complaints out of the way: faults are what a run is about."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
