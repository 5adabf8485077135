"""What a care-region node keeps."""

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
    Outcome,
    Scheme,
)
from clearing.calendar import Instant
from clearing.frozen import quick
from clearing.money import Fen
from clearing.ports import TableSpec
from clearing.settlement import SettlementState
from services.node import day_book, records


class VisitState(StrEnum):
    """How far a visit is."""

    OPEN = "open"
    CLOSED = "closed"
    SETTLING = "settling"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class DebitState(StrEnum):
    """How far the account's leg of a settlement is."""

    REQUESTED = "requested"
    DEBITED = "debited"
    REFUSED = "refused"
    GIVEN_UP = "given_up"  # no answer in time: reversed, that part is cash
    UNDOING = "undoing"
    UNDONE = "undone"


@quick
@dataclass(frozen=True, slots=True)
class Institution:
    """A designated institution (定点医药机构) of this region."""

    institution_id: str
    name: str
    level: HospitalLevel


@quick
@dataclass(frozen=True, slots=True)
class Visit:
    """A visit with the running totals of its lines, in 分."""

    visit_id: str
    institution_id: str
    insured_region: str
    member_id: str
    care_type: CareType
    admitted_on: date
    discharged_on: date | None
    emergency: bool
    records_verified: bool
    selected_institution: bool
    diagnosis_code: str
    state: VisitState
    total_fen: Fen = 0
    own_pay_fen: Fen = 0
    over_limit_fen: Fen = 0
    first_pay_fen: Fen = 0
    in_scope_fen: Fen = 0
    line_count: int = 0
    settlement_id: str = ""  # the last one asked for
    changes: int = 0  # counts what would make a settlement of it another one
    circumstances: Circumstances = ORDINARY


@quick
@dataclass(frozen=True, slots=True)
class FeeLineRow:
    """A fee line and its split; a voided one stays, for whoever asks later."""

    visit_id: str
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
    voided: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement as the care side has it."""

    settlement_id: str
    visit_id: str
    institution_id: str
    request_id: str
    insured_region: str
    member_id: str
    care_type: CareType
    state: SettlementState
    business_time: Instant
    total_fen: Fen
    own_pay_fen: Fen
    over_limit_fen: Fen
    first_pay_fen: Fen
    in_scope_fen: Fen
    catalogue_bundle: str
    use_account: bool
    account_id: str
    account_region: str
    outcome: Outcome | None = None
    scheme: Scheme | None = None
    code: str = ""
    message_zh: str = ""
    message_en: str = ""
    flags: tuple[str, ...] = ()
    by_fund: Mapping[Fund, Fen] = field(default_factory=dict)
    deductible_fen: Fen = 0
    account_limit_fen: Fen = 0
    account_fen: Fen = 0
    account_code: str = ""  # why account money that was asked for was not drawn
    policy_bundle: str = ""
    illustrative: bool = False
    debit_id: str = ""  # the account's leg, where there is one
    awaits_account: bool = False  # the leg's answer, and with it the hospital's, is to come
    undo_id: str = ""  # the last cancellation or reversal
    visit_changes: int = 0  # ``Visit.changes`` when it was asked for


@quick
@dataclass(frozen=True, slots=True)
class Debit:
    """The account's leg of a settlement: a debit in the region that holds the account."""

    debit_id: str
    settlement_id: str
    account_id: str
    account_region: str
    state: DebitState
    limit_fen: Fen
    deadline: Instant
    business_time: Instant
    amount_fen: Fen = 0
    debit_undo_id: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Undo:
    """A cancellation (撤销) or reversal (冲正) on its way, and what came of it.

    It is done when neither the policy's side nor the account's is awaited any more.
    """

    undo_id: str
    kind: str
    institution_id: str
    request_id: str
    target_request_id: str
    insured_region: str
    member_id: str
    settlement_id: str
    previous_undo_id: str = ""  # what ``Settlement.undo_id`` was, for when this one is refused
    awaits_policy: bool = True
    awaits_account: bool = False
    result: str = ""


@quick
@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A cancellation or reversal that an insured region was told of, or a debit's undoing.

    ``question_id`` is the undo's id or the debit undo's, ``debit_id`` set for the latter only;
    ``business_time`` that of the request, with which both sides book what comes of it. It was
    asked ``times`` times, and is again at ``due_at``; ``set_aside`` is whether the other region
    has said that it keeps it for a person.
    """

    due_at: Instant
    question_id: str
    debit_id: str
    business_time: Instant
    times: int = 1
    set_aside: bool = False


@quick
@dataclass(frozen=True, slots=True)
class RegionLoad:
    """How many settle requests wait for an insured region; bounds what a dead one can hold.

    Each process counts in a row of its own, so that none waits for another's; an answer may come
    to another process than the request did, so only the sum of the rows means anything.
    """

    insured_region: str
    process: str
    waiting: int


SPECS = (
    *records.SPECS,
    *day_book.SPECS,
    TableSpec(Institution, "institution", ("institution_id",)),
    TableSpec(Visit, "visit", ("visit_id",)),
    TableSpec(FeeLineRow, "fee_line", ("visit_id", "line_no")),
    TableSpec(Settlement, "settlement", ("settlement_id",), (("institution_id", "request_id"),)),
    TableSpec(Debit, "debit", ("debit_id",), (("state",),)),
    TableSpec(Undo, "undo", ("undo_id",)),
    TableSpec(OpenQuestion, "open_question", ("due_at", "question_id"), (("question_id",),)),
    TableSpec(RegionLoad, "region_load", ("insured_region", "process")),
)
