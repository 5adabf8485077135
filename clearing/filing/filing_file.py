"""Filing rules as their YAML says them, checked and resolved layer over layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from clearing.filing.record import LONG_TERM
from clearing.filing.rules import (
    PARTS,
    CategoryRule,
    FilingEdition,
    FilingEditionModel,
    FilingFileModel,
    FilingRules,
)
from clearing.rule_fields import read_rules
from clearing.rule_layers import chain_of, hash_of
from clearing.strict_yaml import Document, Finding, RuleDataError, parse

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FilingFile:
    """One filing file, read and checked by itself."""

    rules: FilingFileModel
    document: Document

    @property
    def region(self) -> str:
        """The region (or layer) the file is about."""
        return self.rules.region

    @property
    def inherits(self) -> str | None:
        """The layer above."""
        return self.rules.inherits


def read_filing_rules(text: str, file: str) -> FilingFile:
    """Read one file. Raises ``RuleDataError`` with every defect, each with its line."""
    document = parse(text, file)
    rules = read_rules(FilingFileModel, document)
    findings = list(_defects(rules, document))
    if findings:
        raise RuleDataError(findings)
    return FilingFile(rules, document)


def resolve_filing_rules(region: str, files: Mapping[str, FilingFile]) -> FilingRules:
    """Return a region's filing rules with what they inherit.

    Raises ``RuleDataError`` where a layer is missing, a stretch of time has no rule for some
    part, or a region breaks a bound of the layer above.
    """
    chain = chain_of(region, files, "filing.yaml")
    every = [edition for entry in chain for edition in entry.rules.editions]
    document = chain[-1].document
    findings: list[Finding] = []
    editions: list[FilingEdition] = []
    for from_, until in _stretches(every):
        live = [e for e in every if e.from_ <= from_ and (e.until is None or from_ <= e.until)]
        if not live:
            continue
        parts = _overlaid(live)
        messages = [*_missing(parts), *_out_of_bounds(parts)]
        findings.extend(document.finding(("editions",), f"from {from_}: {m}") for m in messages)
        if not messages:
            editions.append(FilingEdition(live[-1].name, from_, until, **parts))
    if findings:
        raise RuleDataError(findings)
    content = {"region": region, "editions": [_content(edition) for edition in editions]}
    return FilingRules(region, tuple(editions), hash_of(content))


def _stretches(every: Sequence[FilingEditionModel]) -> Iterator[tuple[date, date | None]]:
    """Cut time at every boundary of the layers; the last stretch is open."""
    ends = {edition.until + _DAY for edition in every if edition.until is not None}
    cuts = sorted({edition.from_ for edition in every} | ends)
    for index, from_ in enumerate(cuts):
        yield from_, cuts[index + 1] - _DAY if index + 1 < len(cuts) else None


def _overlaid(live: Sequence[FilingEditionModel]) -> dict[str, Any]:
    parts: dict[str, Any] = dict.fromkeys(PARTS)
    for edition in live:
        for part in PARTS:
            stated = getattr(edition, part)
            if stated is not None:
                parts[part] = stated
    return parts


def _missing(parts: Mapping[str, Any]) -> Iterator[str]:
    for part in PARTS:
        if parts[part] is None and part != "bounds":
            yield f"no layer states {part}"


def _out_of_bounds(parts: Mapping[str, Any]) -> Iterator[str]:
    bounds = parts["bounds"]
    rules: Sequence[CategoryRule] = parts["categories"] or ()
    if bounds is None:
        return
    for rule in rules:
        names = ", ".join(rule.categories)
        least = bounds.temporary_valid_months_min
        if LONG_TERM.isdisjoint(rule.categories):
            if rule.valid_months is not None and rule.valid_months < least:
                yield f"{names} must be valid for {least} months at least ({bounds.source})"
        elif (rule.lock_months or 0) > bounds.long_term_lock_months_max:
            yield (
                f"{names} must not be locked for more than {bounds.long_term_lock_months_max} "
                f"months ({bounds.source})"
            )


def _content(edition: FilingEdition) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": edition.name,
        "from": edition.from_.isoformat(),
        "until": edition.until.isoformat() if edition.until else None,
    }
    for part in PARTS:
        stated = getattr(edition, part)
        if isinstance(stated, tuple):
            content[part] = [rule.model_dump(mode="json") for rule in stated]
        else:
            content[part] = stated.model_dump(mode="json") if stated else None
    return content


def _defects(rules: FilingFileModel, document: Document) -> Iterator[Finding]:
    for number, edition in enumerate(rules.editions):
        at = ("editions", number)
        if edition.until is not None and edition.until < edition.from_:
            yield document.finding((*at, "until"), "an edition ends before it begins")
        if number:
            before = rules.editions[number - 1].until
            if before is None or edition.from_ <= before:
                yield document.finding((*at, "from"), "editions must follow one another by date")
        seen: set[str] = set()
        for index, rule in enumerate(edition.categories or ()):
            here = (*at, "categories", index)
            for category in rule.categories:
                if category in seen:
                    yield document.finding(here, f"{category} is ruled twice")
                seen.add(category)
            kinds = {category in LONG_TERM for category in rule.categories}
            if len(kinds) != 1:
                yield document.finding(here, "one rule is for long-term or temporary filings")
            elif kinds == {False} and rule.valid_months is None:
                yield document.finding(here, "a temporary filing needs valid_months")
