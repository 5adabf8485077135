"""Which published bundle decides: the latest one in whose days the visit lies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.bundles.publications import (
    Publication,
    by_precedence,
    deciding,
    deciding_on,
    superseded_from,
)
from clearing.benefits.claim import Claim
from clearing.benefits.policy import Policy
from clearing.errors import RuleError

START = date(2024, 1, 1)


class ByDay:
    """Stands for a policy: its claims are days."""

    def __init__(self, name: str, days_later: int = 0) -> None:
        self.bundle_hash, self._later = name, timedelta(days_later)

    def day_of(self, claim: object) -> date:
        assert isinstance(claim, date)
        return claim + self._later


def decided(publications: list[Publication], day: date, later: int = 0) -> str:
    def policy_of(name: str) -> Policy:
        return cast(Policy, ByDay(name, later if name == "by discharge" else 0))

    return deciding(by_precedence(publications), cast(Claim, day), policy_of).bundle_hash


@given(
    starts=st.lists(st.integers(0, 40), max_size=8),
    configured=st.lists(st.integers(0, 8), min_size=1, max_size=3),
    day=st.integers(0, 60),
)
def test_the_latest_published_one_of_the_day_decides(
    starts: list[int], configured: list[int], day: int
) -> None:
    publications: list[Publication] = []
    for place, start in enumerate(starts):
        for _ in range(configured.count(place)):
            number = len(publications) + 1
            publications.append(Publication(number, f"c{number}", None, number, configured=True))
        number = len(publications) + 1
        publications.append(Publication(number, f"p{number}", START + timedelta(start), number))
    number = len(publications) + 1
    publications.append(Publication(number, f"c{number}", None, number, configured=True))
    on = START + timedelta(day)
    expected = publications[-1].bundle_hash  # the newest configuration, where nothing else
    for publication in publications:
        if publication.from_on is not None and publication.from_on <= on:
            expected = publication.bundle_hash
    assert decided(publications, on) == expected
    assert deciding_on(by_precedence(publications), on).bundle_hash == expected


def test_each_bundle_says_itself_which_day_of_a_visit_counts() -> None:
    publications = [
        Publication(1, "by admission", None, 1, configured=True),
        Publication(2, "by discharge", START, 2),
    ]
    # Admitted the day before it is in force, discharged five days later.
    assert decided(publications, START - timedelta(1), later=5) == "by discharge"
    assert decided(publications, START - timedelta(6), later=5) == "by admission"


def test_days_before_anything_was_published_are_decided_by_nothing() -> None:
    publications = [Publication(1, "p1", START, 1)]
    with pytest.raises(RuleError, match="nothing_published"):
        decided(publications, START - timedelta(1))
    with pytest.raises(RuleError, match="nothing_published"):
        deciding_on(by_precedence(publications), START - timedelta(1))


def test_it_is_told_from_when_a_publication_is_superseded() -> None:
    first = Publication(1, "c", None, 1, configured=True)
    second = Publication(2, "a", date(2024, 6, 1), 2)
    third = Publication(3, "b", date(2024, 3, 1), 3)
    ordered = by_precedence([first, second, third])
    assert superseded_from(third, ordered) is None
    assert superseded_from(second, ordered) == date(2024, 3, 1)
    assert superseded_from(first, ordered) == date(2024, 3, 1)
    other = Publication(4, "d", None, 4, configured=True)
    assert superseded_from(first, by_precedence([first, second, third, other])) == date.min
