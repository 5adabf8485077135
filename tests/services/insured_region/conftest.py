from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from clearing.benefits.claim import Scheme
from clearing.enrolment.spans import EnrolmentSpan
from services.insured_region.commands import MemberEntry
from tests.services.insured_region.agency import Agency

SPAN = EnrolmentSpan(
    Scheme.RESIDENT, "adult_a", date(2020, 1, 1), date(2020, 12, 31), date(2019, 11, 1)
)


@pytest.fixture
def agency() -> Iterator[Agency]:
    """Return Fenghua's node with one member, ``M1``."""
    opened = Agency()
    opened.register(MemberEntry("M1", "330213", date(1960, 5, 1), (), (SPAN,)))
    yield opened
    opened.pump.close()
