"""Runs hold every promise, are the same again, and reach what they are about."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from clearing.filing import FilingRecord
from clearing.journal import JournalLine
from clearing.messages import HOUSE
from clearing.period import Period, PeriodState
from clearing.settlement import SettlementState
from services.care_region import records as at_care
from services.insured_region import records as at_insured
from services.node.day_book import BookedLine
from services.node.records import OutboxWriter, ParkedRecord
from services.simulator import town
from services.simulator.run import Run, repeat, simulate
from services.simulator.scheduler import Scheduler
from services.simulator.steps import Step

STEPS = 700


@pytest.mark.parametrize("seed", range(10))
def test_every_promise_holds(seed: int) -> None:
    outcome = simulate(seed, STEPS)
    assert outcome.violation is None
    assert len(outcome.taken) == STEPS
    assert outcome.changes > STEPS / 2


def test_one_seed_decides_everything() -> None:
    """Even in another process, where sets of words come in another order."""
    script = "from services.simulator.run import simulate; print(simulate(11, 300).trace_hash)"
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    assert hashes == {simulate(11, 300).trace_hash}
    assert simulate(12, 300).trace_hash not in hashes


def test_recorded_steps_lead_to_the_same_end() -> None:
    outcome = simulate(3, 400)
    assert repeat(3, outcome.steps).trace_hash == outcome.trace_hash


def test_steps_that_do_not_apply_do_nothing() -> None:
    kill, start = Step("kill", town.HOME), Step("start", town.HOME)
    steps = [kill, Step("work", town.HOME), Step("publish", town.HOME), kill, start, start]
    assert repeat(0, steps).violation is None


def test_runs_reach_what_they_are_about() -> None:
    """A run in which nothing is ever undone would show nothing: look at what seeds come to."""
    seen: set[str] = set()
    for seed in range(9):
        seen.update(_reached(seed))
    assert seen >= {
        *(f"settlement {state}" for state in _STATES),
        *(f"case {state}" for state in at_insured.CaseState),
        *(f"line {kind}" for kind in _KINDS),
        *(f"step {name}" for name in _STEPS),
        "undo cancellation undone",
        "undo reversal undone",
        "undo reversal restored",
        "undo reversal tombstoned",
        "account debited",
        "account refused",
        "account undone",
        "period closed",
        "slipped",
        "letter replayed",
        "letter discarded",
        "several generations",
        "filing governs",
        "filing revoked",
    }


_STATES = ("settled", "manual", "expired", "cancelled", "reversed")
_KINDS = ("settlement", "cancellation", "reversal", "restoration", "debit", "debit_reversal")
_STEPS = (
    "work opened",
    "work committed",
    "work told",
    "publish appended",
    "publish lost",
    "publish unconfirmed",
    "publish partly",
    "publish repeated",
    "disk before",
    "disk after",
    "disk full",
    "disk refuses",
    "broker gone",
    "silence begins",
    "kill",
    "start",
    "skew",
    "open",
    "look",
    "miss",
    "join",
    "back_up",
    "restore",
    "poison",
    "rubbish",
    "heal",
    "replay",
    "discard",
)


def _reached(seed: int) -> Iterator[str]:
    run = Run(seed)
    scheduler = Scheduler(run.world, seed)
    run.play(scheduler.next() for _ in range(1_200))
    world = run.world
    for taken in run.outcome.taken:
        step = taken.step
        yield " ".join(word for word in ("step", step.kind, step.how or step.cut) if word)
    for at in town.CARE:
        yield from (f"settlement {row.state}" for row in world.rows(at, at_care.Settlement))
        yield from (f"undo {row.kind} {row.result}" for row in world.rows(at, at_care.Undo))
        yield from (f"account {row.state}" for row in world.rows(at, at_care.Debit))
        yield from (f"line {row.kind}" for row in world.rows(at, BookedLine))
    for at in town.INSURED:
        yield from (f"case {row.state}" for row in world.rows(at, at_insured.ManualCase))
        yield from (
            "filing governs" for row in world.rows(at, at_insured.Settlement) if row.filing_id
        )
        yield from ("filing revoked" for row in world.rows(at, FilingRecord) if row.revoked_on)
    for at in world.plans:
        yield from (f"letter {row.state}" for row in world.rows(at, ParkedRecord))
        if any(row.generation > world.layout.slots[at] for row in world.rows(at, OutboxWriter)):
            yield "several generations"
    if any(row.state is PeriodState.CLOSED for row in world.rows(HOUSE, Period)):
        yield "period closed"
    if any(row.slipped_months for row in world.rows(HOUSE, JournalLine)):
        yield "slipped"


def test_states_are_named_as_they_are() -> None:
    assert {SettlementState(name) for name in _STATES} < set(SettlementState)
