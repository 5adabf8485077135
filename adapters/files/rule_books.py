"""All rules of all regions, read from their folders when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from adapters.files.region_files import RegionFiles
from clearing.benefits.policies import Library
from clearing.catalogue import Catalogue
from clearing.catalogue_file import read_catalogue, resolve_catalogue
from clearing.enrolment.enrolment_file import read_enrolment, resolve_enrolment
from clearing.enrolment.rules import EnrolmentRules
from clearing.filing import FilingRules, read_filing_rules, resolve_filing_rules
from clearing.rule_layers import RuleFile

FileT = TypeVar("FileT", bound=RuleFile)
_SHARED = (
    "sources.yaml",
    "national/bounds.yaml",
    "national/enrolment.yaml",
    "national/filing.yaml",
    "national/policy.yaml",
)


class RuleBooks:
    """Policies, catalogues, filing and enrolment rules by region; each is resolved once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use the packaged rules, or a folder of region folders."""
        self._files = RegionFiles(folder)
        self.policies = Library(self._files)
        self._catalogues: dict[str, Catalogue | None] = {}
        self._filings: dict[str, FilingRules | None] = {}
        self._enrolments: dict[str, EnrolmentRules | None] = {}

    def catalogue(self, region: str) -> Catalogue | None:
        """Return a care region's catalogue, ``None`` where it has none."""
        if region not in self._catalogues:
            files = self._layers(region, "catalogue.yaml", read_catalogue)
            self._catalogues[region] = resolve_catalogue(region, files) if files else None
        return self._catalogues[region]

    def filing_rules(self, region: str) -> FilingRules | None:
        """Return an insured region's filing rules, ``None`` where it has none."""
        if region not in self._filings:
            files = self._layers(region, "filing.yaml", read_filing_rules)
            self._filings[region] = resolve_filing_rules(region, files) if files else None
        return self._filings[region]

    def enrolment(self, region: str) -> EnrolmentRules | None:
        """Return a region's enrolment rules, ``None`` where it has none."""
        if region not in self._enrolments:
            files = self._layers(region, "enrolment.yaml", read_enrolment)
            self._enrolments[region] = resolve_enrolment(region, files) if files else None
        return self._enrolments[region]

    def shared_texts(self) -> dict[str, str]:
        """Return by path what is not of one region: source documents, the national layer.

        A folder that lacks one of them has the packaged one.
        """
        packaged = RegionFiles()
        found = {path: self._files.text(path) or packaged.text(path) for path in _SHARED}
        return {path: text for path, text in found.items() if text is not None}

    def care_regions(self) -> tuple[str, ...]:
        """Return the regions whose catalogue has items, in order."""
        return tuple(
            region
            for region in self._files.folders()
            if (catalogue := self.catalogue(region)) is not None and catalogue.editions
        )

    def insured_regions(self) -> tuple[str, ...]:
        """Return the regions that have a policy and filing rules, in order."""
        return tuple(
            region for region in self.policies.regions() if self.filing_rules(region) is not None
        )

    def _layers(
        self, region: str, name: str, read: Callable[[str, str], FileT]
    ) -> dict[str, FileT]:
        """Return a region's file and those it inherits, by region; none where it has no file."""
        files: dict[str, FileT] = {}
        wanted: str | None = region
        while wanted is not None and wanted not in files:
            path = f"{wanted}/{name}"
            text = self._files.text(path)
            if text is None:
                break
            files[wanted] = read(text, path)
            wanted = files[wanted].inherits
        return files
