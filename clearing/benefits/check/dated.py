"""Catalogue, enrolment and filing rules: each file by itself, its layers, and gaps in its days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from clearing.benefits.check.files import CATALOGUE, ENROLMENT, FILING, Texts, folders
from clearing.benefits.policy import Policy
from clearing.catalogue_file import CatalogueFile, read_catalogue, resolve_catalogue
from clearing.enrolment import EnrolmentRules
from clearing.enrolment.enrolment_file import EnrolmentFile, read_enrolment, resolve_enrolment
from clearing.errors import RuleError
from clearing.filing import read_filing_rules, resolve_filing_rules
from clearing.filing.filing_file import FilingFile
from clearing.rule_layers import RuleFile
from clearing.strict_yaml import Finding, RuleDataError

FileT = TypeVar("FileT", bound=RuleFile)
_DAY = timedelta(days=1)


class DatedRules:
    """The dated rule files of a folder: read once, resolved region by region."""

    def __init__(self, texts: Texts) -> None:
        self.findings: list[Finding] = []
        self._catalogues = self._read(texts, CATALOGUE, read_catalogue)
        self._enrolments = self._read(texts, ENROLMENT, read_enrolment)
        self._filings = self._read(texts, FILING, read_filing_rules)
        self._regions = folders(texts)
        for path in texts:
            folder, _, name = path.partition("/")
            for kind, files in (
                (CATALOGUE, self._catalogues),
                (ENROLMENT, self._enrolments),
                (FILING, self._filings),
            ):
                entry = files.get(folder) if name == kind else None
                if entry is not None and entry.region != folder:
                    message = f"the folder is {folder}, the file says {entry.region}"
                    found = entry.document.finding(("region",), message, "other_region")
                    self.findings.append(found)

    def findings_of(self, region: str, policy: Policy | None) -> Iterator[Finding]:
        """Yield what is wrong with a region's rules together with what they inherit."""
        resolvers: tuple[tuple[Mapping[str, Any], Callable[..., Iterator[Finding]]], ...] = (
            (self._catalogues, self._of_catalogue),
            (self._enrolments, self._of_enrolment),
            (self._filings, self._of_filing),
        )
        for files, found in resolvers:
            if region not in files:
                continue
            try:
                yield from found(region, policy)
            except RuleDataError as error:
                yield from error.findings

    def enrolment(self, region: str) -> EnrolmentRules | None:
        """Return the enrolment rules of a region or a layer that has some and can be read."""
        if region not in self._enrolments:
            return None
        try:
            return resolve_enrolment(region, self._enrolments)
        except RuleDataError:  # found with the region's rules
            return None

    def _of_catalogue(self, region: str, _policy: Policy | None) -> Iterator[Finding]:
        catalogue = resolve_catalogue(region, self._catalogues)
        for before, after in pairwise(catalogue.editions):
            if after.from_ != before.until + _DAY:
                yield self._gap(self._catalogues[region], before.until + _DAY, after.from_ - _DAY)

    def _of_enrolment(self, region: str, policy: Policy | None) -> Iterator[Finding]:
        rules = resolve_enrolment(region, self._enrolments)
        own = self._enrolments[region]
        years = [(e.from_year, e.until_year) for e in rules.editions]
        for (_, until), (from_year, _) in pairwise(years):
            if until is not None and from_year > until + 1:
                yield self._gap(own, date(until + 1, 1, 1), date(from_year - 1, 12, 31))
        if policy is None or not years:
            return
        for edition in rules.editions[:1]:
            span = policy.rules.policy.schemes.get(edition.scheme)
            if span is not None and edition.from_year > span.from_.year:
                last = date(edition.from_year - 1, 12, 31)
                yield self._gap(own, span.from_, last)
        last_edition = rules.editions[-1]
        span = policy.rules.policy.schemes.get(last_edition.scheme)
        ends = last_edition.until_year
        if span is not None and ends is not None and (span.until is None or span.until.year > ends):
            yield self._gap(own, date(ends + 1, 1, 1), span.until)

    def _of_filing(self, region: str, policy: Policy | None) -> Iterator[Finding]:
        rules = resolve_filing_rules(region, self._filings)
        if policy is None:
            return
        starts = {e.from_ for e in rules.editions}
        ends = {e.until + _DAY for e in rules.editions if e.until is not None}
        for span in policy.rules.policy.schemes.values():
            last = span.until or max({*starts, *ends, *policy.boundaries}) + _DAY
            edges = {span.from_, last, *starts, *ends, *policy.boundaries}
            days = {day + shift * _DAY for day in edges for shift in (-1, 0, 1)}
            for day in sorted(d for d in days if span.from_ <= d <= last):
                try:
                    rules.edition(day)
                except RuleError:
                    yield self._gap(self._filings[region], day, day)
                    break

    def _gap(self, entry: RuleFile, first: date, last: date | None) -> Finding:
        days = f"{first} to {last}" if last != first else f"{first}"
        days = days if last is not None else f"{first} on"
        message = f"no edition holds on {days}; begin or end the editions beside it there"
        return entry.document.finding(("editions",), message, "edition_gap")

    def _read(self, texts: Texts, name: str, read: Callable[[str, str], FileT]) -> dict[str, FileT]:
        files: dict[str, FileT] = {}
        for path, text in texts.items():
            folder, _, file = path.partition("/")
            if file == name:
                try:
                    files[folder] = read(text, path)
                except RuleDataError as error:
                    self.findings.extend(error.findings)
        return files


__all__ = ["CatalogueFile", "DatedRules", "EnrolmentFile", "FilingFile"]
