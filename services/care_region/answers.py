"""What a care-region node answers, as plain values (``protos/care/v1/care.proto``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from clearing.benefits.claim import Filing, Outcome, Scheme
from clearing.frozen import quick
from clearing.messages import CostSplit
from clearing.money import Fen
from clearing.settlement import PaymentSplit, SettlementState
from services.care_region.records import VisitState


@quick
@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A member's entitlement on a day, as the insured region sees it."""

    member_id: str
    insured_region: str
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


@quick
@dataclass(frozen=True, slots=True)
class InstitutionsRegistered:
    """How many institutions were registered."""

    registered: int


@quick
@dataclass(frozen=True, slots=True)
class VisitAnswer:
    """A visit's state."""

    visit_id: str
    state: VisitState


@quick
@dataclass(frozen=True, slots=True)
class SplitFeeLine:
    """A fee line as the catalogue splits it."""

    line_no: int
    item_class: str
    amount_fen: Fen
    own_pay_fen: Fen
    over_limit_fen: Fen
    first_pay_fen: Fen
    in_scope_fen: Fen
    source: str


@quick
@dataclass(frozen=True, slots=True)
class FeeLinesAnswer:
    """The lines of a request and the whole visit's cost after it."""

    visit_id: str
    lines: tuple[SplitFeeLine, ...]
    cost: CostSplit


@quick
@dataclass(frozen=True, slots=True)
class QuoteAnswer:
    """What settling now would give."""

    outcome: Outcome
    code: str
    message_zh: str
    message_en: str
    cost: CostSplit
    payment: PaymentSplit
    account_limit_fen: Fen = 0
    filing: Filing | None = None
    flags: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class SettlementAnswer:
    """A settlement as the hospital sees it."""

    settlement_id: str
    visit_id: str
    state: SettlementState
    outcome: Outcome | None = None
    code: str = ""
    message_zh: str = ""
    message_en: str = ""
    cost: CostSplit = field(default_factory=CostSplit)
    payment: PaymentSplit = field(default_factory=PaymentSplit)
    flags: tuple[str, ...] = ()
    policy_bundle: str = ""
    catalogue_bundle: str = ""
    illustrative: bool = False
    account_code: str = ""


@quick
@dataclass(frozen=True, slots=True)
class ReversalAnswer:
    """What a reversal came to: reversed, tombstoned or pending."""

    result: str
    settlement_id: str = ""
    state: SettlementState | None = None
    code: str = ""
    message_zh: str = ""
    message_en: str = ""


@quick
@dataclass(frozen=True, slots=True)
class OutcomeAnswer:
    """What became of a request."""

    kind: str
    pending: bool = False
    code: str = ""
    message_zh: str = ""
    message_en: str = ""
    settlement: SettlementAnswer | None = None
    reversal: ReversalAnswer | None = None


@quick
@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A visit and its last settlement."""

    visit_id: str
    institution_id: str
    insured_region: str
    member_id: str
    state: VisitState
    admitted_on: date
    discharged_on: date | None
    cost: CostSplit
    settlement: SettlementAnswer | None = None


@quick
@dataclass(frozen=True, slots=True)
class VisitsSeen:
    """Visits in the order asked for; unknown ones are left out."""

    visits: tuple[VisitSeen, ...]
