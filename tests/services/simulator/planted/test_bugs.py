"""Every bug planted on purpose is found, within as many seeds as it says."""

from __future__ import annotations

import pytest

from services.simulator.planted.bugs import BUGS, planted
from services.simulator.run import repeat, simulate
from services.simulator.shrinking import shrink
from tests.effort import thorough_only

STEPS = 1_000
QUICK_SEEDS = 10
"""What takes more seeds to be found is looked for by thorough runs only."""

NAMES = [
    pytest.param(name, marks=() if bug.seeds <= QUICK_SEEDS else thorough_only)
    for name, bug in BUGS.items()
]


@pytest.mark.parametrize("name", NAMES)
def test_a_planted_bug_is_found(name: str) -> None:
    bug = BUGS[name]
    with planted(name):
        found = (simulate(seed, STEPS).violation for seed in range(bug.seeds))
        assert next((broken for broken in found if broken is not None), None), bug.words


def test_nothing_stays_planted() -> None:
    before = [getattr(p.owner, p.name) for bug in BUGS.values() for p in bug.patches]
    for name in BUGS:
        with pytest.raises(ZeroDivisionError), planted(name):
            raise ZeroDivisionError
    after = [getattr(p.owner, p.name) for bug in BUGS.values() for p in bug.patches]
    assert before == after


@thorough_only
def test_what_is_found_is_shown_in_few_steps() -> None:
    with planted("outbox_row_forgotten"):
        found = simulate(4, STEPS // 2)
        short = shrink(found)
        again = repeat(4, short.steps)
    assert found.violation is not None
    assert short.violation is not None
    assert short.violation.code == found.violation.code
    assert len(short.taken) <= 20 < len(found.taken)
    assert again.trace_hash == short.trace_hash
    assert repeat(4, short.steps).violation is None, "without the bug nothing is wrong"
