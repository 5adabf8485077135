"""Making a failing trace short: fewer steps that break the same promise (delta debugging)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from services.simulator.run import Outcome, repeat
from services.simulator.steps import Step

MAX_ATTEMPTS = 1_500

Repeat = Callable[[int, Sequence[Step]], Outcome]


def shrink(found: Outcome, *, again: Repeat = repeat, attempts: int = MAX_ATTEMPTS) -> Outcome:
    """Return the outcome of the shortest trace found that breaks the same promise.

    Pieces are left out, half of the steps at first and single ones in the end, as long as that
    leads to a violation with the same code. ``attempts`` bounds how often the trace is tried.
    """
    assert found.violation is not None
    code = found.violation.code
    best, pieces, left = found, 2, attempts
    while left > 0 and len(best.steps) > 1:
        pieces = min(pieces, len(best.steps))
        shorter = None
        for start, end in _pieces(len(best.steps), pieces):
            if left <= 0:
                return best
            left -= 1
            tried = again(found.seed, best.steps[:start] + best.steps[end:])
            if tried.violation is not None and tried.violation.code == code:
                shorter = tried
                break
        if shorter is not None:
            best, pieces = shorter, max(pieces - 1, 2)
        elif pieces >= len(best.steps):
            return best
        else:
            pieces *= 2
    return best


def _pieces(length: int, count: int) -> list[tuple[int, int]]:
    """Return where each of ``count`` pieces of a list begins and ends, the last piece first."""
    bounds = [length * piece // count for piece in range(count + 1)]
    return list(pairwise(bounds))[::-1]
