"""Which published bundle decides a claim: the latest published one in whose days it lies.

Each publication decides care from a day on and supersedes, from that day on, whatever was
published before it. Whether a claim lies in its days is said by the bundle itself, by the day
that it declares as the basis of a visit (admission or discharge).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from clearing.benefits.claim import Claim
from clearing.benefits.policy import Policy
from clearing.errors import RuleError


@dataclass(frozen=True, slots=True)
class Publication:
    """A bundle in force from a care day on; ``number`` counts a region's publications from 1.

    ``configured`` are the rules that a node was started with: they decide what nothing
    published decides, and only the newest of them counts. ``act`` is its act's sequence.
    """

    number: int
    bundle_hash: str
    from_on: date | None
    act: int
    configured: bool = False


def by_precedence(publications: Iterable[Publication]) -> tuple[Publication, ...]:
    """Return the publications that may decide something, the one that is asked first first."""
    newest_first = sorted(publications, key=lambda each: each.number, reverse=True)
    configured = [each for each in newest_first if each.configured]
    return (*(each for each in newest_first if not each.configured), *configured[:1])


def deciding(
    ordered: Sequence[Publication], claim: Claim, policy_of: Callable[[str], Policy]
) -> Policy:
    """Return the policy that decides a claim; ``ordered`` is in order of precedence.

    Raises ``RuleError`` (``nothing_published``) where no bundle was in force on its day.
    """
    for publication in ordered:
        policy = policy_of(publication.bundle_hash)
        if publication.from_on is None or policy.day_of(claim) >= publication.from_on:
            return policy
    raise _nothing_published()


def deciding_on(ordered: Sequence[Publication], day: date) -> Publication:
    """Return the publication in force on a day, for what comes to no claim.

    Raises ``RuleError`` (``nothing_published``) where there is none.
    """
    for publication in ordered:
        if publication.from_on is None or day >= publication.from_on:
            return publication
    raise _nothing_published()


def superseded_from(publication: Publication, ordered: Sequence[Publication]) -> date | None:
    """Return the day from which later publications decide instead, ``None`` while none does."""
    if publication not in ordered:
        return date.min  # a configuration that was replaced by another one
    before = ordered[: ordered.index(publication)]
    days = [each.from_on for each in before if each.from_on is not None]
    return min(days) if days else None


def _nothing_published() -> RuleError:
    return RuleError(
        "nothing_published", "no rules were in force on that day", "该日期没有生效的规则包"
    )
