"""Enrolment rules as their YAML says them, checked and resolved.

A region that has editions of its own has those only: where its documents end, nothing is
decided. Incentives come from the nearest layer that states them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clearing.enrolment.rules import (
    EnrolmentEdition,
    EnrolmentFileModel,
    EnrolmentRules,
    Incentives,
    Newborn,
    Waiting,
    Window,
)
from clearing.rule_fields import read_rules
from clearing.rule_layers import chain_of, hash_of
from clearing.strict_yaml import Document, Finding, Path, RuleDataError, parse


@dataclass(frozen=True, slots=True)
class EnrolmentFile:
    """One enrolment file, read and checked by itself."""

    rules: EnrolmentFileModel
    document: Document

    @property
    def region(self) -> str:
        """The region (or layer) the file is about."""
        return self.rules.region

    @property
    def inherits(self) -> str | None:
        """The layer above."""
        return self.rules.inherits


def read_enrolment(text: str, file: str) -> EnrolmentFile:
    """Read one file. Raises ``RuleDataError`` with every defect, each with its line."""
    document = parse(text, file)
    rules = read_rules(EnrolmentFileModel, document)
    findings = list(_defects(rules, document))
    if findings:
        raise RuleDataError(findings)
    return EnrolmentFile(rules, document)


def resolve_enrolment(region: str, files: Mapping[str, EnrolmentFile]) -> EnrolmentRules:
    """Return a region's enrolment rules with what it inherits.

    Raises ``RuleDataError`` where a layer is missing or inheritance runs in a circle.
    """
    editions: tuple[EnrolmentEdition, ...] = ()
    incentives: Incentives | None = None
    for entry in chain_of(region, files, "enrolment.yaml"):
        editions = entry.rules.editions or editions
        incentives = entry.rules.incentives or incentives
    content = {
        "region": region,
        "editions": [edition.model_dump(mode="json") for edition in editions],
        "incentives": incentives.model_dump(mode="json") if incentives else None,
    }
    return EnrolmentRules(region, editions, incentives, hash_of(content))


def _defects(rules: EnrolmentFileModel, document: Document) -> Iterator[Finding]:
    for number, edition in enumerate(rules.editions):
        at: Path = ("editions", number)
        if edition.until_year is not None and edition.until_year < edition.from_year:
            yield document.finding((*at, "until_year"), "an edition ends before it begins")
        if number:
            before = rules.editions[number - 1].until_year
            if before is None or edition.from_year <= before:
                yield document.finding((*at, "from_year"), "editions must follow one another")
        for index, rule in enumerate(edition.rules):
            for message in _rule_defects(rule, edition):
                yield document.finding((*at, "rules", index), f"{rule.rule}: {message}")


def _rule_defects(rule: object, edition: EnrolmentEdition) -> Iterator[str]:
    if isinstance(rule, Window):
        if (rule.from_ is None) != (rule.until is None):
            yield "give both days of the window, or neither"
        elif rule.from_ is not None and rule.until is not None and rule.until < rule.from_:
            yield "the window closes before it opens"
        if rule.continuous_only and edition.lapse is None:
            yield "continuous_only needs the edition's lapse"
    if isinstance(rule, Newborn):
        days, months = rule.days_from_birth, rule.months_after_birth_month
        if (days is not None) + (months is not None) + rule.within_birth_year > 1:
            yield "give one time limit at most"
    if isinstance(rule, Waiting) and rule.variable is not None and edition.lapse is None:
        yield "a variable waiting period needs the edition's lapse"
