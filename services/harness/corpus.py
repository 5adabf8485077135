"""What a corpus says: institutions, members, filings, visits, and what must come of them.

The documented format is in ``corpora/README.md``; ``services.harness.notation`` reads and
writes it. Amounts in 分, instants UTC.
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
    Filing,
    Fund,
    HospitalLevel,
    Outcome,
    Scheme,
)
from clearing.calendar import Instant
from clearing.catalogue import FeeLine
from clearing.messages import CostSplit
from clearing.money import Fen

FORMAT_VERSION = 1


class Story(StrEnum):
    """What happens to a visit's requests on their way."""

    PLAIN = "plain"
    DUPLICATE = "duplicate"  # the settle request comes twice under one id
    ANSWER_LOST = "answer_lost"  # settled, the answer is lost, the request is repeated
    REQUEST_LOST = "request_lost"  # reversed by id before it came; then it comes, then a new one
    REVERSED = "reversed"  # 冲正: settled, then its request is undone
    CANCELLED = "cancelled"  # 撤销: settled, then undone by a record of its own
    SETTLED_ANEW = "settled_anew"  # settled, cancelled, settled again under a new id
    CANCELLATION_REVERSED = "cancellation_reversed"  # settled, cancelled, that one reversed
    LINE_REFUSED = "line_refused"  # a fee line is refused first, the others are settled
    LINE_VOIDED = "line_voided"  # a fee line is voided and uploaded anew before settling
    WITHDRAWN = "withdrawn"  # the visit is cancelled and never settled


UNDOING = frozenset(
    {Story.REVERSED, Story.CANCELLED, Story.SETTLED_ANEW, Story.CANCELLATION_REVERSED}
)
"""Stories with a second part, at ``undo_at``."""

THREE_PARTS = frozenset({Story.SETTLED_ANEW, Story.CANCELLATION_REVERSED})
"""Stories with a third part, at ``again_at``."""


class FinalState(StrEnum):
    """How a visit ends."""

    SETTLED = "settled"
    REFUSED = "refused"
    MANUAL = "manual"
    CANCELLED = "cancelled"
    REVERSED = "reversed"
    WITHDRAWN = "withdrawn"


class FilingAction(StrEnum):
    """What an agency does with a remote-care filing."""

    FILE = "file"
    CHANGE = "change"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Institution:
    """A designated institution of a care region."""

    care_region: str
    institution_id: str
    name: str
    level: HospitalLevel


@dataclass(frozen=True, slots=True)
class Span:
    """One enrolment of a member; both days are days of benefits."""

    scheme: Scheme
    category: str
    enrolled_on: date
    benefit_from: date
    benefit_until: date
    cap_increase_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class Member:
    """An insured person; ``account_id`` is ``""`` where there is no personal account."""

    member_id: str
    insured_region: str
    birth_date: date
    spans: tuple[Span, ...]
    identities: tuple[str, ...] = ()
    account_id: str = ""
    account_balance_fen: Fen = 0
    account_shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilingStep:
    """A filing, its change or its revocation; ``of`` is the key of the step it is about."""

    key: str
    action: FilingAction
    insured_region: str
    member_id: str
    at: Instant
    of: str = ""
    category: str = ""
    destination_region: str = ""
    approved_on: date | None = None
    revoked_on: date | None = None
    committed: bool = False


@dataclass(frozen=True, slots=True)
class AccountUse:
    """The personal account that pays what it may; ``own`` when it is the patient's."""

    account_id: str
    account_region: str
    own: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit with its fee lines and its story.

    ``settle_at`` is the business time of closing and settling. ``voided`` are numbers of lines
    that are taken out before settling. ``refused_line`` is uploaded first, and refused.
    """

    key: str
    care_region: str
    institution_id: str
    insured_region: str
    member_id: str
    care_type: CareType
    admitted_on: date
    discharged_on: date
    settle_at: Instant
    lines: tuple[FeeLine, ...]
    emergency: bool = False
    records_verified: bool = False
    selected_institution: bool = False
    circumstances: Circumstances = ORDINARY
    account: AccountUse | None = None
    story: Story = Story.PLAIN
    undo_at: Instant | None = None
    again_at: Instant | None = None
    voided: tuple[int, ...] = ()
    refused_line: FeeLine | None = None

    def live_lines(self) -> tuple[FeeLine, ...]:
        """Return the lines that are there when the visit is settled."""
        return tuple(line for line in self.lines if line.line_no not in self.voided)


@dataclass(frozen=True, slots=True)
class Payment:
    """Who paid what of a visit; E2: total = fund + personal, E3: personal = account + cash."""

    fund_fen: Fen
    by_fund: Mapping[Fund, Fen]
    personal_fen: Fen
    account_fen: Fen
    cash_fen: Fen
    deductible_fen: Fen


@dataclass(frozen=True, slots=True)
class VisitResult:
    """How a visit ended. ``payment`` of an undone settlement is what was taken back.

    ``cost`` is ``None`` for a withdrawn visit, ``payment`` wherever nothing was settled.
    ``filing`` is how the visit stood to remote-care filing; no service reads it back.
    ``refusals`` are the codes of requests that were refused on the way.
    """

    key: str
    state: FinalState
    outcome: Outcome | None = None
    code: str = ""
    flags: tuple[str, ...] = ()
    cost: CostSplit | None = None
    payment: Payment | None = None
    filing: Filing | None = None
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilingResult:
    """What an agency answers to a filing step; ``code`` where it is refused."""

    key: str
    code: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class PositionKey:
    """Who owes whom, for what, in which month."""

    payer_region: str
    payee_region: str
    scheme: Scheme
    clearing_type: str
    fund: Fund
    period: str


@dataclass(frozen=True, slots=True, order=True)
class YearKey:
    """A member's benefit year."""

    insured_region: str
    member_id: str
    benefit_year: int


@dataclass(frozen=True, slots=True, order=True)
class AccountKey:
    """A personal account and the region that holds it."""

    account_region: str
    account_id: str


@dataclass(slots=True)
class Balances:
    """Everything that adds up over a corpus.

    ``positions`` maps to amount and number of journal lines; ``accumulators`` holds what is not
    0 only; ``accounts`` holds every account of the corpus.
    """

    positions: dict[PositionKey, tuple[Fen, int]] = field(default_factory=dict)
    accumulators: dict[YearKey, dict[str, int]] = field(default_factory=dict)
    accounts: dict[AccountKey, Fen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a corpus says about itself.

    ``settings`` are those of the generator. ``rates`` are shares of visits per 10,000 whose
    requests meet a fault (a lost message, a duplicate, an undoing), by story.
    """

    name: str
    counts: Mapping[str, int]
    seed: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    rates: Mapping[str, int] = field(default_factory=dict)
    illustrative: bool = False
