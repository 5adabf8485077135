"""What may be asked of an insured-region node, as plain values.

Same names and units as ``protos/insured/v1/insured.proto``, less the header.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clearing.benefits.claim import (
    ORDINARY,
    CareType,
    Circumstances,
    Filing,
    Fund,
    HospitalLevel,
    Scheme,
)
from clearing.calendar import Instant
from clearing.enrolment.spans import EnrolmentSpan
from clearing.messages import CostSplit
from clearing.money import Fen


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A member with enrolment spans and personal account."""

    member_id: str
    insured_region: str
    birth_date: date
    identities: tuple[str, ...] = ()
    spans: tuple[EnrolmentSpan, ...] = ()
    account_id: str = ""
    account_balance_fen: Fen = 0
    account_shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterMembers:
    """Register or update members."""

    members: tuple[MemberEntry, ...]


@dataclass(frozen=True, slots=True)
class GetMember:
    """Show a member."""

    insured_region: str
    member_id: str


@dataclass(frozen=True, slots=True)
class FileRemoteCare:
    """File remote care."""

    member_id: str
    category: str
    destination_region: str
    approved_on: date
    committed: bool = False


@dataclass(frozen=True, slots=True)
class ChangeFiling:
    """Revoke a filing and file anew, in one."""

    filing_id: str
    category: str
    destination_region: str
    approved_on: date


@dataclass(frozen=True, slots=True)
class RevokeFiling:
    """Revoke a filing."""

    filing_id: str
    revoked_on: date


@dataclass(frozen=True, slots=True)
class ListFilings:
    """List a member's filings."""

    insured_region: str
    member_id: str


@dataclass(frozen=True, slots=True)
class GetAccumulators:
    """Show members' accumulators."""

    insured_region: str
    member_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookUpEntitlement:
    """Ask whether a member may settle directly in a care region on a day."""

    insured_region: str
    member_id: str
    care_region: str
    on: date


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What a care region knows of a visit when it asks for a decision."""

    member_id: str
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


@dataclass(frozen=True, slots=True)
class QuoteClaim:
    """Ask what settling a visit would give."""

    insured_region: str
    facts: VisitFacts
    business_time: Instant


@dataclass(frozen=True, slots=True)
class ClaimEntry:
    """A claim as it is put on the wire; checked before it is adjudicated."""

    insured_region: str
    scheme: Scheme
    category: str
    birth_date: date
    care_region: str
    hospital_level: HospitalLevel
    care_type: CareType
    admitted_on: date
    discharged_on: date
    filing: Filing
    identities: tuple[str, ...] = ()
    selected_institution: bool = False
    cost: CostSplit = field(default_factory=CostSplit)
    circumstances: Circumstances = ORDINARY
    cap_increase_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class Adjudicate:
    """Adjudicate a claim after given accumulators of its benefit year."""

    claim: ClaimEntry
    year_accumulators: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExplainSettlement:
    """Explain a settlement step by step."""

    insured_region: str
    settlement_id: str


@dataclass(frozen=True, slots=True)
class ListReceivables:
    """List what the funds paid for a liable third party, by settlement."""

    insured_region: str
    after: str = ""
    limit: int = 0


@dataclass(frozen=True, slots=True)
class ListManualCases:
    """List claims that a person decides."""

    insured_region: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class DecideManualCase:
    """Record a person's decision on a manual case."""

    case_id: str
    by_fund: Mapping[Fund, Fen]
    additions: Mapping[str, int]
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class GetDayTotals:
    """Totals of a business day on the payer's side."""

    insured_region: str
    on: date


@dataclass(frozen=True, slots=True)
class ListDayLines:
    """The lines behind one care region's total."""

    insured_region: str
    care_region: str
    on: date
