"""Which story a visit gets, and when its later parts happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from clearing.benefits.claim import Outcome
from clearing.calendar import Instant
from services.harness.corpus import THREE_PARTS, UNDOING, Story, Visit
from services.harness.generation.dice import Dice
from services.harness.generation.fees import FeeMaker

_MINUTE_MS: Final = 60 * 1000
_DAY_MS: Final = 24 * 60 * _MINUTE_MS


def with_story(
    visit: Visit,
    rates: Mapping[Story, int],
    outcome: Callable[[Visit], Outcome],
    fees: FeeMaker,
    dice: Dice,
) -> Visit:
    """Return the visit with a story drawn by its rates per 10,000.

    ``outcome`` says what settling would give: what is refused can't be undone.
    """
    story = dice.weighted({**rates, Story.PLAIN: 10_000 - sum(rates.values())})
    if story in UNDOING:
        if outcome(visit) is Outcome.REFUSED:
            return visit
        undo_at = _later(visit.settle_at, dice)
        again_at = Instant(undo_at + dice.between(10, 90) * _MINUTE_MS)
        return replace(
            visit,
            story=story,
            undo_at=undo_at,
            again_at=again_at if story in THREE_PARTS else None,
        )
    if story is Story.LINE_VOIDED:
        return _voided(visit, dice)
    if story is Story.LINE_REFUSED:
        refused = fees.refused_line(len(visit.lines) + 1)
        return replace(visit, story=story, refused_line=refused)
    return replace(visit, story=story)


def _later(at: Instant, dice: Dice) -> Instant:
    """Some minutes later, some days later, or in the next month."""
    minutes = dice.between(5, 180)
    days = dice.weighted({0: 40, dice.between(1, 3): 30, dice.between(28, 40): 30})
    return Instant(at + minutes * _MINUTE_MS + days * _DAY_MS)


def _voided(visit: Visit, dice: Dice) -> Visit:
    """One line was a mistake: it's voided, and uploaded anew under the next number."""
    wrong = dice.one(visit.lines)
    again = wrong._replace(line_no=len(visit.lines) + 1)
    return replace(
        visit,
        story=Story.LINE_VOIDED,
        lines=(*visit.lines, again),
        voided=(wrong.line_no,),
    )
