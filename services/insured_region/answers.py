"""What an insured-region node answers, as plain values (``protos/insured/v1/insured.proto``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clearing.benefits.claim import CareType, Filing, Outcome, Scheme
from clearing.calendar import Instant
from clearing.messages import CostSplit
from clearing.money import Fen
from clearing.settlement import PaymentSplit, SettlementState
from services.insured_region.commands import ClaimEntry


@dataclass(frozen=True, slots=True)
class MembersRegistered:
    """How many members were registered."""

    registered: int


@dataclass(frozen=True, slots=True)
class FilingSeen:
    """A filing; ``locked_until`` is the last day on which it cannot be revoked."""

    filing_id: str
    member_id: str
    insured_region: str
    category: str
    destination_region: str
    approved_on: date
    valid_from: date
    valid_until: date | None
    revoked_on: date | None
    locked_until: date | None


@dataclass(frozen=True, slots=True)
class FilingsSeen:
    """A member's filings, oldest first."""

    filings: tuple[FilingSeen, ...]


@dataclass(frozen=True, slots=True)
class AccumulatorsSeen:
    """A member's accumulators of one benefit year."""

    member_id: str
    benefit_year: int
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AllAccumulators:
    """Accumulators by member and benefit year."""

    accumulators: tuple[AccumulatorsSeen, ...]


@dataclass(frozen=True, slots=True)
class EntitlementSeen:
    """Whether a member may settle directly, and how a visit would count."""

    member_id: str
    scheme: Scheme | None = None
    category: str = ""
    entitled: bool = False
    reason_code: str = ""
    reason_zh: str = ""
    reason_en: str = ""
    filing: Filing | None = None
    filing_id: str = ""
    account_balance_fen: Fen = 0
    account_id: str = ""
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class ExplanationStep:
    """One step of an explanation."""

    step: str
    table: str = ""
    edition: str = ""
    source: str = ""
    rule_zh: str = ""
    rule_en: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    amount_fen: Fen = 0
    running_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class Adjudication:
    """A decision on a claim."""

    outcome: Outcome | None = None
    code: str = ""
    message_zh: str = ""
    message_en: str = ""
    flags: tuple[str, ...] = ()
    payment: PaymentSplit = field(default_factory=PaymentSplit)
    account_limit_fen: Fen = 0
    benefit_year: int = 0
    additions: Mapping[str, int] = field(default_factory=dict)
    policy_bundle: str = ""
    illustrative: bool = False
    filing: Filing | None = None
    explanation: tuple[ExplanationStep, ...] = ()
    recoverable_fen: Fen = 0
    quota_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class SettlementExplained:
    """A settlement's claim and decision, step by step.

    ``accumulators_before`` are the member's of the decision's benefit year, as they stood.
    """

    settlement_id: str
    claim: ClaimEntry | None
    adjudication: Adjudication
    state: SettlementState
    business_time: Instant
    member_id: str
    institution_id: str
    care_region: str
    care_type: CareType
    admitted_on: date
    discharged_on: date
    cost: CostSplit
    accumulators_before: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A manual case."""

    case_id: str
    member_id: str
    care_region: str
    code: str
    care_type: CareType
    total_fen: Fen
    in_scope_fen: Fen
    state: str
    decided_fund_fen: Fen
    decided_by: str
    reason: str
    business_time: Instant


@dataclass(frozen=True, slots=True)
class ReceivableSeen:
    """What is to be recovered for a settlement; its state is the settlement's."""

    settlement_id: str
    member_id: str
    care_region: str
    amount_fen: Fen
    state: SettlementState
    business_time: Instant


@dataclass(frozen=True, slots=True)
class ReceivablesSeen:
    """Receivables in order of their settlement ids."""

    receivables: tuple[ReceivableSeen, ...]


@dataclass(frozen=True, slots=True)
class CasesSeen:
    """Manual cases, oldest first."""

    cases: tuple[CaseSeen, ...]
