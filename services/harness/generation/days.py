"""How many visits begin on each day, and in which region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.harness.generation.profiles import Profile

_WEEKDAY = (17, 11, 10, 10, 10, 7, 5)
"""Monday has a good deal more, Sunday half."""


def visits_by_day(
    profiles: Sequence[Profile], settlements: int
) -> Iterator[tuple[date, int, list[tuple[Profile, int]]]]:
    """Return every day with its number of visits and the regions' weights on it.

    The numbers add up to ``settlements`` exactly; a region's visits spread over its own time.
    """
    day = min(profile.from_ for profile in profiles)
    last = max(profile.until for profile in profiles)
    weights: list[int] = []
    shares: list[list[tuple[Profile, int]]] = []
    while day <= last:
        share = [
            (profile, profile.weight * 100_000 // (profile.until - profile.from_).days)
            for profile in profiles
            if profile.from_ <= day <= profile.until
        ]
        shares.append(share)
        weights.append(sum(weight for _, weight in share) * _WEEKDAY[day.weekday()])
        day += timedelta(days=1)
    total, sum_so_far, given = sum(weights), 0, 0
    first = last - timedelta(days=len(weights) - 1)
    for number, (weight, share) in enumerate(zip(weights, shares, strict=True)):
        sum_so_far += weight
        due = settlements * sum_so_far // total
        yield first + timedelta(days=number), due - given, share
        given = due


def expected_visits(profiles: Sequence[Profile], settlements: int) -> dict[str, int]:
    """Return about how many visits each region will have."""
    total = sum(profile.weight for profile in profiles)
    return {profile.region: settlements * profile.weight // total for profile in profiles}
