"""What is asked about one person's enrolment for one benefit year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clearing.benefits.claim import IDENTITIES, Scheme
from clearing.errors import Malformed


@dataclass(frozen=True, slots=True)
class EntitlementFacts:
    """The facts that decide when benefits begin.

    * ``paid_on``: the day of enrolment and payment for ``benefit_year`` (for Shanxi's newborns
      the day of registration);
    * ``paid_years``: the resident-scheme years paid before ``benefit_year``;
    * ``repaired_years``: how many lapsed years were paid for afterwards;
    * ``employee_ended_on``: last day of employee-scheme cover;
    * ``in_window``: whether ``paid_on`` lies in the enrolment window, where the rules know no
      window of their own; ``None`` where nobody knows;
    * ``on``: the day asked about.
    """

    scheme: Scheme
    benefit_year: int
    birth_date: date
    identities: tuple[str, ...]
    paid_on: date
    paid_years: frozenset[int]
    repaired_years: int
    employee_ended_on: date | None
    moved_in_from_army_on: date | None
    zero_claim_last_year: bool
    in_window: bool | None
    on: date

    @property
    def year_start(self) -> date:
        """The first day of the benefit year."""
        return date(self.benefit_year, 1, 1)

    @property
    def year_end(self) -> date:
        """The last day of the benefit year."""
        return date(self.benefit_year, 12, 31)


def check_facts(facts: EntitlementFacts) -> None:
    """Raise ``Malformed`` naming the field where facts contradict each other."""
    if any(year >= facts.benefit_year for year in facts.paid_years):
        raise _malformed(
            "paid_years", "paid years lie before the benefit year", "已缴费年度应早于待遇年度"
        )
    if facts.repaired_years < 0:
        raise _malformed("repaired_years", "a count is not negative", "修复年数不能为负")
    if facts.paid_on < facts.birth_date:
        raise _malformed("paid_on", "paid before birth", "缴费日期早于出生日期")
    unknown = [name for name in facts.identities if name not in IDENTITIES]
    if unknown:
        raise _malformed(
            "identities", f"unknown identity {unknown[0]!r}", f"未知的人员身份 {unknown[0]!r}"
        )


def _malformed(field: str, message_en: str, message_zh: str) -> Malformed:
    return Malformed("entitlement_facts", message_en, message_zh, field=field)


def lapsed_years(facts: EntitlementFacts, counts_from_year: int) -> int:
    """Count the whole unpaid years between the last paid year and the benefit year.

    Years before ``counts_from_year`` never count; someone who never paid has no lapse.
    """
    if not facts.paid_years:
        return 0
    first = max(max(facts.paid_years) + 1, counts_from_year)
    return max(0, facts.benefit_year - first)


def consecutive_years(facts: EntitlementFacts) -> int:
    """Count the consecutive paid years up to and with the benefit year."""
    year = facts.benefit_year
    while year - 1 in facts.paid_years:
        year -= 1
    return facts.benefit_year - year + 1
