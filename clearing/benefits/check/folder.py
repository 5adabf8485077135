"""Check a folder of region folders, or one region of it with all layers that it inherits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clearing.benefits import schema
from clearing.benefits.check.dated import DatedRules
from clearing.benefits.check.files import BOUNDS, SOURCES, Texts, file_findings, folders, is_region
from clearing.benefits.check.region import policy_findings
from clearing.benefits.check.sources import source_findings
from clearing.benefits.check.waivers import Waivers
from clearing.benefits.golden import (
    CASE_FILES,
    ENTITLEMENT_CASES,
    check_cases,
    check_entitlements,
)
from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from clearing.enrolment.facts_input import NATIONAL
from clearing.rule_fields import RuleModel, read_rules
from clearing.source_documents import SourceDocuments, read_source_documents
from clearing.strict_yaml import Finding, RuleDataError, parse

_INHERITS: Final = re.compile(r"""^inherits:\s*["']?([0-9a-z]+)""", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Waived:
    """What a written waiver of the rules covered, and who waived it."""

    file: str
    line: int
    code: str
    by: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found, and what would have been found without its waiver."""

    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...] = ()


def check_texts(texts: Texts) -> Report:
    """Check everything in a folder of region folders. Nothing of it need be readable."""
    folder = _Folder(texts)
    findings = [*file_findings(texts), *folder.findings, *folder.of_sources("")]
    findings.extend(folder.of_entitlements(NATIONAL))
    for region in folders(texts):
        findings.extend(folder.of_region(region))
    return Report(tuple(sorted(set(findings))), tuple(sorted(folder.waived)))


def check_region(texts: Texts, region: str) -> tuple[Finding, ...]:
    """Check one region.

    ``texts`` has its files and those of every layer that it inherits, ``sources.yaml`` and
    ``national/bounds.yaml``; what else it has is left alone.
    """
    folder = _Folder(_needed(texts, region))
    findings = [*folder.findings, *folder.of_sources(f"{region}/"), *folder.of_region(region)]
    return tuple(sorted(set(findings)))


def _needed(texts: Texts, region: str) -> Texts:
    """Return the texts of a region, of every layer that a file of it inherits, and the lists."""
    wanted, layers = [region], {region}
    while wanted:
        folder = wanted.pop()
        for path, text in texts.items():
            inherited = _INHERITS.search(text) if path.startswith(f"{folder}/") else None
            if inherited is not None and inherited[1] not in layers:
                layers.add(inherited[1])
                wanted.append(inherited[1])
    return {
        path: text
        for path, text in texts.items()
        if path in (SOURCES, BOUNDS) or path.split("/")[0] in layers
    }


class _Folder:
    """A folder's texts, read as far as they can be."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._library = Library(RegionTexts(texts))
        self._dated = DatedRules(texts)
        self.findings: list[Finding] = [*self._dated.findings]
        self.waived: list[Waived] = []
        self._sources = self._read_sources()
        self._bounds = self._read_bounds()

    def of_region(self, region: str) -> Iterator[Finding]:
        """Yield what is wrong with a region: its policy, its dated rules, its cases."""
        policy: Policy | None = None
        if region in self._library.regions():
            try:
                policy = self._library.policy(region)
            except RuleDataError as error:
                yield from error.findings
                yield from self._each_by_itself(region)
        yield from self._dated.findings_of(region, policy)
        yield from self.of_entitlements(region)
        if policy is None:
            return
        documents = self._library.documents(region)
        waivers = Waivers(policy, documents["policy.yaml"])
        wrong = list(policy_findings(policy, documents, self._bounds, waivers))
        yield from wrong
        yield from waivers.unused()
        for covered, waiver in waivers.used():
            self.waived.append(
                Waived(covered.file, covered.line, covered.code, waiver.by, covered.message)
            )
        if not wrong:
            yield from self._cases(region)

    def of_entitlements(self, folder: str) -> Iterator[Finding]:
        """Yield what is wrong with the golden cases of enrolment of a region or a layer."""
        path = f"{folder}/{ENTITLEMENT_CASES}"
        rules = self._dated.enrolment(folder)
        if path in self._texts and rules is not None:
            yield from check_entitlements(rules, path, self._texts[path])

    def _each_by_itself(self, region: str) -> Iterator[Finding]:
        """Yield the defects of files whose defects a broken file beside them may have hidden."""
        models: dict[str, type[RuleModel]] = dict.fromkeys(schema.FILES, schema.CareFile)
        models |= {"region.yaml": schema.RegionFile, "policy.yaml": schema.PolicyFile}
        for name, model in models.items():
            path = f"{region}/{name}"
            # An inherited file may say a part of what its model needs.
            if path in self._texts and (name != "policy.yaml" or not self._inherits(region)):
                try:
                    read_rules(model, parse(self._texts[path], path))
                except RuleDataError as error:
                    yield from error.findings

    def _inherits(self, region: str) -> bool:
        try:
            data = parse(self._texts[f"{region}/region.yaml"], "").data
        except RuleDataError:
            return True
        return isinstance(data, dict) and "inherits" in data

    def of_sources(self, prefix: str) -> Iterator[Finding]:
        """Yield the sources that aren't there, of all rule files whose path begins so."""
        if self._sources is None:
            return
        for path, text in self._texts.items():
            if path.startswith(prefix) and "/" in path and path.endswith(".yaml"):
                try:
                    document = parse(text, path)
                except RuleDataError as error:
                    yield from error.findings
                    continue
                yield from source_findings(document, self._sources)

    def _cases(self, region: str) -> Iterator[Finding]:
        paths = {name: f"{region}/{name}" for name in CASE_FILES}
        texts = {name: self._texts[path] for name, path in paths.items() if path in self._texts}
        for case in check_cases(self._library, region, texts):
            yield Finding(case.file, case.line, case.message, case.code)

    def _read_sources(self) -> SourceDocuments | None:
        if SOURCES not in self._texts:
            message = "there is no list of the documents that rules are taken from"
            self.findings.append(Finding(SOURCES, 1, message, "no_sources"))
            return None
        try:
            return read_source_documents(self._texts[SOURCES], SOURCES)
        except RuleDataError as error:
            self.findings.extend(error.findings)
            return None

    def _read_bounds(self) -> tuple[schema.RatioBound, ...]:
        if BOUNDS not in self._texts:
            message = "the national bounds are missing, which every region inherits"
            self.findings.append(Finding(BOUNDS, 1, message, "no_bounds"))
            return ()
        try:
            return read_rules(schema.BoundsFile, parse(self._texts[BOUNDS], BOUNDS)).bounds
        except RuleDataError as error:
            self.findings.extend(error.findings)
            return ()


class RegionTexts:
    """The texts of a folder as the library of policies asks for them."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        names = (path.split("/") for path in texts)
        self._regions = sorted(
            {parts[0] for parts in names if parts[1:] == ["region.yaml"] and is_region(parts[0])}
        )

    def regions(self) -> Sequence[str]:
        """Return the codes of the regions that have a policy, in order."""
        return self._regions

    def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
        """Return those of the named files that the region's folder has."""
        paths = {name: f"{region}/{name}" for name in names}
        return {name: self._texts[path] for name, path in paths.items() if path in self._texts}
