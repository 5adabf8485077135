"""Many seeds, on as many processors as there are."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import starmap

from services.simulator.planted.bugs import planted
from services.simulator.run import Outcome, simulate
from services.simulator.shrinking import shrink


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What came of one seed: ``code`` and ``text`` of the promise it broke, ``""`` for none."""

    seed: int
    steps: int
    changes: int
    trace_hash: str
    code: str = ""
    text: str = ""


def run_seed(seed: int, steps: int, bug: str = "") -> SeedResult:
    """Simulate one seed, with a bug planted where one is named."""
    with planted(bug):
        outcome = simulate(seed, steps)
    broken = outcome.violation
    return SeedResult(
        seed,
        len(outcome.taken),
        outcome.changes,
        outcome.trace_hash,
        "" if broken is None else broken.code,
        "" if broken is None else str(broken),
    )


def run_seeds(
    seeds: Sequence[int], steps: int, bug: str = "", jobs: int = 1
) -> Iterator[SeedResult]:
    """Yield the result of each seed in order, from up to ``jobs`` processes at once."""
    cases = [(seed, steps, bug) for seed in seeds]
    if jobs == 1 or len(seeds) == 1:
        yield from starmap(run_seed, cases)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(seeds)), mp_context=context) as pool:
        yield from pool.map(run_seed, *zip(*cases, strict=True))


def shortest(seed: int, steps: int, bug: str = "") -> tuple[Outcome, Outcome]:
    """Return a failing seed's outcome, and that of the shortest trace found for it."""
    with planted(bug):
        found = simulate(seed, steps)
        return found, shrink(found)
