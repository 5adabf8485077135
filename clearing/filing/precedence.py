"""Which filing governs a visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from clearing.benefits.claim import Filing
from clearing.filing.record import FilingRecord
from clearing.filing.rules import CategoryRule, FilingEdition, FilingRules
from clearing.frozen import quick
from clearing.geography import filing_area, is_home
from clearing.reason import Reason
from clearing.rule_fields import Stated

_RANK = {
    Filing.UNFILED: 0,
    Filing.UNFILED_VERIFIED: 1,
    Filing.EMERGENCY: 2,
    Filing.REFERRAL: 3,
    Filing.LONG_TERM: 4,
}
"""Where several hold, the one nearest to home level decides: a member never loses by having
filed more than was needed."""


@quick
@dataclass(frozen=True, slots=True)
class CareFacts:
    """What the care region says of the visit."""

    is_emergency: bool = False
    records_verified: bool = False


@quick
@dataclass(frozen=True, slots=True)
class GoverningFiling:
    """How a visit stands to filing, and by which filing (``None`` where none governs).

    ``code`` is set where the filing stands in the way of care at home:
    ``local_benefits_suspended`` or ``commitment_proof_missing``.
    """

    filing: Filing
    filing_id: str | None
    code: str | None
    reasons: tuple[Reason, ...]


def governing(
    filings: Iterable[FilingRecord],
    care_region: str,
    admitted_on: date,
    settled_on: date,
    facts: CareFacts,
    rules: FilingRules,
) -> GoverningFiling:
    """Return how a visit of a member insured in ``rules.region`` stands to filing.

    The edition is that of the day of admission (for outpatients the day of care). At home there
    is ``local``, unless a long-term filing is in force. Away from home, of all filings in force
    for the place the one nearest to home level governs (long-term, referral, emergency, other),
    among equals the one whose effect began last, then the one approved last, then the greatest
    id: the agency's newer act replaces the older. Emergency care ranks as an emergency filing.

    Raises ``RuleError`` (``filing_edition_missing``).
    """
    edition = rules.edition(admitted_on)
    if is_home(rules.region, care_region):
        return _at_home(filings, admitted_on, edition)
    best: tuple[FilingRecord, CategoryRule] | None = None
    for record in filings:
        rule = edition.category(record.category)
        if rule is None or not record.covers(care_region):
            continue
        if not _counts(record, admitted_on, settled_on, edition):
            continue
        if best is None or _precedence(record, rule) > _precedence(*best):
            best = record, rule
    as_emergency = facts.is_emergency and edition.emergency.treated_as is Filing.EMERGENCY
    if as_emergency and (best is None or _RANK[best[1].acts_as] < _RANK[Filing.EMERGENCY]):
        reason = _reason("emergency", edition, edition.emergency, {"is_emergency": "true"})
        return GoverningFiling(Filing.EMERGENCY, None, None, (reason,))
    if best is None:
        return _unfiled(facts, edition)
    return _governed(*best, admitted_on, edition)


def _counts(
    record: FilingRecord, admitted_on: date, settled_on: date, edition: FilingEdition
) -> bool:
    """Tell whether a filing is in force on admission, or was completed in time after it."""
    late = edition.late_filing.counts and record.in_force(settled_on)
    return late or record.in_force(admitted_on)


def _precedence(record: FilingRecord, rule: CategoryRule) -> tuple[int, date, date, str]:
    return _RANK[rule.acts_as], record.valid_from, record.approved_on, record.filing_id


def _at_home(
    filings: Iterable[FilingRecord], admitted_on: date, edition: FilingEdition
) -> GoverningFiling:
    long_term = [r for r in filings if r.is_long_term and r.in_force(admitted_on)]
    if not long_term:
        reason = Reason(
            "at_home",
            edition.name,
            edition.area.source,
            "Care in the home area needs no filing",
            "在参保地统筹区内就医, 无需备案",
        )
        return GoverningFiling(Filing.LOCAL, None, None, (reason,))
    record = max(long_term, key=lambda r: (r.valid_from, r.approved_on, r.filing_id))
    home = edition.home
    code: str | None = None
    if home.under_long_term == "suspended":
        code = "local_benefits_suspended"
    elif home.proof_first and record.committed and not _proved(record, admitted_on):
        code = "commitment_proof_missing"
    reason = _reason("home_under_long_term", edition, home, _dates(record, admitted_on))
    return GoverningFiling(Filing.LONG_TERM, record.filing_id, code, (reason,))


def _proved(record: FilingRecord, on: date) -> bool:
    return record.proof_on is not None and record.proof_on <= on


def _unfiled(facts: CareFacts, edition: FilingEdition) -> GoverningFiling:
    verified = edition.unfiled.by_records and facts.records_verified
    inputs = {"records_verified": str(facts.records_verified).lower()}
    reason = _reason("unfiled", edition, edition.unfiled, inputs)
    filing = Filing.UNFILED_VERIFIED if verified else Filing.UNFILED
    return GoverningFiling(filing, None, None, (reason,))


def _governed(
    record: FilingRecord, rule: CategoryRule, admitted_on: date, edition: FilingEdition
) -> GoverningFiling:
    inputs = _dates(record, admitted_on)
    area = {
        "destination": record.destination_region,
        "area": filing_area(record.destination_region),
    }
    reasons = [
        _reason(f"filing_{record.category}", edition, rule, inputs),
        _reason("area", edition, edition.area, area),
    ]
    if record.valid_from > admitted_on:
        reasons.append(_reason("late_filing", edition, edition.late_filing, inputs))
    return GoverningFiling(rule.acts_as, record.filing_id, None, tuple(reasons))


def _dates(record: FilingRecord, admitted_on: date) -> dict[str, str]:
    return {
        "filing_id": record.filing_id,
        "valid_from": record.valid_from.isoformat(),
        "valid_until": record.valid_until.isoformat() if record.valid_until else "",
        "admitted_on": admitted_on.isoformat(),
    }


def _reason(step: str, edition: FilingEdition, rule: Stated, inputs: dict[str, str]) -> Reason:
    return Reason(step, edition.name, rule.source, rule.rule_en, rule.rule_zh, inputs)
