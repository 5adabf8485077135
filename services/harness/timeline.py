"""Filings and visits of a corpus in the order of their business times.

The sequential pass and the replay both follow this order; the replay does so within each
component (visits that share a member or an account), which keeps the order that matters.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from clearing.calendar import Instant
from services.harness.corpus import FilingStep, Visit


class Part(IntEnum):
    """The parts of a visit's story."""

    SETTLE = 1
    UNDO = 2
    AGAIN = 3


@dataclass(frozen=True, slots=True)
class VisitPart:
    """A part of a visit at its business time; ``last`` when the story ends with it."""

    visit: Visit
    part: Part
    at: Instant
    last: bool


Event = FilingStep | VisitPart

_Waiting = tuple[Instant, int, int, VisitPart]


def timeline(filings: Iterable[FilingStep], visits: Iterable[Visit]) -> Iterator[Event]:
    """Merge filings and visits, each in order of time already, and their later parts.

    At one instant a filing comes before a visit, and a later part of an earlier visit before
    the first part of another; beyond that the order of the file decides.
    """
    pending: list[_Waiting] = []
    steps = iter(filings)
    step = next(steps, None)
    for number, visit in enumerate(visits):
        while True:
            due = pending[0][0] if pending else None
            if step is not None and step.at <= visit.settle_at and (due is None or step.at <= due):
                yield step
                step = next(steps, None)
            elif due is not None and due <= visit.settle_at:
                yield heapq.heappop(pending)[3]
            else:
                break
        later = [
            (part, at)
            for part, at in ((Part.UNDO, visit.undo_at), (Part.AGAIN, visit.again_at))
            if at is not None
        ]
        yield VisitPart(visit, Part.SETTLE, visit.settle_at, last=not later)
        for part, at in later:
            entry = VisitPart(visit, part, at, last=part is later[-1][0])
            heapq.heappush(pending, (at, number, int(part), entry))
    while step is not None or pending:
        if step is not None and (not pending or step.at <= pending[0][0]):
            yield step
            step = next(steps, None)
        else:
            yield heapq.heappop(pending)[3]
