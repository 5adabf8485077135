"""What a generated corpus is made of: sizes, the mix of care, how often something goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from clearing.benefits.claim import CareType
from services.harness.corpus import Story

CARE_MIX: Final[Mapping[CareType, int]] = {
    CareType.INPATIENT: 51,
    CareType.OUTPATIENT: 638,
    CareType.OUTPATIENT_SPECIAL: 44,
    CareType.PHARMACY: 267,
}
"""Shares of cross-province direct settlements by count, per 1,000: first quarter of 2025."""

MEAN_FUND_FEN: Final[Mapping[CareType, int]] = {
    CareType.INPATIENT: 1_003_800,
    CareType.OUTPATIENT: 12_500,
    CareType.OUTPATIENT_SPECIAL: 90_600,
    CareType.PHARMACY: 10_800,
}
"""Mean amount the funds and accounts paid of one settlement, same quarter."""

STORY_RATES: Final[Mapping[Story, int]] = {
    Story.DUPLICATE: 200,
    Story.ANSWER_LOST: 200,
    Story.REQUEST_LOST: 150,
    Story.REVERSED: 150,
    Story.CANCELLED: 150,
    Story.SETTLED_ANEW: 100,
    Story.CANCELLATION_REVERSED: 60,
    Story.LINE_REFUSED: 120,
    Story.LINE_VOIDED: 150,
    Story.WITHDRAWN: 60,
}
"""Visits per 10,000 whose requests meet each story; all others are plain."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What to generate. ``tag`` begins every key and id of the corpus."""

    seed: int
    settlements: int
    tag: str = ""
    rates: Mapping[Story, int] = field(default_factory=lambda: STORY_RATES)

    @property
    def prefix(self) -> str:
        """What every key begins with."""
        return self.tag or f"s{self.seed}"
