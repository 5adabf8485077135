"""A claim as the insured region's policy sees it, and the decision on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from clearing.frozen import quick
from clearing.geography import is_home
from clearing.money import Fen


class _Word(StrEnum):
    """A word of a closed list.

    ``Enum`` hashes a member by a Python call; every claim is looked up by several of these, so
    the hash is that of the text, which also is what a member equals.
    """

    __hash__ = str.__hash__


class Scheme(_Word):
    """职工医保 / 城乡居民医保."""

    RESIDENT = "resident"
    EMPLOYEE = "employee"


class CareType(_Word):
    """What kind of care the visit is."""

    OUTPATIENT = "outpatient"
    OUTPATIENT_SPECIAL = "outpatient_special"
    INPATIENT = "inpatient"
    PHARMACY = "pharmacy"


class HospitalLevel(_Word):
    """Level of the institution, as its care region has graded it."""

    COMMUNITY = "community"
    UNRATED = "unrated"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"


class Filing(_Word):
    """How the visit stands to remote-care filing (异地就医备案)."""

    LOCAL = "local"
    LONG_TERM = "long_term"
    REFERRAL = "referral"
    EMERGENCY = "emergency"
    UNFILED_VERIFIED = "unfiled_verified"
    UNFILED = "unfiled"


class Cause(_Word):
    """Why the care was needed, as far as it decides who pays for it.

    ``third_party_absent``: a third party is liable and is unknown, has fled or refuses.
    """

    ILLNESS = "illness"
    INJURY = "injury"  # an accident that nobody else is liable for
    WORK_INJURY = "work_injury"
    THIRD_PARTY_FULL = "third_party_full"
    THIRD_PARTY_PARTIAL = "third_party_partial"
    THIRD_PARTY_ABSENT = "third_party_absent"
    PUBLIC_HEALTH = "public_health"


class Delivery(_Word):
    """How a child was born during the stay."""

    NONE = "none"
    NORMAL = "normal"
    ASSISTED = "assisted"
    CAESAREAN = "caesarean"


class Outcome(_Word):
    """The three ordinary outcomes of a decision."""

    PAID = "paid"  # the formula's amount, 0.00 too
    REFUSED = "refused"  # the source excludes this claim
    MANUAL = "manual"  # no source decides; a person does


class Fund(_Word):
    """The funds a settlement may draw on, each cleared separately.

    National field of each: ``hifp_pay``, ``cvlserv_pay``, ``hifes_pay``, ``hifmi_pay``,
    ``hifob_pay``, ``maf_pay``, ``oth_pay``; the personal account (``acct_pay``) is never part
    of a decision's ``by_fund`` and has clearing lines of its own.
    """

    POOLED = "pooled"
    CIVIL_SERVANT = "civil_servant"
    ENTERPRISE_SUPPLEMENT = "enterprise_supplement"
    BIG_ILLNESS = "big_illness"
    LARGE_AMOUNT = "large_amount"
    MEDICAL_AID = "medical_aid"
    OTHER = "other"
    PERSONAL_ACCOUNT = "personal_account"  # a clearing line of its own, never in by_fund


FUNDS = tuple(Fund)
"""In their order; going over the class itself takes 1.7 µs more each time."""


IDENTITIES = (
    "extreme_poverty",
    "orphan",
    "subsistence_allowance",
    "lifted_poverty_policy",
    "lifted_poverty_unstable",
    "near_poverty",
    "sudden_hardship",
    "disabled_1",
    "disabled_2",
    "disabled_3",
    "disabled_4",
    "veteran",
    "military_spouse_unemployed",
    "entitled_group",
    "low_income_margin",
    "civil_servant",
)
"""Identities that a rule may name; a member may have several."""


@quick
@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is special about a visit; every default means that nothing is.

    * ``third_party_compensation_fen`` is what a partly liable third party pays of the cost.
    * ``delivered_on`` is the child's day of birth, given with a ``delivery`` only.
    * ``special_disease`` says that a stay treats a disease recognised for special outpatient
      care (门诊特殊病种).
    """

    cause: Cause = Cause.ILLNESS
    third_party_compensation_fen: Fen = 0
    delivery: Delivery = Delivery.NONE
    delivered_on: date | None = None
    special_disease: bool = False


ORDINARY: Final = Circumstances()
"""Illness, and nothing else to say."""


@quick
@dataclass(frozen=True, slots=True)
class Claim:
    """One visit's cost, split by the care region's catalogue, put to the insured region.

    Built from untrusted input by ``clearing.benefits.claim_input``; from there on its parts
    are non-negative and sum to at most the total. All amounts in 分, dates civil.
    ``cap_increase_fen`` is what the member's enrolment adds to the big-illness cap of the year.
    """

    insured_region: str
    scheme: Scheme
    category: str
    birth_date: date
    identities: tuple[str, ...]
    care_region: str
    hospital_level: HospitalLevel
    care_type: CareType
    admitted_on: date
    discharged_on: date
    filing: Filing
    selected_institution: bool
    total_fen: Fen
    own_pay_fen: Fen
    over_limit_fen: Fen
    first_pay_fen: Fen
    circumstances: Circumstances = ORDINARY
    cap_increase_fen: Fen = 0

    @property
    def third_party_compensation_fen(self) -> Fen:
        """What a partly liable third party pays of the cost."""
        return self.circumstances.third_party_compensation_fen

    @property
    def in_scope_fen(self) -> Fen:
        """In-scope cost (政策范围内费用): total less the three personal parts."""
        return self.total_fen - self.own_pay_fen - self.over_limit_fen - self.first_pay_fen

    @property
    def at_home(self) -> bool:
        """Whether the care region lies in the member's home area, whatever was filed."""
        return is_home(self.insured_region, self.care_region)


@quick
@dataclass(frozen=True, slots=True)
class Explained:
    """One step of an explanation, for a patient, a clerk and a judge.

    ``source`` is document and line (``S3:80``); ``amount_fen`` is what the step gave.
    ``running_fen`` is the figure carried on: the cost still considered, until a fund pays; from
    the first payment on what all funds pay so far.
    """

    step: str
    table: str
    edition: str
    source: str
    rule_en: str
    rule_zh: str
    inputs: Mapping[str, Any]
    amount_fen: Fen
    running_fen: Fen


@dataclass(slots=True)  # not frozen, though nobody may change one: making it would take 8x as long
class Decision:
    """What the insured region decided on a claim.

    * ``by_fund`` holds the funds with an amount above 0; ``fund_fen`` is their sum.
    * ``personal_fen`` is total less fund; ``deductible_fen`` is the part of the deductible
      that this claim used.
    * ``account_limit_fen`` is how much of the personal part the personal account may pay.
    * ``recoverable_fen`` is what of ``fund_fen`` the funds paid for a liable third party and
      have to recover; it never lowers a payment.
    * ``quota_fen`` is a flat amount that the agency pays on application, outside the settlement;
      the outcome is ``manual`` then.
    * ``benefit_year`` and ``additions`` say what the claim adds to the member's accumulators
      of that year; both other outcomes than ``paid`` add nothing.
    """

    outcome: Outcome
    code: str | None
    flags: tuple[str, ...]
    by_fund: Mapping[Fund, Fen]
    deductible_fen: Fen
    account_limit_fen: Fen
    benefit_year: int
    additions: Mapping[str, int]
    bundle_hash: str
    explanation: tuple[Explained, ...] = field(default=(), repr=False)
    recoverable_fen: Fen = 0
    quota_fen: Fen = 0

    @property
    def fund_fen(self) -> Fen:
        """What all funds pay together."""
        return sum(self.by_fund.values())
