"""What sources and regions are called: from a folder of rules, else from the packaged ones."""

from __future__ import annotations

from pathlib import Path

from adapters.files.region_files import RegionFiles
from clearing.region_names import RegionNames, read_region_names
from clearing.source_documents import SourceDocuments, read_source_documents

_SOURCES, _NAMES = "sources.yaml", "names.yaml"


def source_documents(folder: Path | None = None) -> SourceDocuments:
    """Return the documents that the rules of a folder cite. Raises ``RuleDataError``."""
    return read_source_documents(_text(_SOURCES, folder), _SOURCES)


def region_names(folder: Path | None = None) -> RegionNames:
    """Return what regions are called. Raises ``RuleDataError``."""
    return read_region_names(_text(_NAMES, folder), _NAMES)


def _text(name: str, folder: Path | None) -> str:
    own = RegionFiles(folder).text(name) if folder is not None else None
    text = own if own is not None else RegionFiles().text(name)
    assert text is not None, "the package has it"
    return text
