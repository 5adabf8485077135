"""Cells: everything discrete about a claim decided, so that only arithmetic is left.

A cell is the policy's answer for one combination of keys in one period without a change of
edition. It either ends the matter (refused, manual) or holds the bound steps to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clearing.benefits import schema
from clearing.benefits.causes import around, cause_rule
from clearing.benefits.claim import CareType, Cause, Delivery, Outcome, Scheme
from clearing.benefits.keys import Keys
from clearing.benefits.places import row_place, rule_place
from clearing.benefits.steps.op import FIRST_FREE_SLOT, BoundStep, Looked, Op, Period
from clearing.benefits.table import NotGiven, Table
from clearing.benefits.untreated import (
    care_type_untreated,
    day_untreated,
    delivery_untreated,
    scheme_untreated,
)


@dataclass(frozen=True, slots=True)
class Deciding:
    """What ended the matter without an amount, and where that is written.

    ``file`` is the rule file in which it stands, or would stand; ``asked`` are the keys with
    their values for which nothing was found, and ``place`` words both, in Chinese and English.
    """

    step: str
    table: str
    edition: str
    source: str
    zh: str
    en: str
    file: str = ""
    asked: tuple[tuple[str, str], ...] = ()
    place: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Cell:
    """A decision without an amount, or the steps that give one.

    ``accounts`` are (name, period) of the accumulators in order of their slots; ``flags`` are
    (code, total above which it is raised). ``quota_fen`` is a flat amount that the agency pays
    on application within ``within_months``.
    """

    outcome: Outcome
    code: str | None
    deciding: Deciding | None
    edition: str = ""
    in_scope_source: str = ""
    steps: tuple[BoundStep, ...] = ()
    ops: tuple[Op, ...] = ()
    accounts: tuple[tuple[str, Period], ...] = ()
    adds: tuple[tuple[int, int], ...] = ()
    registers: int = FIRST_FREE_SLOT
    flags: tuple[tuple[str, int], ...] = ()
    quota_fen: int = 0
    within_months: int = 0


@dataclass(frozen=True, slots=True)
class CareRules:
    """One care type's file, its tables ready."""

    benefits: Mapping[Scheme, schema.Benefit]
    tables: Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Rules:
    """A region's rules, read and checked."""

    region: schema.RegionFile
    policy: schema.PolicyFile
    keys: Keys
    tables: Mapping[str, Table]
    care: Mapping[CareType, CareRules]


_Ending = tuple[str, str, str, str, schema.Bilingual]
"""Code, step, edition, source and words of what ended the matter."""


class Undecided(Exception):
    """The source leaves a row open that a step needs; ``asked`` are its keys and values."""

    def __init__(self, missing: NotGiven, asked: tuple[tuple[str, str], ...]) -> None:
        super().__init__(missing.code)
        self.missing = missing
        self.asked = asked


def resolve(rules: Rules, facts: Mapping[str, str], identities: tuple[str, ...], day: date) -> Cell:
    """Return the cell for a claim's facts on ``day``."""
    return resolve_complete(rules, rules.keys.complete(facts, identities), day)


def resolve_complete(rules: Rules, everything: Mapping[str, str], day: date) -> Cell:
    """Return the cell for facts that have the value of every group.

    The order is the contract's: what no document treats is manual; then what the source
    excludes; then what it leaves open; then the amount.
    """
    scheme = Scheme(everything["scheme"])
    span = _treated(rules, scheme, day)
    if isinstance(span, Cell):
        return span
    edition = span.from_.isoformat()
    flags = _flags(rules, everything, day)
    care_type = CareType(everything["care_type"])
    care = rules.care.get(care_type)
    benefit = care.benefits.get(scheme) if care else None
    for rule in (*rules.policy.exclusions, *(benefit.exclusions if benefit else ())):
        if _holds(rule.when, everything):
            shared = any(rule is each for each in rules.policy.exclusions)
            file = "policy.yaml" if shared else f"{care_type}.yaml"
            ended: _Ending = (rule.code, "exclusion", edition, rule.source, rule)
            return _ended(rules, Outcome.REFUSED, *ended, file=file)
    cause = cause_rule(rules.policy.causes, Cause(everything["cause"]), span)
    if cause is not None and cause.treatment == "refused":
        ended = (cause.code or "", "exclusion", edition, cause.source, cause)
        return _ended(rules, Outcome.REFUSED, *ended)
    if care is None or benefit is None:
        words = care_type_untreated(scheme, care_type, span)
        ended = ("care_type_missing", "care_type", edition, span.source, words)
        return _ended(rules, Outcome.MANUAL, *ended, flags, file=f"{care_type}.yaml")
    binding = _Binding({**rules.tables, **care.tables}, everything, day, edition)
    if care_type is CareType.INPATIENT and everything["delivery"] != Delivery.NONE:
        return _applied_for(rules, benefit, everything, span, binding, flags)
    for rule in benefit.open:
        if _holds(rule.when, everything):
            ended = (rule.code, "open", edition, rule.source, rule)
            return _ended(rules, Outcome.MANUAL, *ended, flags, file=f"{care_type}.yaml")
    if cause is not None and cause.treatment == "open":
        ended = (cause.code or "", "cause", edition, cause.source, cause)
        return _ended(rules, Outcome.MANUAL, *ended, flags)
    try:
        steps = around(cause, tuple(step.bind(binding) for step in benefit.steps), binding)
    except Undecided as left_open:
        deciding = _missing_row(rules, care_type, left_open)
        return Cell(Outcome.MANUAL, left_open.missing.code, deciding, flags=flags)
    return Cell(
        Outcome.PAID,
        None,
        None,
        edition,
        benefit.in_scope,
        steps,
        tuple(op for step in steps for op in step.ops),
        tuple(binding.accounts),
        tuple(add for step in steps for add in step.adds),
        binding.registers,
        flags,
    )


def _treated(rules: Rules, scheme: Scheme, day: date) -> schema.Span | Cell:
    """Return the days that hold for the scheme, or the end of the matter where none do."""
    if rules.region.layer_only is not None:
        layer = rules.region.layer_only
        ended: _Ending = ("region_is_layer", "layer", "", layer.source, layer)
        return _ended(rules, Outcome.MANUAL, *ended, file="region.yaml")
    span = rules.policy.schemes.get(scheme)
    if span is None:
        nearest = next(iter(rules.policy.schemes.values()))
        words = scheme_untreated(scheme, nearest)
        ended = ("scheme_missing", "scheme", "", nearest.source, words)
        return _ended(rules, Outcome.MANUAL, *ended)
    if day < span.from_ or (span.until is not None and day > span.until):
        edition = span.from_.isoformat()
        words = day_untreated(scheme, span, rules.policy.basis == "discharge")
        ended = ("edition_missing", "edition", edition, span.source, words)
        return _ended(rules, Outcome.MANUAL, *ended)
    return span


def _flags(rules: Rules, everything: Mapping[str, str], day: date) -> tuple[tuple[str, int], ...]:
    """Return the flags and the totals above which they are raised; each code once."""
    above: dict[str, int] = {}
    for flag in rules.policy.flags:
        if (
            (flag.from_ is None or day >= flag.from_)
            and (flag.until is None or day <= flag.until)
            and _holds(flag.when, everything)
        ):
            # A total is never below 0, so that -1 raises a flag whatever the total.
            least = -1 if flag.total_above is None else flag.total_above
            above[flag.code] = min(least, above.get(flag.code, least))
    return tuple(above.items())


def _applied_for(
    rules: Rules,
    benefit: schema.Benefit,
    everything: Mapping[str, str],
    span: schema.Span,
    binding: _Binding,
    flags: tuple[tuple[str, int], ...],
) -> Cell:
    """Return the flat amount that a delivery gives on application, or that none is stated."""
    for rule in benefit.applications:
        if _holds(rule.when, everything):
            try:
                quota = binding.lookup(rule.table)
            except Undecided as left_open:
                deciding = _missing_row(rules, CareType.INPATIENT, left_open)
                return Cell(Outcome.MANUAL, left_open.missing.code, deciding, flags=flags)
            path = f"{rules.region.region}/{CareType.INPATIENT}.yaml"
            says = ("application", rule.table, quota.edition, rule.source, rule.zh, rule.en, path)
            return Cell(
                Outcome.MANUAL,
                rule.code,
                Deciding(*says),
                flags=flags,
                quota_fen=quota.value,
                within_months=rule.within_months,
            )
    ended = ("delivery_not_given", "delivery", binding.edition, span.source, delivery_untreated())
    return _ended(rules, Outcome.MANUAL, *ended, flags, file=f"{CareType.INPATIENT}.yaml")


def _holds(when: Mapping[str, tuple[str, ...]], facts: Mapping[str, str]) -> bool:
    return all(facts[key] in values for key, values in when.items())


def _missing_row(rules: Rules, care_type: CareType, left_open: Undecided) -> Deciding:
    missing, asked = left_open.missing, left_open.asked
    file = _file_of(missing.table, rules, care_type)
    place = row_place(missing.table, asked, f"{rules.region.region}/{file}", rules.policy.groups)
    return Deciding(
        "not_given",
        missing.table,
        missing.edition,
        missing.source,
        missing.zh,
        missing.en,
        f"{rules.region.region}/{file}",
        asked,
        place,
    )


def _file_of(table: str, rules: Rules, care_type: CareType) -> str:
    """Return the file that a care type's table stands in: its own goes before the shared one."""
    return f"{care_type}.yaml" if table in rules.care[care_type].tables else "policy.yaml"


def _ended(
    rules: Rules,
    outcome: Outcome,
    code: str,
    step: str,
    edition: str,
    source: str,
    words: schema.Bilingual,
    flags: tuple[tuple[str, int], ...] = (),
    *,
    file: str = "policy.yaml",
) -> Cell:
    path = f"{rules.region.region}/{file}"
    deciding = Deciding(
        step, "", edition, source, words.zh, words.en, path, (), rule_place(step, code, path)
    )
    return Cell(outcome, code, deciding, flags=flags)


class _Binding:
    """The scope of one cell: looks rows up, hands out accumulators and registers."""

    def __init__(
        self, tables: Mapping[str, Table], facts: Mapping[str, str], day: date, edition: str
    ) -> None:
        self._tables = tables
        self._facts = facts
        self._day = day
        self.edition = edition
        self.accounts: list[tuple[str, Period]] = []
        self.registers = FIRST_FREE_SLOT

    def lookup(self, table: str) -> Looked:
        asked = self._tables[table]
        cell = asked.at(tuple(self._facts[key] for key in asked.keys), self._day)
        if isinstance(cell, NotGiven):
            raise Undecided(cell, tuple((key, self._facts[key]) for key in asked.keys))
        return cell

    def account(self, template: str, per: Period) -> int:
        account = (template.format_map(self._facts), per)
        if account not in self.accounts:
            self.accounts.append(account)
        return self.accounts.index(account)

    def slot(self) -> int:
        self.registers += 1
        return self.registers - 1
