"""When benefits begin, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clearing.enrolment.facts import (
    EntitlementFacts,
    check_facts,
    consecutive_years,
    lapsed_years,
)
from clearing.enrolment.rules import EnrolmentEdition, EnrolmentRules, Rule, Waiting
from clearing.enrolment.ruling import Ruling, Undecided, rule_on
from clearing.money import Fen
from clearing.reason import Reason
from clearing.rule_fields import Stated


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Whether a person has benefits on the day asked about, and from when.

    ``entitled`` and the months are ``None`` where the documents do not decide; ``code`` then
    says what is missing. ``benefits_from`` is ``None`` where there are none this year.
    ``cap_increase_fen`` (分) raises the big-illness cap, at the least amounts allowed.
    """

    entitled: bool | None
    benefits_from: date | None
    fixed_months: int | None
    variable_months: int | None
    cap_increase_fen: Fen
    code: str | None
    explanation: tuple[Reason, ...]


def entitlement(rules: EnrolmentRules, facts: EntitlementFacts) -> Entitlement:
    """Decide when benefits begin for ``facts.benefit_year`` and whether the day is covered.

    The first rule of the year's edition that applies decides. Undecided (``entitled`` is
    ``None``): ``edition_missing``, ``scheme_not_given``, ``window_not_given``,
    ``before_window``, ``employee_scheme_not_ended`` or the edition's own code. Raises
    ``Malformed`` where the facts contradict each other.
    """
    check_facts(facts)
    increase_fen, incentives = _cap_increase(rules, facts)
    edition = rules.edition(facts.benefit_year)
    if edition is None:
        missing = _undecided_reason("edition_missing", rules.region, "", facts)
        return _open("edition_missing", increase_fen, (missing, *incentives))
    if facts.scheme is not edition.scheme:
        missing = _undecided_reason("scheme_not_given", edition.name, edition.source, facts)
        return _open("scheme_not_given", increase_fen, (missing, *incentives))
    for rule in edition.rules:
        ruling = rule_on(rule, edition, facts)
        if isinstance(ruling, Undecided):
            reason = _reason(rule.rule, edition.name, rule, {"code": ruling.code})
            return _open(ruling.code, increase_fen, (reason, *incentives))
        if ruling is not None:
            return _decided(ruling, rule, edition, facts, increase_fen, incentives)
    otherwise = edition.otherwise
    reason = _reason("otherwise", edition.name, otherwise, {})
    return _open(otherwise.code, increase_fen, (reason, *incentives))


def _open(code: str, increase_fen: Fen, explanation: tuple[Reason, ...]) -> Entitlement:
    return Entitlement(None, None, None, None, increase_fen, code, explanation)


def _decided(
    ruling: Ruling,
    rule: Rule,
    edition: EnrolmentEdition,
    facts: EntitlementFacts,
    increase_fen: Fen,
    incentives: tuple[Reason, ...],
) -> Entitlement:
    begins: date | None = ruling.benefits_from
    if ruling.benefits_from > facts.year_end:
        begins = None
    entitled = begins is not None and begins <= facts.on <= facts.year_end
    code = ruling.code if ruling.code or entitled else _why_not(ruling, facts)
    return Entitlement(
        entitled,
        begins,
        ruling.fixed_months,
        ruling.variable_months,
        increase_fen,
        code,
        (*_explained(ruling, rule, edition, facts), *incentives),
    )


def _why_not(ruling: Ruling, facts: EntitlementFacts) -> str:
    if facts.on > facts.year_end:
        return "benefit_year_over"
    if facts.on < facts.paid_on:
        return "not_paid_yet"
    if ruling.fixed_months:
        return "waiting_period"
    return "benefits_not_begun"


def _explained(
    ruling: Ruling, rule: Rule, edition: EnrolmentEdition, facts: EntitlementFacts
) -> tuple[Reason, ...]:
    inputs = {
        "paid_on": facts.paid_on.isoformat(),
        "benefits_from": ruling.benefits_from.isoformat(),
        "on": facts.on.isoformat(),
    }
    reasons = [_reason(rule.rule, edition.name, rule, inputs)]
    if isinstance(rule, Waiting) and edition.lapse is not None:
        lapsed = lapsed_years(facts, edition.lapse.counts_from_year)
        counted = {"paid_years": ",".join(str(year) for year in sorted(facts.paid_years))}
        counted["lapsed_years"] = str(lapsed)
        reasons.append(_reason("lapse", edition.name, edition.lapse, counted))
        if rule.variable is not None and lapsed:
            months = {
                "lapsed_years": str(lapsed),
                "repaired_years": str(facts.repaired_years),
                "variable_months": str(ruling.variable_months),
            }
            reasons.append(_reason("variable_waiting", edition.name, rule.variable, months))
    return tuple(reasons)


def _reason(step: str, edition: str, rule: Stated, inputs: dict[str, str]) -> Reason:
    return Reason(step, edition, rule.source, rule.rule_en, rule.rule_zh, inputs)


def _undecided_reason(code: str, edition: str, source: str, facts: EntitlementFacts) -> Reason:
    inputs = {"benefit_year": str(facts.benefit_year), "scheme": facts.scheme.value}
    return Reason(
        code,
        edition,
        source,
        "No document decides enrolment for this benefit year and scheme",
        "现有文件未规定该年度、该险种的参保待遇",
        inputs,
    )


def _cap_increase(rules: EnrolmentRules, facts: EntitlementFacts) -> tuple[Fen, tuple[Reason, ...]]:
    """Return what raises the big-illness cap, with its reasons (S2:103, S2:105)."""
    incentives = rules.incentives
    if incentives is None or facts.benefit_year < incentives.from_year:
        return 0, ()
    years = consecutive_years(facts)
    rule = incentives.consecutive
    increase_fen = max(0, years - rule.after_years) * rule.increase
    inputs = {"consecutive_years": str(years), "increase_fen": str(increase_fen)}
    reasons = [_reason("consecutive_years", "incentives", rule, inputs)]
    if facts.zero_claim_last_year:
        zero = incentives.zero_claim
        increase_fen += zero.increase
        inputs = {"increase_fen": str(zero.increase)}
        reasons.append(_reason("zero_claim", "incentives", zero, inputs))
    return increase_fen, tuple(reasons)
