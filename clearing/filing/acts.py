"""What an agency does with filings: file, change, revoke, renew.

Records go in, records come out; nothing is edited in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from clearing.calendar import corresponding_day, first_of_next_month
from clearing.errors import Rejected
from clearing.filing.record import FilingCategory, FilingRecord
from clearing.filing.rules import FilingRules
from clearing.geography import OUTSIDE_MAINLAND, check_region, is_home


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """What is filed: ``approved_on`` is the day the agency (or the hospital for it) approves."""

    filing_id: str
    member_id: str
    category: FilingCategory
    destination_region: str
    approved_on: date
    committed: bool = False


def file(
    rules: FilingRules, request: FilingRequest, existing: Iterable[FilingRecord] = ()
) -> FilingRecord:
    """Return the record of a new filing; ``existing`` are the member's other filings.

    Raises ``Malformed`` (``region_code``) or ``Rejected``: ``filing_outside_mainland``,
    ``filing_at_home``, ``filing_category_not_given`` (no rule of the day has the category),
    ``filing_exists`` (a long-term filing lives already: change it).
    """
    _check_destination(rules.region, request.destination_region)
    approved_on = request.approved_on
    rule = rules.edition(approved_on).category(request.category)
    if rule is None:
        raise Rejected(
            "filing_category_not_given",
            f"the rules of {rules.region} on {approved_on} know no filing {request.category}",
            f"{rules.region} 在 {approved_on} 的规则没有 {request.category} 备案",
            field="category",
        )
    record = FilingRecord(
        request.filing_id,
        request.member_id,
        rules.region,
        request.category,
        request.destination_region,
        approved_on,
        valid_from := _effective(rule.effective, approved_on),
        _after(valid_from, rule.valid_months),
        _after(valid_from, rule.lock_months),
        committed=request.committed,
    )
    living = [other for other in existing if other.is_long_term and other.lives(approved_on)]
    if record.is_long_term and living:
        raise Rejected(
            "filing_exists",
            f"the long-term filing {living[0].filing_id} still lives; change it instead",
            f"长期备案 {living[0].filing_id} 仍然有效, 请办理变更",
            field="category",
        )
    return record


def revoke(filing: FilingRecord, revoked_on: date) -> FilingRecord:
    """Return the filing revoked: it has no effect from ``revoked_on`` on.

    Raises ``Rejected``: ``filing_revoked``, ``filing_expired``, ``filing_locked`` (its lock
    period, counted from its effect, is not over), ``filing_not_yet_approved``.
    """
    _refuse_dead(filing, revoked_on)
    if filing.locked_until is not None and revoked_on <= filing.locked_until:
        raise Rejected(
            "filing_locked",
            f"the filing can be neither revoked nor changed until {filing.locked_until}",
            f"该备案在 {filing.locked_until} 之前不可撤销或变更",
            field="revoked_on",
        )
    return replace(filing, revoked_on=revoked_on)


def change(
    rules: FilingRules,
    filing: FilingRecord,
    request: FilingRequest,
    existing: Iterable[FilingRecord] = (),
) -> tuple[FilingRecord, FilingRecord]:
    """Change a filing: revoke it and file anew, in one; both records are returned.

    Refused as either of the two would be, the lock included.
    """
    if request.member_id != filing.member_id:
        raise Rejected(
            "filing_of_another_member",
            "a change stays with the member who filed",
            "变更备案的人员与原备案不一致",
            field="member_id",
        )
    revoked = revoke(filing, request.approved_on)
    others = [other for other in existing if other.filing_id != filing.filing_id]
    return revoked, replace(file(rules, request, others), replaces=filing.filing_id)


def renew(
    rules: FilingRules,
    filing: FilingRecord,
    filing_id: str,
    approved_on: date,
    *,
    follow_up_opinion: bool,
) -> FilingRecord:
    """Renew an expired temporary filing to the same place, without a new referral.

    ``follow_up_opinion``: the treating hospital's opinion was handed in. Raises ``Rejected``:
    ``filing_indefinite``, ``filing_revoked``, ``filing_still_valid``,
    ``follow_up_opinion_missing``, and what ``file`` raises.
    """
    if filing.valid_until is None:
        raise Rejected(
            "filing_indefinite",
            "the filing has no end and needs no renewal",
            "该备案长期有效, 无需续办",
            field="filing_id",
        )
    if filing.revoked_on is not None:
        raise _revoked(filing)
    if approved_on <= filing.valid_until:
        raise Rejected(
            "filing_still_valid",
            f"the filing is valid through {filing.valid_until}; renew it after that",
            f"该备案有效期至 {filing.valid_until}, 期满后方可续办",
            field="approved_on",
        )
    if rules.edition(approved_on).renewal.opinion_required and not follow_up_opinion:
        raise Rejected(
            "follow_up_opinion_missing",
            "a renewal needs the follow-up opinion of the treating hospital",
            "续办需提供转往就医机构的复诊意见",
            field="follow_up_opinion",
        )
    request = FilingRequest(
        filing_id, filing.member_id, filing.category, filing.destination_region, approved_on
    )
    return replace(file(rules, request), replaces=filing.filing_id)


def _check_destination(insured_region: str, destination: str) -> None:
    check_region(destination, "destination_region")
    if destination[:2] in OUTSIDE_MAINLAND:
        raise Rejected(
            "filing_outside_mainland",
            "care outside the mainland cannot be filed",
            "境外就医不予备案",
            field="destination_region",
        )
    if is_home(insured_region, destination):
        raise Rejected(
            "filing_at_home",
            "the destination lies in the home area; no filing is needed there",
            "就医地在参保地统筹区内, 无需备案",
            field="destination_region",
        )


def _effective(effective: str, approved_on: date) -> date:
    return approved_on if effective == "at_once" else first_of_next_month(approved_on)


def _after(valid_from: date, months: int | None) -> date | None:
    return None if months is None else corresponding_day(valid_from, months)


def _refuse_dead(filing: FilingRecord, on: date) -> None:
    if filing.revoked_on is not None:
        raise _revoked(filing)
    if filing.valid_until is not None and filing.valid_until < on:
        raise Rejected(
            "filing_expired",
            f"the filing expired on {filing.valid_until}",
            f"该备案已于 {filing.valid_until} 到期",
            field="filing_id",
        )
    if on < filing.approved_on:
        raise Rejected(
            "filing_not_yet_approved",
            f"the filing was approved on {filing.approved_on} only",
            f"该备案于 {filing.approved_on} 才核准",
            field="revoked_on",
        )


def _revoked(filing: FilingRecord) -> Rejected:
    return Rejected(
        "filing_revoked",
        f"the filing was revoked on {filing.revoked_on}",
        f"该备案已于 {filing.revoked_on} 撤销",
        field="filing_id",
    )
