"""What a hospital may ask of a care-region node, as plain values.

Same names and units as ``protos/care/v1/care.proto``, less the header.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clearing.benefits.claim import ORDINARY, CareType, Circumstances, HospitalLevel
from clearing.calendar import Instant
from clearing.money import Fen


@dataclass(frozen=True, slots=True)
class LookUpMember:
    """Ask who a patient is, and whether they may settle directly on a day."""

    care_region: str
    insured_region: str
    member_id: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class InstitutionEntry:
    """An institution to register."""

    institution_id: str
    name: str
    level: HospitalLevel


@dataclass(frozen=True, slots=True)
class RegisterInstitutions:
    """Register or update institutions."""

    institutions: tuple[InstitutionEntry, ...]


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """Open a visit."""

    insured_region: str
    member_id: str
    care_type: CareType
    admitted_on: date
    emergency: bool = False
    records_verified: bool = False
    selected_institution: bool = False
    diagnosis_code: str = ""
    circumstances: Circumstances = ORDINARY


@dataclass(frozen=True, slots=True)
class ChangeVisit:
    """Change a visit before it is settled."""

    visit_id: str
    admitted_on: date | None = None
    diagnosis_code: str = ""
    circumstances: Circumstances | None = None


@dataclass(frozen=True, slots=True)
class CloseVisit:
    """Discharge."""

    visit_id: str
    discharged_on: date


@dataclass(frozen=True, slots=True)
class CancelVisit:
    """Withdraw a visit."""

    visit_id: str


@dataclass(frozen=True, slots=True)
class FeeLineEntry:
    """A fee line to upload."""

    line_no: int
    item_code: str
    quantity_e4: int
    unit_price_e6: int
    amount_fen: Fen
    incurred_on: date | None = None


@dataclass(frozen=True, slots=True)
class UploadFeeLines:
    """Add fee lines, all or none."""

    visit_id: str
    lines: tuple[FeeLineEntry, ...]


@dataclass(frozen=True, slots=True)
class VoidFeeLines:
    """Void fee lines by number, all or none."""

    visit_id: str
    line_nos: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Ask what settling now would give."""

    care_region: str
    institution_id: str
    visit_id: str
    business_time: Instant | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """Settle a visit, with account money where asked."""

    visit_id: str
    use_account: bool = False
    account_id: str = ""
    account_region: str = ""


@dataclass(frozen=True, slots=True)
class CancelSettlement:
    """Undo a settlement by a record of its own (撤销)."""

    settlement_id: str


@dataclass(frozen=True, slots=True)
class ReverseRequest:
    """Undo a request by its id (冲正)."""

    target_request_id: str
    member_id: str
    insured_region: str


@dataclass(frozen=True, slots=True)
class GetOutcome:
    """What became of a request."""

    care_region: str
    institution_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class LateSettlement:
    """The view of a settlement whose answer is not known in time. Never on the wire."""

    institution_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class LateReversal:
    """The view of a reversal whose answer is not known in time. Never on the wire."""

    institution_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class VisitFactsAsked:
    """What the insured region needs to know of a visit for a quote. Never on the wire."""

    institution_id: str
    visit_id: str


@dataclass(frozen=True, slots=True)
class GetVisits:
    """Visits as the node has them."""

    care_region: str
    visit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GetDayTotals:
    """Totals of a business day."""

    care_region: str
    institution_id: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ListDayLines:
    """The lines behind one insured region's total."""

    care_region: str
    institution_id: str = ""
    insured_region: str = ""
    on: date | None = None
