"""What an insured-region node keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from clearing.benefits.bundles.bundle_life import BundleAct
from clearing.benefits.bundles.publications import Publication
from clearing.benefits.claim import (
    ORDINARY,
    CareType,
    Circumstances,
    Filing,
    Fund,
    HospitalLevel,
    Outcome,
    Scheme,
)
from clearing.calendar import Instant
from clearing.chain import ChainHead
from clearing.enrolment.spans import EnrolmentSpan
from clearing.filing import FilingRecord
from clearing.frozen import quick
from clearing.messages import DetailedLine
from clearing.money import Fen
from clearing.ports import TableSpec
from clearing.settlement import SettlementState
from services.insured_region.rerun_records import RERUN_SPECS
from services.node import day_book, records


class CaseState(StrEnum):
    """How far a manual case is."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"  # its settlement was cancelled or reversed


class RequestKind(StrEnum):
    """What a care region's request id stands for here."""

    SETTLE = "settle"
    CANCELLATION = "cancellation"
    TOMBSTONE = "tombstone"  # reversed before it came


class DebitState(StrEnum):
    """What became of a debit of an account of this region."""

    DEBITED = "debited"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNDONE = "undone"
    TOMBSTONE = "tombstone"  # undone before it came


@quick
@dataclass(frozen=True, slots=True)
class Member:
    """A member by a pseudonymous number; no name, certificate or phone number is kept."""

    member_id: str
    birth_date: date
    identities: tuple[str, ...]
    spans: tuple[EnrolmentSpan, ...]
    account_id: str


@quick
@dataclass(frozen=True, slots=True)
class Account:
    """A personal account (个人账户) and who may draw on it besides its holder.

    ``balance_fen`` is always ``opening_fen`` less what live debits drew.
    """

    account_id: str
    holder_id: str
    opening_fen: Fen
    balance_fen: Fen
    shared_with: tuple[str, ...]


@quick
@dataclass(frozen=True, slots=True)
class YearAccumulators:
    """A member's accumulators of a benefit year.

    ``values`` are always the sum of the additions of live settlements, of recorded manual
    decisions and of recorded corrections. ``places`` is how many of those the year has seen,
    whatever became of them: its chain's last place.
    """

    member_id: str
    benefit_year: int
    values: Mapping[str, int]
    places: int = 0


@quick
@dataclass(frozen=True, slots=True)
class Settlement:
    """A decision and all that is needed to make and to explain it again."""

    settlement_id: str
    care_region: str
    institution_id: str
    request_id: str
    visit_id: str
    member_id: str
    state: SettlementState
    business_time: Instant
    # the claim
    scheme: Scheme | None
    category: str
    birth_date: date | None
    identities: tuple[str, ...]
    hospital_level: HospitalLevel
    care_type: CareType
    admitted_on: date
    discharged_on: date
    filing: Filing | None
    filing_id: str
    selected_institution: bool
    total_fen: Fen
    own_pay_fen: Fen
    over_limit_fen: Fen
    first_pay_fen: Fen
    # the decision
    outcome: Outcome
    code: str
    message_zh: str
    message_en: str
    by_fund: Mapping[Fund, Fen]
    benefit_year: int
    before: Mapping[str, int]  # the year's accumulators it was decided on
    additions: Mapping[str, int]
    policy_bundle: str
    catalogue_bundle: str
    lines_digest: str
    line_count: int
    flags: tuple[str, ...] = ()
    circumstances: Circumstances = ORDINARY
    cap_increase_fen: Fen = 0  # what the member's enrolment added to the big-illness cap
    recoverable_fen: Fen = 0  # what the funds paid for a liable third party
    place: int = 0  # in the chain of the member's benefit year; 0 where it came to no claim
    undo_id: str = ""  # the cancellation or reversal that undid it last
    seal: str = ""  # a hash over all but state and undo_id


@quick
@dataclass(frozen=True, slots=True)
class CareRequest:
    """What a request id of a care region's institution did here."""

    care_region: str
    institution_id: str
    request_id: str
    kind: RequestKind
    settlement_id: str = ""
    undo_id: str = ""


@quick
@dataclass(frozen=True, slots=True)
class LiveSettlement:
    """The settlement that a visit stands on; none when all were undone."""

    care_region: str
    visit_id: str
    settlement_id: str


@quick
@dataclass(frozen=True, slots=True)
class ManualCase:
    """A claim that no source decides, waiting for a person or decided by one."""

    case_id: str
    member_id: str
    state: CaseState
    benefit_year: int
    by_fund: Mapping[Fund, Fen] = field(default_factory=dict)
    additions: Mapping[str, int] = field(default_factory=dict)
    decided_by: str = ""
    reason: str = ""
    place: int = 0  # of the decision in the chain of the benefit year


@quick
@dataclass(frozen=True, slots=True)
class Debit:
    """A debit of an account of this region, for care anywhere."""

    debit_id: str
    account_id: str
    settlement_id: str
    care_region: str
    state: DebitState
    scheme: Scheme | None
    care_type: CareType | None
    amount_fen: Fen = 0
    code: str = ""


@quick
@dataclass(frozen=True, slots=True)
class UndoAnswer:
    """What an undo or a debit's undoing was answered; of a debit's only the amount is set.

    ``business_time`` is that of the message which was answered: both sides book with it.
    """

    care_region: str
    undo_id: str
    business_time: Instant
    result: str = ""
    code: str = ""
    message_zh: str = ""
    message_en: str = ""
    settlement_id: str = ""
    amount_fen: Fen = 0


@quick
@dataclass(frozen=True, slots=True)
class LineDetails:
    """A chunk of a settlement's fee lines, as the care region sent them."""

    settlement_id: str
    chunk_no: int
    chunks: int
    lines: tuple[DetailedLine, ...]


@quick
@dataclass(frozen=True, slots=True)
class Receivable:
    """What the funds paid first for a liable third party in a settlement, to be recovered."""

    settlement_id: str
    amount_fen: Fen


@quick
@dataclass(frozen=True, slots=True)
class KeptBundle:
    """A rule bundle that was submitted here or decided something, whole, for good."""

    bundle_hash: str
    canonical: str


@quick
@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule file as it was submitted."""

    name: str
    text: str


@quick
@dataclass(frozen=True, slots=True)
class RuleLayer:
    """The files of one region's folder; region ``""`` is the folder that all folders are in."""

    files: tuple[RuleText, ...]
    region: str = ""


@quick
@dataclass(frozen=True, slots=True)
class BundleTexts:
    """The texts a bundle was made of, its own and those it inherits: findings name their lines."""

    bundle_hash: str
    layers: tuple[RuleLayer, ...]


@quick
@dataclass(frozen=True, slots=True)
class JournalHead:
    """A head of the house's journal, kept here so that a cut or rewritten journal is found."""

    sequence: int
    on: date
    hash: str


SPECS = (
    *records.SPECS,
    *day_book.SPECS,
    TableSpec(Member, "member", ("member_id",)),
    TableSpec(Account, "account", ("account_id",)),
    TableSpec(FilingRecord, "filing", ("filing_id",), (("member_id",),)),
    TableSpec(YearAccumulators, "accumulators", ("member_id", "benefit_year")),
    TableSpec(Settlement, "settlement", ("settlement_id",), (("member_id",),)),
    TableSpec(CareRequest, "care_request", ("care_region", "institution_id", "request_id")),
    TableSpec(LiveSettlement, "live_settlement", ("care_region", "visit_id")),
    TableSpec(ManualCase, "manual_case", ("case_id",), (("state",), ("member_id",))),
    TableSpec(Debit, "debit", ("debit_id",), (("account_id",),)),
    TableSpec(UndoAnswer, "undo_answer", ("care_region", "undo_id")),
    TableSpec(Receivable, "receivable", ("settlement_id",)),
    TableSpec(LineDetails, "line_details", ("settlement_id", "chunk_no")),
    TableSpec(KeptBundle, "bundle", ("bundle_hash",)),
    TableSpec(BundleTexts, "bundle_texts", ("bundle_hash",)),
    TableSpec(BundleAct, "bundle_act", ("sequence",), (("bundle_hash",),)),
    TableSpec(ChainHead, "chain_head", ("chain",)),
    TableSpec(Publication, "publication", ("number",)),
    *RERUN_SPECS,
    TableSpec(JournalHead, "journal_head", ("sequence",)),
)
