"""Whether every source that a rule names is there: a document known, and a line that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from clearing.source_documents import SourceDocuments
from clearing.strict_yaml import Document, Finding, Path

_MARK: Final = re.compile(r"(?P<document>S[0-9]+):(?P<first>[0-9]+)(?:-(?P<last>[0-9]+))?")
_KEYS: Final = ("source", "in_scope")


def source_findings(document: Document, listed: SourceDocuments) -> Iterator[Finding]:
    """Yield sources whose document isn't listed or whose lines aren't in it."""
    for path, source in _sources(document.data, ()):
        match = _MARK.fullmatch(source)
        if match is None:  # another spelling is found where the file is read
            continue
        known = listed.documents.get(match["document"])
        first, last = int(match["first"]), int(match["last"] or match["first"])
        if known is None:
            marks = ", ".join(listed.documents)
            message = (
                f"{source}: sources.yaml lists no document {match['document']}; it has {marks}"
            )
            yield document.finding(path, message, "unknown_source")
        elif last > known.lines or last < first or first == 0:
            message = (
                f"{source}: {match['document']} has lines 1 to {known.lines}; "
                "name the lines that say this"
            )
            yield document.finding(path, message, "source_line")


def _sources(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key in _KEYS and isinstance(value, str):
                yield (*path, key), value
            elif key in _KEYS and isinstance(value, list):  # a golden case may name several
                for i, each in enumerate(value):
                    if isinstance(each, str):
                        yield (*path, key, i), each
            else:
                yield from _sources(value, (*path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from _sources(value, (*path, i))
