"""Check a folder of region folders, or one region of it with all layers that it inherits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearing.benefits.policies import Library
from clearing.strict_yaml import Finding, RuleDataError

Texts = Mapping[str, str]
"""The texts of a folder's files by their path in it: ``330213/policy.yaml``, ``sources.yaml``."""


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
    library = Library(FolderTexts(texts))
    findings: list[Finding] = []
    for region in library.regions():
        findings.extend(_check_region(library, region))
    return Report(tuple(sorted(set(findings))))


def check_region(texts: Texts, region: str) -> tuple[Finding, ...]:
    """Check one region. ``texts`` has its files and those of every layer that it inherits."""
    return tuple(_check_region(Library(FolderTexts(texts)), region))


def _check_region(library: Library, region: str) -> list[Finding]:
    try:
        library.policy(region)
    except RuleDataError as error:
        return error.findings
    return []


class FolderTexts:
    """The texts of a folder as the library of policies asks for them."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def regions(self) -> Sequence[str]:
        """Return the codes of the regions that have a policy, in order."""
        names = (path.split("/") for path in self._texts)
        return sorted({p[0] for p in names if p[1:] == ["region.yaml"] and is_region(p[0])})

    def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
        """Return those of the named files that the region's folder has."""
        paths = {name: f"{region}/{name}" for name in names}
        return {name: self._texts[path] for name, path in paths.items() if path in self._texts}


def is_region(name: str) -> bool:
    """Tell whether a folder is named after a region."""
    return len(name) == 6 and name.isascii() and name.isdigit()
