"""A small corpus by hand, for the harness's own tests."""

from __future__ import annotations

from datetime import date

from clearing.benefits.claim import CareType, HospitalLevel, Scheme
from clearing.calendar import Instant, instant_at
from clearing.catalogue import FeeLine
from services.harness.corpus import (
    AccountUse,
    FilingAction,
    FilingStep,
    Institution,
    Member,
    Span,
    Story,
    Visit,
)

DISCHARGE = instant_at(date(2020, 6, 10))

INSTITUTION = Institution("310000", "H31000001", "上海一院", HospitalLevel.TERTIARY)

MEMBER = Member(
    "t-m1",
    "330213",
    date(1960, 5, 1),
    (Span(Scheme.RESIDENT, "adult_a", date(2019, 10, 9), date(2020, 1, 1), date(2020, 12, 31)),),
    ("low_income_margin",),
    "t-a1",
    12_345,
    ("t-m2",),
)

FILING = FilingStep(
    "t-f1",
    FilingAction.FILE,
    "330213",
    "t-m1",
    instant_at(date(2020, 5, 20)),
    category="referral",
    destination_region="310000",
    approved_on=date(2020, 5, 20),
)


def visit(
    key: str,
    *,
    member_id: str = "t-m1",
    settle_at: Instant = DISCHARGE,
    story: Story = Story.PLAIN,
    undo_at: Instant | None = None,
    again_at: Instant | None = None,
    account: AccountUse | None = None,
    voided: tuple[int, ...] = (),
    refused_line: FeeLine | None = None,
) -> Visit:
    """Return an inpatient visit in Shanghai of 40,000.00 with 500.00 own-pay."""
    return Visit(
        key,
        "310000",
        "H31000001",
        "330213",
        member_id,
        CareType.INPATIENT,
        date(2020, 6, 1),
        date(2020, 6, 10),
        settle_at,
        (
            FeeLine(1, "F0015", 10_000, 39_500_000_000, 3_950_000),
            FeeLine(2, "X0201", 25_000, 200_000_000, 50_000),
        ),
        account=account,
        story=story,
        undo_at=undo_at,
        again_at=again_at,
        voided=voided,
        refused_line=refused_line,
    )
