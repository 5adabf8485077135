"""Where people file to and travel to: long-term filings, referrals, and the visits themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from adapters.files.rule_books import RuleBooks
from clearing.benefits.claim import (
    ORDINARY,
    CareType,
    Cause,
    Circumstances,
    Delivery,
    Scheme,
)
from clearing.calendar import Instant, instant_at
from clearing.geography import filing_area, is_home
from services.harness.corpus import AccountUse, FilingAction, FilingStep, Visit
from services.harness.generation.dice import Dice
from services.harness.generation.fees import FeeMaker
from services.harness.generation.institutions import institution_id
from services.harness.generation.people import Person
from services.harness.generation.profiles import OUT_OF_SHANXI, Profile

_LONG_TERM = ("relocated_retiree", "long_term_resident", "posted_worker")
_FIRST_OFFICE_HOUR, _FIRST_CARE_HOUR = 6, 8


@dataclass(frozen=True, slots=True)
class Journey:
    """What somebody sets out to do: perhaps file first, then be cared for."""

    filing: FilingStep | None
    visit: Visit


class Journeys:
    """Plans filings and visits; draws everything from one seeded sequence."""

    def __init__(self, rules: RuleBooks, prefix: str, dice: Dice) -> None:
        self._rules = rules
        self._prefix = prefix
        self._dice = dice
        self._fees = FeeMaker(dice)
        self._filings = 0

    def long_term(self, people: Sequence[Person]) -> Iterator[FilingStep]:
        """File for those who live elsewhere, and change or revoke some of that later."""
        for person in people:
            if not self._dice.happens(6):
                continue
            profile = person.profile
            destination = self._dice.one(_away(person))
            span = (profile.until - profile.from_).days
            on = profile.from_ + timedelta(days=self._dice.between(0, span // 3))
            step = self._filing(person, self._dice.one(_LONG_TERM), destination, on)
            yield step
            person.long_term = destination
            later = on + timedelta(days=self._dice.between(40, 400))
            if later < profile.until and self._dice.happens(30):
                yield self._end(person, step, later)

    def _end(self, person: Person, step: FilingStep, on: date) -> FilingStep:
        if self._dice.happens(50):
            destination = self._dice.one(_away(person))
            return self._filing(person, step.category, destination, on, changes=step.key)
        return FilingStep(
            self._next_key(),
            FilingAction.REVOKE,
            person.member.insured_region,
            person.member.member_id,
            self._at(on, _FIRST_OFFICE_HOUR, 2),
            of=step.key,
            revoked_on=on,
        )

    def journey(self, person: Person, care_type: CareType, on: date, key: str) -> Journey:
        """Plan a visit that begins on a day or soon after."""
        profile, dice = person.profile, self._dice
        care_region = self._place(person, care_type)
        away = not is_home(profile.region, care_region)
        inpatient = care_type is CareType.INPATIENT
        admitted_on = on + timedelta(days=dice.between(0, 3) if inpatient else 0)
        stay_days = dice.between(2, 14) if inpatient else 0
        discharged_on = admitted_on + timedelta(days=stay_days)
        filing = self._travel_filing(person, care_region, on, inpatient) if away else None
        catalogue = self._rules.catalogue(care_region)
        assert catalogue is not None
        level = dice.weighted(profile.levels(care_type))
        visit = Visit(
            key,
            care_region,
            institution_id(care_region, level, care_type),
            profile.region,
            person.member.member_id,
            care_type,
            admitted_on,
            discharged_on,
            self._at(discharged_on, _FIRST_CARE_HOUR, 10),
            self._fees.lines(catalogue, care_type, admitted_on, stay_days),
            emergency=away and dice.happens(12 if inpatient else 2),
            records_verified=away and filing is None and dice.happens(40),
            selected_institution=not away and not dice.happens(profile.unselected_share),
            circumstances=self._circumstances(care_type, admitted_on),
            account=self._account(person),
        )
        return Journey(filing, visit)

    def _circumstances(self, care_type: CareType, admitted_on: date) -> Circumstances:
        """A few visits are for injuries, a few stays for births or special diseases."""
        dice = self._dice
        if care_type is CareType.PHARMACY or not dice.happens(4):
            return ORDINARY
        if care_type is CareType.INPATIENT and dice.happens(40):
            kinds = (Delivery.NORMAL, Delivery.ASSISTED, Delivery.CAESAREAN)
            if dice.happens(50):
                return Circumstances(delivery=dice.one(kinds), delivered_on=admitted_on)
            return Circumstances(special_disease=True)
        causes = (Cause.INJURY, Cause.WORK_INJURY, Cause.THIRD_PARTY_FULL, Cause.THIRD_PARTY_ABSENT)
        return Circumstances(cause=dice.one(causes))

    def _place(self, person: Person, care_type: CareType) -> str:
        """Where somebody goes; who lives elsewhere mostly goes there."""
        profile = person.profile
        if person.long_term and self._dice.happens(70):
            return person.long_term
        if self._dice.happens(profile.away_share.get(care_type, 0)):
            return self._dice.one(_away(person))
        return self._dice.one(profile.home)

    def _travel_filing(
        self, person: Person, care_region: str, on: date, inpatient: bool
    ) -> FilingStep | None:
        """File before leaving, unless it was done lately, for half of the journeys."""
        area = filing_area(care_region)
        if person.referred_to == area and on <= person.referred_until:
            return None
        if not self._dice.happens(60 if inpatient else 35):
            return None
        # The temporary category "other" came with the national notice of 2023.
        other = on.year >= 2023 and self._dice.happens(15)
        category = "other_temporary" if other else "referral"
        person.referred_to, person.referred_until = area, on + timedelta(days=150)
        return self._filing(person, category, care_region, on)

    def _account(self, person: Person) -> AccountUse | None:
        if person.family is not None and self._dice.happens(50):
            return person.family
        member = person.member
        if member.account_id and self._dice.happens(60):
            return AccountUse(member.account_id, member.insured_region, own=True)
        return None

    def _filing(
        self, person: Person, category: str, destination: str, on: date, changes: str = ""
    ) -> FilingStep:
        return FilingStep(
            self._next_key(),
            FilingAction.CHANGE if changes else FilingAction.FILE,
            person.member.insured_region,
            person.member.member_id,
            self._at(on, _FIRST_OFFICE_HOUR, 2),
            of=changes,
            category=category,
            destination_region=destination,
            approved_on=on,
            committed=not changes and self._dice.happens(20),
        )

    def _next_key(self) -> str:
        self._filings += 1
        return f"{self._prefix}-f{self._filings:06d}"

    def _at(self, day: date, hour: int, hours: int) -> Instant:
        """Return a second within some hours of a day."""
        second = self._dice.between(0, hours * 3600 - 1)
        return Instant(instant_at(day, hour) + second * 1000)


def care_mix(profiles: Sequence[tuple[Profile, int]]) -> Mapping[tuple[Profile, CareType], int]:
    """Return the weights of regions and kinds of care on a day."""
    return {
        (profile, care_type): weight * share // sum(profile.mix.values()) + 1
        for profile, weight in profiles
        for care_type, share in profile.mix.items()
    }


def _away(person: Person) -> Sequence[str]:
    if person.profile.region.startswith("14") and person.scheme is Scheme.EMPLOYEE:
        return OUT_OF_SHANXI
    return person.profile.away
