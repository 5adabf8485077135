"""Which files a folder of region folders has, and which it should have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from clearing.benefits.golden import CASE_FILES, ENTITLEMENT_CASES
from clearing.benefits.schema import FILES
from clearing.strict_yaml import Finding

Texts = Mapping[str, str]
"""The texts of a folder's files by their path in it: ``330213/policy.yaml``, ``sources.yaml``.

A folder without files is its name with a slash at the end, with an empty text."""

CATALOGUE: Final = "catalogue.yaml"
ENROLMENT: Final = "enrolment.yaml"
FILING: Final = "filing.yaml"
BOUNDS: Final = "national/bounds.yaml"
SOURCES: Final = "sources.yaml"

_LAYERS: Final = ("national", "illustrative")
_OF_REGION: Final = (*FILES, CATALOGUE, ENROLMENT, FILING, *CASE_FILES, ENTITLEMENT_CASES)
_OF_LAYER: Final = (
    CATALOGUE,
    ENROLMENT,
    FILING,
    "bounds.yaml",
    "policy.yaml",
    ENTITLEMENT_CASES,
)
_OF_ROOT: Final = (SOURCES, "names.yaml")
_PAGES: Final = (".md", ".txt")


def is_region(name: str) -> bool:
    """Tell whether a folder is named after a region."""
    return len(name) == 6 and name.isascii() and name.isdigit()


def folders(texts: Texts) -> list[str]:
    """Return the names of all region folders, in order."""
    return sorted({path.split("/")[0] for path in texts if "/" in path and is_region(path[:6])})


def file_findings(texts: Texts) -> Iterator[Finding]:
    """Yield files that nothing reads, and those that are missing."""
    for path, text in sorted(texts.items()):
        yield from _unknown(path)
        if "\ufffd" in text:
            yield Finding(path, 1, "the file isn't UTF-8; save it as UTF-8", "not_utf8")
    regions = folders(texts)
    if not regions:
        message = "there is no region here; a region is a folder named by six digits (330213)"
        yield Finding(".", 1, message, "no_region")
    for region in regions:
        names = {path[7:] for path in texts if path.startswith(f"{region}/")}
        # A care region without rules of its own has a catalogue and nothing else.
        if "region.yaml" not in names and names != {CATALOGUE}:
            message = "the region has no region.yaml; write its code and name there"
            yield Finding(f"{region}/region.yaml", 1, message, "no_region_file")


def _unknown(path: str) -> Iterator[Finding]:
    folder, _, name = path.partition("/")
    if path.endswith(_PAGES):
        return
    if not name and "/" not in path:
        if path not in _OF_ROOT:
            yield _stray(path, "in this folder", _OF_ROOT)
    elif is_region(folder):
        if name and name not in _OF_REGION:
            yield _stray(path, "of a region", _OF_REGION)
    elif folder in _LAYERS:
        if name and name not in _OF_LAYER:
            yield _stray(path, f"of the layer {folder}", _OF_LAYER)
    else:
        message = f"{folder} is no region (six digits) and none of {', '.join(_LAYERS)}"
        yield Finding(path, 1, message, "unknown_folder")


def _stray(path: str, where: str, known: tuple[str, ...]) -> Finding:
    message = f"nothing reads this file; the files {where} are {', '.join(known)}"
    return Finding(path, 1, message, "unknown_file")
