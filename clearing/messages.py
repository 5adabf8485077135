"""What nodes tell each other over the log, as plain values.

Same names and units as ``protos/log/v1/messages.proto``; the codec refuses to start when the
two differ. A message is immutable; its envelope is added when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from clearing.benefits.claim import (
    ORDINARY,
    CareType,
    Circumstances,
    Fund,
    HospitalLevel,
    Scheme,
)
from clearing.calendar import Instant
from clearing.frozen import quick
from clearing.money import Fen


class Role(StrEnum):
    """The three roles a node can play."""

    CARE = "care"
    INSURED = "insured"
    HOUSE = "house"


@quick
@dataclass(frozen=True, slots=True)
class Address:
    """A node: its role and region; the clearing house has the region ``000000``."""

    role: Role
    region: str

    def __str__(self) -> str:
        """Write the address as it is logged and filed: ``care/310000``."""
        return f"{self.role}/{self.region}"


HOUSE = Address(Role.HOUSE, "000000")


@quick
@dataclass(frozen=True, slots=True)
class CostSplit:
    """A visit's cost by the care region's catalogue; E1: total is the sum of the four parts."""

    total_fen: Fen = 0
    own_pay_fen: Fen = 0
    over_limit_fen: Fen = 0
    first_pay_fen: Fen = 0
    in_scope_fen: Fen = 0

    def __add__(self, other: CostSplit) -> CostSplit:
        """Add two splits part by part."""
        return CostSplit(
            self.total_fen + other.total_fen,
            self.own_pay_fen + other.own_pay_fen,
            self.over_limit_fen + other.over_limit_fen,
            self.first_pay_fen + other.first_pay_fen,
            self.in_scope_fen + other.in_scope_fen,
        )

    def __neg__(self) -> CostSplit:
        """Negate every part, as a line that takes the cost back."""
        return CostSplit(
            -self.total_fen,
            -self.own_pay_fen,
            -self.over_limit_fen,
            -self.first_pay_fen,
            -self.in_scope_fen,
        )


@quick
@dataclass(frozen=True, slots=True)
class SettleRequested:
    """Care → insured region: decide and settle this visit."""

    settlement_id: str
    institution_id: str
    request_id: str
    visit_id: str
    care_region: str
    insured_region: str
    member_id: str
    hospital_level: HospitalLevel
    care_type: CareType
    admitted_on: date
    discharged_on: date
    emergency: bool
    records_verified: bool
    selected_institution: bool
    cost: CostSplit
    line_count: int
    lines_digest: str
    catalogue_bundle: str
    deadline: Instant
    circumstances: Circumstances = ORDINARY


@quick
@dataclass(frozen=True, slots=True)
class SettlementDecided:
    """Insured → care region. ``result``: paid, refused, manual or expired."""

    settlement_id: str
    institution_id: str
    request_id: str
    result: str
    code: str = ""
    message_zh: str = ""
    message_en: str = ""
    flags: tuple[str, ...] = ()
    by_fund: Mapping[Fund, Fen] = field(default_factory=dict)
    deductible_fen: Fen = 0
    account_limit_fen: Fen = 0
    account_id: str = ""
    scheme: Scheme | None = None
    policy_bundle: str = ""
    illustrative: bool = False


@quick
@dataclass(frozen=True, slots=True)
class UndoRequested:
    """Care → insured region: a cancellation (撤销) or a reversal (冲正)."""

    undo_id: str
    kind: str
    institution_id: str
    care_region: str
    member_id: str
    insured_region: str
    target_request_id: str
    request_id: str
    settlement_id: str = ""


@quick
@dataclass(frozen=True, slots=True)
class UndoDecided:
    """Insured → care region. ``result``: undone, restored, tombstoned or refused."""

    undo_id: str
    kind: str
    result: str
    code: str = ""
    message_zh: str = ""
    message_en: str = ""
    settlement_id: str = ""


@quick
@dataclass(frozen=True, slots=True)
class DebitRequested:
    """Care region → the region that holds the account: draw at most ``limit_fen``."""

    debit_id: str
    settlement_id: str
    care_region: str
    account_id: str
    account_region: str
    member_id: str
    scheme: Scheme
    care_type: CareType
    limit_fen: Fen
    deadline: Instant


@quick
@dataclass(frozen=True, slots=True)
class DebitDecided:
    """The account's region → care region. ``result``: debited, refused or expired."""

    debit_id: str
    settlement_id: str
    result: str
    code: str = ""
    amount_fen: Fen = 0


@quick
@dataclass(frozen=True, slots=True)
class DebitUndoRequested:
    """Care region → the account's region: give back what the debit drew, or never draw it."""

    debit_undo_id: str
    debit_id: str
    settlement_id: str
    care_region: str
    account_id: str
    account_region: str


@quick
@dataclass(frozen=True, slots=True)
class DebitUndone:
    """The account's region → care region; ``amount_fen`` is 0 where nothing was drawn."""

    debit_undo_id: str
    debit_id: str
    settlement_id: str
    amount_fen: Fen = 0


@quick
@dataclass(frozen=True, slots=True)
class CorrectionRecorded:
    """Insured → care region: a retroactive difference of a settlement, paid through the hospital.

    ``by_fund`` is what each fund pays more; less is negative.
    """

    correction_id: str
    settlement_id: str
    by_fund: Mapping[Fund, Fen]


@quick
@dataclass(frozen=True, slots=True)
class RequestParked:
    """Insured → care region: a request is set aside and is not decided yet; why.

    It concerns the undo named, else everything awaited of the settlement.
    """

    code: str
    message_zh: str
    message_en: str
    settlement_id: str = ""
    undo_id: str = ""


@quick
@dataclass(frozen=True, slots=True)
class FilingAsked:
    """Insured region → itself: what its desk asks about a member's filings, in log order.

    ``method`` is the call it came by: FileRemoteCare, ChangeFiling or RevokeFiling; ``scope``,
    ``request_id``, ``digest`` and ``accepted_at`` are those of its request. ``filing_id`` is
    the new filing's, ``before_id`` that of the one changed or revoked; ``on`` is the day of
    approval, or that of revocation.
    """

    method: str
    scope: str
    request_id: str
    digest: str
    accepted_at: Instant
    member_id: str
    on: date
    filing_id: str = ""
    before_id: str = ""
    category: str = ""
    destination_region: str = ""
    committed: bool = False


@quick
@dataclass(frozen=True, slots=True)
class DetailedLine:
    """One fee line as the care region's catalogue split it."""

    line_no: int
    item_code: str
    quantity_e4: int
    unit_price_e6: int
    amount_fen: Fen
    own_pay_fen: Fen
    over_limit_fen: Fen
    first_pay_fen: Fen
    in_scope_fen: Fen
    incurred_on: date


@quick
@dataclass(frozen=True, slots=True)
class FeeLinesDetailed:
    """Care → insured region, on the details topic: a chunk of a settlement's fee lines."""

    settlement_id: str
    chunk_no: int
    chunks: int
    lines: tuple[DetailedLine, ...]


@quick
@dataclass(frozen=True, slots=True)
class LineReported:
    """Either side → clearing house: one line of its books.

    ``side`` is ``care`` or ``payer``; everything else is the same from both. ``kind`` is
    settlement, cancellation, reversal, restoration, debit, debit_reversal or correction.
    """

    side: str
    line_id: str
    settlement_id: str
    kind: str
    care_region: str
    payer_region: str
    scheme: Scheme
    clearing_type: str
    original_line_id: str = ""
    total_fen: Fen = 0
    by_fund: Mapping[Fund, Fen] = field(default_factory=dict)


@quick
@dataclass(frozen=True, slots=True)
class DatedLine:
    """A line with what its own message would say of it."""

    line: LineReported
    business_time: Instant
    trace_parent: str = ""


@quick
@dataclass(frozen=True, slots=True)
class LinesReported:
    """Either side → clearing house: the lines of several settlements, told in one message."""

    lines: tuple[DatedLine, ...]


@quick
@dataclass(frozen=True, slots=True)
class JournalHeadPublished:
    """Clearing house → every region: the journal's head at the end of a posting."""

    on: date
    sequence: int
    hash: str


Body = (
    SettleRequested
    | SettlementDecided
    | UndoRequested
    | UndoDecided
    | DebitRequested
    | DebitDecided
    | DebitUndoRequested
    | DebitUndone
    | CorrectionRecorded
    | RequestParked
    | FilingAsked
    | FeeLinesDetailed
    | LineReported
    | LinesReported
    | JournalHeadPublished
)


@quick
@dataclass(frozen=True, slots=True)
class Envelope:
    """A message on its way. ``business_time`` is the request's, carried unchanged."""

    message_id: str
    correlation_id: str
    sender: Address
    receiver: Address
    business_time: Instant
    sent_at: Instant
    body: Body
    trace_parent: str = ""
