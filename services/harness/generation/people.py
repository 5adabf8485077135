"""The members of a generated corpus: enrolment with its gaps, accounts, families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from clearing.benefits.claim import Scheme
from clearing.money import Fen
from services.harness.corpus import AccountUse, Member, Span
from services.harness.generation.dice import Dice
from services.harness.generation.profiles import Group, Profile

_IDENTITIES = (
    "extreme_poverty",
    "subsistence_allowance",
    "low_income_margin",
    "near_poverty",
    "disabled_2",
    "entitled_group",
    "veteran",
)
MOST_OF_A_REGION = 20_000


@dataclass(slots=True)
class Person:
    """A member and what the generator knows beyond the record."""

    member: Member
    profile: Profile
    scheme: Scheme
    family: AccountUse | None = None
    long_term: str = ""
    referred_to: str = ""
    referred_until: date = date.min


def people_of(profile: Profile, visits: int, prefix: str, dice: Dice) -> list[Person]:
    """Return the members of a region for about so many visits."""
    count = max(6, min(visits // 5, MOST_OF_A_REGION))
    groups = {group: group.weight for group in profile.groups}
    people = []
    for number in range(1, count + 1):
        group = dice.weighted(groups)
        people.append(_person(profile, group, f"{prefix}-{profile.region}-{number:05d}", dice))
    return people


def make_families(people: Sequence[Person], dice: Dice) -> None:
    """Let some holders share their account with one or two members of any region.

    Families stay small: visits that draw on one account are replayed one after the other.
    """
    employed = [person for person in people if person.member.account_id]
    related: set[str] = set()
    for holder in employed:
        if holder.member.member_id in related or not dice.happens(12):
            continue
        relatives = []
        for _ in range(dice.between(1, 2)):
            relative = dice.one(employed)
            member_id = relative.member.member_id
            if relative is holder or member_id in related:
                continue
            related.add(member_id)
            relative.family = AccountUse(
                holder.member.account_id, holder.member.insured_region, own=False
            )
            relatives.append(member_id)
        if relatives:
            related.add(holder.member.member_id)
            shared = tuple(sorted(relatives))
            holder.member = replace(holder.member, account_shared_with=shared)


def _person(profile: Profile, group: Group, member_id: str, dice: Dice) -> Person:
    employed = group.scheme is Scheme.EMPLOYEE
    first, last = group.born
    member = Member(
        member_id,
        profile.region,
        dice.day(date(first, 1, 1), date(last, 12, 31)),
        _employee_spans(profile, group, dice)
        if employed
        else _resident_spans(profile, group, dice),
        (dice.one(_IDENTITIES),) if not employed and dice.happens(12) else (),
        f"{member_id}-A" if employed else "",
        _balance_fen(dice) if employed else 0,
    )
    return Person(member, profile, group.scheme)


def _balance_fen(dice: Dice) -> Fen:
    return dice.between(0, 20_000) if dice.happens(25) else dice.around(250_000)


def _employee_spans(profile: Profile, group: Group, dice: Dice) -> tuple[Span, ...]:
    """Cover without interruption; a few leave their job in the middle."""
    begin = date(profile.from_.year - dice.between(1, 9), dice.between(1, 12), 1)
    until = date(profile.until.year + 1, 12, 31)
    if dice.happens(4):
        until = dice.day(profile.from_, profile.until)
    return (Span(group.scheme, group.category, begin, begin, until),)


def _resident_spans(profile: Profile, group: Group, dice: Dice) -> tuple[Span, ...]:
    """A span a year; a few come late and wait, a few leave a year out."""
    spans = []
    for year in range(profile.from_.year, profile.until.year + 1):
        end = date(year, 12, 31)
        if dice.happens(3):
            continue
        if dice.happens(3):
            # Paid on 10 March, waits three months (Fenghua: to the month after that).
            begin = date(year, 7, 1) if profile.region == "330213" else date(year, 6, 11)
            spans.append(Span(group.scheme, group.category, date(year, 3, 10), begin, end))
            continue
        enrolled_on = dice.day(date(year - 1, 10, 8), date(year - 1, 11, 27))
        spans.append(Span(group.scheme, group.category, enrolled_on, date(year, 1, 1), end))
    return tuple(spans)
