"""A trace gets as short as it can without breaking another promise instead."""

from __future__ import annotations

from collections.abc import Sequence

from services.simulator.run import Outcome, Taken
from services.simulator.shrinking import shrink
from services.simulator.steps import Step
from services.simulator.violation import Violation


def clock(number: int) -> Step:
    return Step("clock", number=number)


def outcome(steps: Sequence[Step], needed: set[int], decoy: set[int]) -> Outcome:
    numbers = {step.number for step in steps}
    broken = None
    if needed <= numbers:
        broken = Violation("wanted", "it is what was looked for")
    elif decoy <= numbers:
        broken = Violation("other", "it is something else")
    return Outcome(0, [Taken(step) for step in steps], broken)


def numbers_left(needed: set[int], decoy: set[int], attempts: int = 1_000) -> list[int]:
    steps = [clock(number) for number in range(1, 101)]

    def again(_seed: int, tried: Sequence[Step]) -> Outcome:
        return outcome(tried, needed, decoy)

    short = shrink(outcome(steps, needed, decoy), again=again, attempts=attempts)
    assert short.violation is not None
    assert short.violation.code == "wanted"
    return [step.number for step in short.steps]


def test_only_the_steps_that_matter_are_left() -> None:
    assert numbers_left({7}, {101}) == [7]
    assert numbers_left({1, 50, 100}, {101}) == [1, 50, 100]


def test_another_broken_promise_is_no_shorter_trace() -> None:
    assert numbers_left({3, 4, 90}, {3}) == [3, 4, 90]


def test_attempts_are_bounded() -> None:
    left = numbers_left({1, 50, 100}, {101}, attempts=3)
    assert {1, 50, 100} <= set(left)
    assert len(left) > 3
