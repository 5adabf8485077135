"""From what two regions know of a visit to the claim that the policy decides on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from clearing.benefits.claim import ORDINARY, CareType, Circumstances, Claim, HospitalLevel
from clearing.enrolment.spans import Covered, EnrolmentSpan, NotCovered, coverage
from clearing.errors import RuleError
from clearing.filing import CareFacts, FilingRecord, FilingRules, GoverningFiling, governing
from clearing.frozen import quick
from clearing.messages import CostSplit


@quick
@dataclass(frozen=True, slots=True)
class CareVisit:
    """What the care region knows of a visit."""

    care_region: str
    hospital_level: HospitalLevel
    care_type: CareType
    admitted_on: date
    discharged_on: date
    emergency: bool
    records_verified: bool
    selected_institution: bool
    cost: CostSplit
    circumstances: Circumstances = ORDINARY


@quick
@dataclass(frozen=True, slots=True)
class Assembled:
    """A claim, ready for the policy, and the filing that governs it."""

    claim: Claim
    governing: GoverningFiling


@quick
@dataclass(frozen=True, slots=True)
class Barred:
    """The visit does not come before the policy: not covered, or a filing stands in the way.

    ``manual`` is set where rule data cannot say which filing governs; a person decides then.
    """

    code: str
    message_en: str
    message_zh: str
    span: EnrolmentSpan | None = None
    manual: bool = False


def assemble(
    insured_region: str,
    birth_date: date,
    identities: tuple[str, ...],
    spans: Iterable[EnrolmentSpan],
    filings: Iterable[FilingRecord],
    visit: CareVisit,
    settled_on: date,
    rules: FilingRules,
) -> Assembled | Barred:
    """Return the claim that a visit makes, or why it makes none.

    Cover is asked for the day that fixes the rules of a visit: the day of discharge, which for
    an outpatient visit is its only day, or a child's day of birth. ``settled_on`` is the business
    day of the settlement: a filing completed before it may still count.
    """
    covered = coverage(spans, visit.circumstances.delivered_on or visit.discharged_on)
    if isinstance(covered, NotCovered):
        return Barred(covered.code, covered.message_en, covered.message_zh)
    assert isinstance(covered, Covered)
    span = covered.span
    facts = CareFacts(visit.emergency, visit.records_verified)
    try:
        found = governing(filings, visit.care_region, visit.admitted_on, settled_on, facts, rules)
    except RuleError as error:
        return Barred(error.code, error.message_en, error.message_zh, span, manual=True)
    if found.code == "commitment_proof_missing":
        reason = found.reasons[0]
        return Barred(found.code, reason.rule_en, reason.rule_zh, span)
    claim = Claim(
        insured_region=insured_region,
        scheme=span.scheme,
        category=span.category,
        birth_date=birth_date,
        identities=identities,
        care_region=visit.care_region,
        hospital_level=visit.hospital_level,
        care_type=visit.care_type,
        admitted_on=visit.admitted_on,
        discharged_on=visit.discharged_on,
        filing=found.filing,
        selected_institution=visit.selected_institution,
        total_fen=visit.cost.total_fen,
        own_pay_fen=visit.cost.own_pay_fen,
        over_limit_fen=visit.cost.over_limit_fen,
        first_pay_fen=visit.cost.first_pay_fen,
        circumstances=visit.circumstances,
        cap_increase_fen=span.cap_increase_fen,
    )
    return Assembled(claim, found)
