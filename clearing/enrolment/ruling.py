"""Whether one rule applies to a person, and what it then says. One function a rule kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from clearing.calendar import corresponding_day, first_of_next_month
from clearing.enrolment.facts import EntitlementFacts, lapsed_years
from clearing.enrolment.rules import (
    AfterEmployeeScheme,
    ArmyLeaver,
    Begin,
    EnrolmentEdition,
    ExemptIdentity,
    Newborn,
    Rule,
    ShortGap,
    Variable,
    Waiting,
    Window,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule applies: benefits from then, after so many months of waiting.

    ``code`` says why there is no wait; ``None`` where the rule is no exemption.
    """

    benefits_from: date
    fixed_months: int = 0
    variable_months: int = 0
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """The rule is about this person but the document does not say what happens."""

    code: str


def rule_on(
    rule: Rule, edition: EnrolmentEdition, facts: EntitlementFacts
) -> Ruling | Undecided | None:
    """Return what a rule says about a person, ``None`` where it does not apply."""
    if isinstance(rule, Window):
        return _window(rule, edition, facts)
    if isinstance(rule, Newborn):
        return _newborn(rule, facts)
    if isinstance(rule, ExemptIdentity):
        listed = any(identity in rule.identities for identity in facts.identities)
        return _exempt(rule.begin, rule.code, facts) if listed else None
    if isinstance(rule, AfterEmployeeScheme):
        return _after_employee_scheme(rule, facts)
    if isinstance(rule, ArmyLeaver):
        return _army_leaver(rule, facts)
    if isinstance(rule, ShortGap):
        return _short_gap(rule, facts)
    return _waiting(rule, edition, facts)


def _begin(begin: Begin, facts: EntitlementFacts) -> date:
    """Return where benefits begin, never before the benefit year nor before birth."""
    if begin == "payment":
        day = facts.paid_on
    elif begin == "next_month":
        day = first_of_next_month(facts.paid_on)
    else:
        day = facts.year_start
    return max(day, facts.year_start, facts.birth_date)


def _exempt(begin: Begin, code: str, facts: EntitlementFacts) -> Ruling:
    return Ruling(_begin(begin, facts), code=code)


def _end_of_month(day: date, months_later: int) -> date:
    return first_of_next_month(corresponding_day(day, months_later)) - _DAY


def _lapsed(edition: EnrolmentEdition, facts: EntitlementFacts) -> int:
    return lapsed_years(facts, edition.lapse.counts_from_year) if edition.lapse else 0


def _window(
    rule: Window, edition: EnrolmentEdition, facts: EntitlementFacts
) -> Ruling | Undecided | None:
    if rule.continuous_only and _lapsed(edition, facts):
        return None  # whoever lapsed waits, in the window or not
    if rule.from_ is None or rule.until is None:
        if facts.in_window is None:
            return Undecided("window_not_given")
        inside = facts.in_window
    elif facts.paid_on < rule.from_:
        return Undecided("before_window")
    else:
        inside = facts.paid_on <= rule.until
    return Ruling(_begin(rule.begin, facts)) if inside else None


def _newborn(rule: Newborn, facts: EntitlementFacts) -> Ruling | None:
    if rule.born == "in_benefit_year" and facts.birth_date.year != facts.benefit_year:
        return None
    last_day: date | None = None
    if rule.days_from_birth is not None:
        last_day = facts.birth_date + timedelta(days=rule.days_from_birth)
    elif rule.months_after_birth_month is not None:
        last_day = _end_of_month(facts.birth_date, rule.months_after_birth_month)
    elif rule.within_birth_year:
        last_day = date(facts.birth_date.year, 12, 31)
    if last_day is not None and facts.paid_on > last_day:
        return None
    return _exempt(rule.begin, rule.code, facts)


def _after_employee_scheme(
    rule: AfterEmployeeScheme, facts: EntitlementFacts
) -> Ruling | Undecided | None:
    ended_on = facts.employee_ended_on
    if ended_on is None:
        return None
    if facts.paid_on <= ended_on:
        return Undecided("employee_scheme_not_ended")
    # The interruption begins on the day after the last day of cover.
    if rule.ended_in_benefit_year and (ended_on + _DAY).year != facts.benefit_year:
        return None
    if rule.counted_from == "last_day":
        last_day = corresponding_day(ended_on, rule.within_months)
    else:
        last_day = _end_of_month(ended_on, rule.within_months)
    return _exempt(rule.begin, rule.code, facts) if facts.paid_on <= last_day else None


def _army_leaver(rule: ArmyLeaver, facts: EntitlementFacts) -> Ruling | None:
    moved_on = facts.moved_in_from_army_on
    if moved_on is None or facts.paid_on < moved_on:
        return None
    if facts.paid_on > _end_of_month(moved_on, rule.within_months):
        return None
    return _exempt(rule.begin, rule.code, facts)


def _short_gap(rule: ShortGap, facts: EntitlementFacts) -> Ruling | None:
    if facts.benefit_year - 1 not in facts.paid_years:
        return None
    covered_until = facts.year_start - _DAY
    if facts.paid_on > corresponding_day(covered_until, rule.within_months):
        return None
    return _exempt(rule.begin, rule.code, facts)


def _waiting(rule: Waiting, edition: EnrolmentEdition, facts: EntitlementFacts) -> Ruling:
    variable = _variable_months(rule, _lapsed(edition, facts), facts.repaired_years)
    start = facts.paid_on
    if rule.counted_from == "payment_or_year_start":
        start = max(start, facts.year_start)
    last_waiting_day = corresponding_day(start, rule.fixed_months + variable)
    if rule.begin == "next_month":
        begins = first_of_next_month(last_waiting_day)
    else:
        begins = last_waiting_day + _DAY
    return Ruling(max(begins, facts.year_start), rule.fixed_months, variable)


def _variable_months(rule: Waiting, lapsed: int, repaired: int) -> int:
    terms: Variable | None = rule.variable
    if terms is None or not lapsed:
        return 0
    added = lapsed * terms.months_per_lapsed_year - repaired * terms.repaired_months_per_year
    months = max(0, added)
    if lapsed >= terms.floor_lapsed_years:
        months = max(months, terms.floor_months - rule.fixed_months)
    return months
