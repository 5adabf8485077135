"""``yidi simulate``: run the network in one thread under seeded faults, and check every step.

A seed that breaks a promise is printed with the shortest trace found that breaks the same one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from clearing.errors import Malformed
from services.cli import exit_codes
from services.simulator.campaign import SeedResult, run_seeds, shortest
from services.simulator.planted.bugs import BUGS

SHRUNK_AT_MOST = 3
"""For how many different broken promises a short trace is looked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to simulate. ``bug`` is planted, ``jobs`` is how many processes share the seeds."""

    seeds: Sequence[int]
    steps: int
    bug: str = ""
    jobs: int = 1
    shrink: bool = True
    as_json: bool = False


def seeds_of(seed: int, text: str) -> Sequence[int]:
    """Return the seeds of ``FIRST..LAST``, or the one seed without it. Raises ``Malformed``."""
    if not text:
        return [seed]
    first, dots, last = text.partition("..")
    if not (dots and first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        raise Malformed(
            "seeds", f"write --seeds FIRST..LAST, not {text!r}", f"种子范围无法识别: {text!r}"
        )
    return range(int(first), int(last) + 1)


def check_bug(name: str) -> None:
    """Raise ``Malformed`` naming the bugs there are, where this is none."""
    if name and name not in BUGS:
        known = ", ".join(BUGS)
        raise Malformed(
            "bug_unknown", f"{name!r} is none of {known}", f"{name!r} 不在 {known} 之中"
        )


def list_bugs(*, as_json: bool) -> int:
    """Print every bug that can be planted, return the exit code."""
    if as_json:
        words = {name: bug.words for name, bug in BUGS.items()}
        print(json.dumps(words, indent=2, ensure_ascii=False))
    else:
        width = max(map(len, BUGS))
        for name, bug in BUGS.items():
            print(f"{name:{width}}  {bug.words}")
    return exit_codes.OK


def simulate_command(wanted: Wanted) -> int:
    """Simulate every seed, print what was found, return the exit code."""
    started = time.monotonic()
    results = []
    for result in run_seeds(wanted.seeds, wanted.steps, wanted.bug, wanted.jobs):
        results.append(result)
        if result.code and not wanted.as_json:
            print(f"seed {result.seed}, step {result.steps}: {result.text}", flush=True)
    elapsed_ms = int((time.monotonic() - started) * 1000)
    failing = [result for result in results if result.code]
    traces = _traces(failing, wanted) if wanted.shrink else []
    if wanted.as_json:
        print(json.dumps(_document(results, traces, elapsed_ms), indent=2, ensure_ascii=False))
    else:
        _show(results, traces, elapsed_ms, wanted)
    return exit_codes.DIFFERENCE if failing else exit_codes.OK


def _traces(failing: Sequence[SeedResult], wanted: Wanted) -> list[dict[str, Any]]:
    """Return a short trace for each promise broken, from the seed that broke it soonest."""
    soonest: dict[str, SeedResult] = {}
    for result in sorted(failing, key=lambda each: each.steps):
        soonest.setdefault(result.code, result)
    found = []
    for result in list(soonest.values())[:SHRUNK_AT_MOST]:
        _, short = shortest(result.seed, wanted.steps, wanted.bug)
        found.append(
            {
                "seed": result.seed,
                "broken": str(short.violation),
                "steps": [str(taken) for taken in short.taken],
            }
        )
    return found


def _document(
    results: Sequence[SeedResult], traces: Sequence[dict[str, Any]], elapsed_ms: int
) -> dict[str, Any]:
    return {
        "seeds": len(results),
        "steps": sum(result.steps for result in results),
        "elapsed_ms": elapsed_ms,
        "failing": [asdict(result) for result in results if result.code],
        "traces": list(traces),
    }


def _show(
    results: Sequence[SeedResult],
    traces: Sequence[dict[str, Any]],
    elapsed_ms: int,
    wanted: Wanted,
) -> None:
    for trace in traces:
        steps = trace["steps"]
        print(f"\nseed {trace['seed']}, shortest trace found ({len(steps)} steps):")
        for number, step in enumerate(steps, start=1):
            print(f"  {number:3} {step}")
        print(f"  broken: {trace['broken']}")
        planted = f" --planted {wanted.bug}" if wanted.bug else ""
        print(f"  again: yidi simulate --seed {trace['seed']} --steps {wanted.steps}{planted}")
    steps_taken = sum(result.steps for result in results)
    failing = sum(1 for result in results if result.code)
    per_s = steps_taken * 1000 // max(elapsed_ms, 1)
    print(
        f"{len(results):,} seeds, {steps_taken:,} steps in {elapsed_ms // 1000} s "
        f"({per_s:,} a second): {failing:,} seeds break a promise"
    )
    if len(results) == 1:
        print(f"trace {results[0].trace_hash}")
