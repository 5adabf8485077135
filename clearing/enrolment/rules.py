"""Enrolment rules as data: a closed vocabulary of rules, in the order they are tried.

The first rule of an edition that applies to a person decides. Each rule names its source; what
a document leaves open is in no rule and ends in the edition's ``otherwise``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from clearing.benefits.claim import Scheme
from clearing.rule_fields import (
    CivilDate,
    Code,
    Count,
    Flag,
    Identity,
    RegionCode,
    RuleModel,
    Source,
    Stated,
    Words,
    YuanFen,
)

Begin = Literal["year_start", "birth", "payment", "next_month"]
"""Where benefits begin: 1 January, the birth, the payment, the 1st of the month after it."""


class Window(Stated):
    """Paid within the enrolment window; without days, the fact ``in_window`` says so."""

    rule: Literal["window"]
    from_: CivilDate | None = Field(default=None, alias="from")
    until: CivilDate | None = None
    continuous_only: Flag = False
    begin: Literal["year_start"]


class Newborn(Stated):
    """A newborn: born when, enrolled until when, benefits from when."""

    rule: Literal["newborn"]
    code: Code
    born: Literal["in_benefit_year", "any_year"]
    days_from_birth: Count | None = None
    months_after_birth_month: Count | None = None
    within_birth_year: Flag = False
    begin: Literal["birth", "payment"]


class ExemptIdentity(Stated):
    """Groups that wait for nothing."""

    rule: Literal["identity"]
    code: Code
    identities: tuple[Identity, ...]
    begin: Begin


class AfterEmployeeScheme(Stated):
    """Cover of the employee scheme ended and the person moves over in time."""

    rule: Literal["after_employee_scheme"]
    code: Code
    within_months: Count
    counted_from: Literal["last_day", "next_month"]
    ended_in_benefit_year: Flag
    begin: Begin


class ArmyLeaver(Stated):
    """Left the army and moved in; months count from the month after the move."""

    rule: Literal["army_leaver"]
    code: Code
    within_months: Count
    begin: Begin


class ShortGap(Stated):
    """Paid up to last year's end and interrupted for a few months at most."""

    rule: Literal["short_gap"]
    code: Code
    within_months: Count
    begin: Begin


class Variable(Stated):
    """Months on top of the fixed ones for each lapsed year, and how they are repaired."""

    months_per_lapsed_year: Count
    repaired_months_per_year: Count
    floor_lapsed_years: Count
    floor_months: Count


class Waiting(Stated):
    """Everyone else waits."""

    rule: Literal["waiting"]
    fixed_months: Count
    variable: Variable | None = None
    counted_from: Literal["payment", "payment_or_year_start"]
    begin: Literal["next_day", "next_month"]


Rule = Annotated[
    Window | Newborn | ExemptIdentity | AfterEmployeeScheme | ArmyLeaver | ShortGap | Waiting,
    Field(discriminator="rule"),
]


class Lapse(Stated):
    """Which unpaid years count as lapsed."""

    counts_from_year: Count


class Otherwise(Stated):
    """What stays undecided where no rule applies."""

    code: Code


class Premium(RuleModel):
    """A yearly premium by the birth date, where the document decides it by birth date."""

    name: Code
    name_zh: Words
    personal: YuanFen
    government: YuanFen
    born_from: CivilDate | None = None
    born_until: CivilDate | None = None
    source: Source


class EnrolmentEdition(RuleModel):
    """The rules for the benefit years ``from_year`` to ``until_year``."""

    name: Words
    from_year: Count
    until_year: Count | None = None
    source: Source
    scheme: Scheme
    lapse: Lapse | None = None
    rules: tuple[Rule, ...]
    otherwise: Otherwise
    premiums: tuple[Premium, ...] = ()

    def covers(self, benefit_year: int) -> bool:
        """Tell whether the edition is about a benefit year."""
        last = self.until_year
        return self.from_year <= benefit_year and (last is None or benefit_year <= last)


class Consecutive(Stated):
    """Each consecutive year after the first ones raises the big-illness cap."""

    after_years: Count
    increase: YuanFen


class ZeroClaim(Stated):
    """A year without use of the fund raises the next year's big-illness cap."""

    increase: YuanFen


class Incentives(RuleModel):
    """What raises the big-illness cap, from a benefit year on."""

    from_year: Count
    consecutive: Consecutive
    zero_claim: ZeroClaim


@dataclass(frozen=True, slots=True)
class EnrolmentRules:
    """A region's resolved enrolment rules."""

    region: str
    editions: tuple[EnrolmentEdition, ...]
    incentives: Incentives | None
    content_hash: str

    def edition(self, benefit_year: int) -> EnrolmentEdition | None:
        """Return the edition for a benefit year, ``None`` where the documents have none."""
        return next((e for e in self.editions if e.covers(benefit_year)), None)


class EnrolmentFileModel(RuleModel):
    """One ``enrolment.yaml``."""

    region: RegionCode
    inherits: RegionCode | None = None
    incentives: Incentives | None = None
    editions: tuple[EnrolmentEdition, ...] = ()


def premiums(rules: EnrolmentRules, benefit_year: int, birth_date: date) -> tuple[Premium, ...]:
    """Return the premiums a person of this birth date may pay for a benefit year.

    The document states birth dates so that the age is the one on the day before the year
    begins, whenever in the year the person enrols (S3:124).
    """
    edition = rules.edition(benefit_year)
    return tuple(
        premium
        for premium in (edition.premiums if edition else ())
        if (premium.born_from is None or premium.born_from <= birth_date)
        and (premium.born_until is None or birth_date <= premium.born_until)
    )
