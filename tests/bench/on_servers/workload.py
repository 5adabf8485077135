"""Visits that the bench settles: every one away from home, paid, and so in the journal.

People, journeys and fee lines are the corpus generator's; the sequential pass says which visits
the rules pay and what they come to, so that the books can be compared with it afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import cycle

from adapters.files.rule_books import RuleBooks
from clearing.benefits.claim import CareType
from clearing.calendar import Instant, instant_at
from clearing.catalogue import FeeLine
from clearing.geography import is_home
from clearing.money import Fen
from services.harness.corpus import FilingStep, Institution, Visit
from services.harness.generation.dice import Dice
from services.harness.generation.institutions import institutions
from services.harness.generation.journeys import Journeys
from services.harness.generation.people import Person, people_of
from services.harness.generation.profiles import PROFILES, Profile
from services.harness.oracle import Oracle
from services.harness.timeline import Part, VisitPart

REGIONS = ("970100", "980100", "990100")
"""Regions with rules for all kinds of care today; each is a care and an insured region."""

FIRST_DAY = date(2025, 6, 2)
DAYS = 5
MOST_OF_A_PAIR = 1_900
"""Visits of one care and one insured region: a care node lets 2,000 wait for a region."""

_VISITS_A_PERSON = 5
"""What the generator divides by to find how many people a region needs."""

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """``members`` are all those registered, ``visits`` those settled, all away from home.

    Each visit has ``lines`` fee lines, as many as the generator draws where that is 0, and is
    of one of the kinds of care given, of any where none is. ``once``: nobody has two.
    """

    seed: int
    visits: int
    members: int
    lines: int = 0
    care_types: tuple[CareType, ...] = ()
    once: bool = False


@dataclass(slots=True)
class Workload:
    """What is registered, filed and settled, and what all of it must come to."""

    people: Sequence[Person]
    institutions: Sequence[Institution]
    filings: list[FilingStep] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    fund_fen: Fen = 0
    account_fen: Fen = 0
    debits: int = 0

    @property
    def began(self) -> Instant:
        """When everybody is registered."""
        return Instant(instant_at(FIRST_DAY, 0) - 30 * DAY_MS)


def make_workload(sizes: Sizes, rules: RuleBooks) -> Workload:
    """Return visits in order of time, the same ones for the same sizes."""
    return _Maker(sizes, rules).run()


class _Maker:
    def __init__(self, sizes: Sizes, rules: RuleBooks) -> None:
        self._sizes = sizes
        self._dice = Dice(sizes.seed)
        self._prefix = f"b{sizes.seed}"
        self._profiles = [
            _travelling(each, sizes.care_types) for each in PROFILES if each.region in REGIONS
        ]
        self._journeys = Journeys(rules, self._prefix, self._dice)
        people = [person for profile in self._profiles for person in self._people_of(profile)]
        known = [one for one in institutions() if one.care_region in REGIONS]
        self._oracle = Oracle(rules, known, (person.member for person in people))
        self._made = Workload(people, known)
        self._of_pair: Counter[tuple[str, str]] = Counter()
        self._last: dict[str, Visit] = {}

    def _people_of(self, profile: Profile) -> list[Person]:
        total = sum(each.weight for each in self._profiles)
        count = self._sizes.members * profile.weight // total
        return people_of(profile, count * _VISITS_A_PERSON, self._prefix, self._dice)

    def run(self) -> Workload:
        made = self._made
        while len(made.visits) < self._sizes.visits:
            self._plan(self._dice.one(made.people))
        made.visits.sort(key=lambda visit: visit.settle_at)
        return made

    def _plan(self, person: Person) -> None:
        """Plan a visit of somebody; what nobody would pay is forgotten."""
        profile, dice = person.profile, self._dice
        on = FIRST_DAY + timedelta(days=dice.between(0, DAYS - 1))
        key = f"{self._prefix}-{len(self._made.visits) + 1:07d}"
        journey = self._journeys.journey(person, dice.weighted(profile.mix), on, key)
        visit = journey.visit
        if self._sizes.lines:
            visit = replace(visit, lines=_repeated(visit.lines, self._sizes.lines))
        pair = (visit.care_region, visit.insured_region)
        last = self._last.get(visit.member_id)
        if is_home(*pair) or self._of_pair[pair] >= MOST_OF_A_PAIR:
            return
        if last is not None:
            # One place a person and one visit after the other, so that the order in which a
            # member is settled is known whatever the care regions do meanwhile.
            if self._sizes.once or last.care_region != visit.care_region:
                return
            if last.settle_at >= visit.settle_at:
                return
        elif journey.filing is not None:
            self._oracle.file(journey.filing)
            self._made.filings.append(journey.filing)
        if self._pays(visit):
            self._of_pair[pair] += 1
            self._last[visit.member_id] = visit
            self._made.visits.append(visit)

    def _pays(self, visit: Visit) -> bool:
        decision = self._oracle.rule(visit, visit.settle_at).decision
        if decision is None or not sum(decision.by_fund.values()):
            return False
        part = VisitPart(visit, Part.SETTLE, visit.settle_at, last=True)
        result = self._oracle.play(part)
        assert result is not None
        assert result.payment is not None
        self._made.fund_fen += result.payment.fund_fen
        self._made.account_fen += result.payment.account_fen
        self._made.debits += result.payment.account_fen > 0
        return True


def _travelling(profile: Profile, care_types: Sequence[CareType]) -> Profile:
    """Return a region whose people are cared for in the other ones only."""
    return replace(
        profile,
        away=tuple(region for region in REGIONS if region != profile.region),
        away_share=dict.fromkeys(CareType, 100),
        mix={kind: share for kind, share in profile.mix.items() if kind in care_types}
        or profile.mix,
    )


def _repeated(lines: Sequence[FeeLine], count: int) -> tuple[FeeLine, ...]:
    """Return so many lines: those given, over and over, under numbers of their own."""
    return tuple(
        line._replace(line_no=number)
        for number, line in zip(range(1, count + 1), cycle(lines), strict=False)
    )
