"""Lay an overlay over the rules of regions: the same tables, some of them saying something else.

The result is made of documents and read as every region's are, so that whatever holds for rule
files holds for a what-if: it loads whole or not at all, and has a hash of its own. What is wrong
with a row of the overlay is told in the overlay's own line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from clearing.benefits import schema
from clearing.benefits.keys import Keys
from clearing.benefits.loading import LayeredDocument, build_policy
from clearing.benefits.overlay_file import Change, FileName, OverlayFile, Row, read_overlay
from clearing.benefits.policies import Library, RegionTexts
from clearing.benefits.row_keys import without_keys
from clearing.strict_yaml import Document, Finding, Path, RuleDataError

_SOURCE = "illustrative"
_Documents = dict[str, Document]


@dataclass(slots=True)
class OverlaidDocument(Document):
    """A rule file with rows of an overlay in it.

    ``origins`` tells by identity of a row (or an edition) where in the overlay it stands.
    """

    under: Document | None = None
    overlay: Document | None = None
    origins: dict[int, Path] = field(default_factory=dict)

    def finding(self, path: Path, message: str) -> Finding:
        """Return a finding in the overlay where that says what is at ``path``."""
        assert self.under is not None, "an overlay lies over something"
        assert self.overlay is not None, "an overlay was read from something"
        value = self.data
        origin: Path | None = None
        for i, part in enumerate(path):
            if not _has(value, part):
                break
            value = value[part]
            if id(value) in self.origins:
                origin = (*self.origins[id(value)], *path[i + 1 :])
        if origin is None:
            return self.under.finding(path, message)
        return self.overlay.finding(origin, message)


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay ready to be laid over rules."""

    content: OverlayFile
    document: Document

    def library(self, texts: RegionTexts) -> Library:
        """Return all regions' policies as they would be; inheriting regions change too.

        Raises ``RuleDataError`` with every defect of the overlay in every region it names.
        """
        changed = Library(texts, self.lay_over)
        findings: list[Finding] = []
        for region in self.content.regions:
            if region not in changed.regions():
                known = ", ".join(changed.regions())
                message = f"no region {region} has rules; those that have: {known}"
                findings.append(self.document.finding(("regions", region), message))
                continue
            try:
                changed.policy(region)
            except RuleDataError as error:
                findings.extend(error.findings)
        if findings:
            raise RuleDataError(sorted(set(findings)))
        changed.all_policies()
        return changed

    def lay_over(self, region: str, documents: Mapping[str, Document]) -> _Documents:
        """Return a region's documents as they would be; those not named stay as they are."""
        result = dict(documents)
        files = self.content.regions.get(region, {})
        if not files and not any(_rests_on_overlay(document) for document in documents.values()):
            return result
        keys = build_policy(documents).rules.keys
        findings: list[Finding] = []
        for file in files:
            changed = self._changed(region, file, documents, keys, findings)
            if changed is not None:
                result[f"{file}.yaml"] = changed
        if findings:
            raise RuleDataError(findings)
        result["region.yaml"] = self._marked(documents["region.yaml"])
        return result

    def _changed(
        self,
        region: str,
        file: FileName,
        documents: Mapping[str, Document],
        keys: Keys,
        findings: list[Finding],
    ) -> Document | None:
        where: Path = ("regions", region, file)
        under = documents.get(f"{file}.yaml")
        if under is None:
            known = ", ".join(name.removesuffix(".yaml") for name in documents if name in _FILES)
            message = f"region {region} has no {file} rules; it has: {known}"
            findings.append(self.document.finding(where, message))
            return None
        tables: dict[str, Any] = dict(under.data.get("tables", {}))
        result = OverlaidDocument(under.file, None, under=under, overlay=self.document)
        for name, changes in self.content.regions[region][file].items():
            if name not in tables:
                known = ", ".join(sorted(tables)) or "none"
                message = f"{region}/{file} has no table {name}; its tables: {known}"
                findings.append(self.document.finding((*where, name), message))
                continue
            editing = _Editing(tables[name], keys, result.origins)
            for i, change in enumerate(changes):
                problem = editing.apply(change, (*where, name, i))
                if problem:
                    message = f"table {name}: {problem}"
                    findings.append(self.document.finding((*where, name, i), message))
            tables[name] = {**tables[name], "editions": editing.editions}
        result.data = {**under.data, "tables": tables}
        return result

    def _marked(self, region: Document) -> Document:
        """Say in the region's own file that its numbers are made up now."""
        words = self.content.what_if
        because = region.data.get("illustrative_because") or {}
        zh = "; ".join(part for part in (f"假设: {words.zh}", because.get("zh")) if part)
        en = "; ".join(part for part in (f"what if: {words.en}", because.get("en")) if part)
        marks = {"illustrative": "true", "illustrative_because": {"zh": zh, "en": en}}
        return replace(region, data={**region.data, **marks})


_FILES = schema.FILES[1:]


def overlay_of(text: str, file: str) -> Overlay:
    """Return the overlay of a file's text. Raises ``RuleDataError``."""
    return Overlay(*read_overlay(text, file))


class _Editing:
    """One table's editions under change."""

    def __init__(self, table: Mapping[str, Any], keys: Keys, origins: dict[int, Path]) -> None:
        self.editions: list[dict[str, Any]] = list(table["editions"])
        self._keys: tuple[str, ...] = tuple(table.get("keys") or ())
        self._domains = keys.for_scheme(table.get("scheme"))
        self._origins = origins

    def apply(self, change: Change, where: Path) -> str | None:
        """Carry out a change; return why it can't be."""
        first = _start(self.editions[0])
        if change.set is not None and change.from_ < first:
            return f"it begins on {first}: write that day or a later one, or give all rows"
        if change.until is not None:
            after = change.until + timedelta(days=1)
            if after < first:
                return f"it begins on {first}: until is {first - timedelta(days=1)} or later"
            self._split_at(after)
        if change.rows is not None:
            rows = [self._placed(row, (*where, "rows", i)) for i, row in enumerate(change.rows)]
            self._replace(change, rows, (*where, "rows"))
        elif change.set is not None:
            self._split_at(change.from_)
            rows = [self._placed(row, (*where, "set", i)) for i, row in enumerate(change.set)]
            for i, edition in enumerate(self.editions):
                if change.covers(_start(edition)):
                    left = self._left_by(edition["rows"], rows)
                    self.editions[i] = {**edition, "rows": [*left, *rows]}
        return None

    def _placed(self, row: Row, where: Path) -> Row:
        placed = {"source": _SOURCE, **row}
        self._origins[id(placed)] = where
        return placed

    def _replace(self, change: Change, rows: list[Row], where: Path) -> None:
        edition = {"from": change.from_.isoformat(), "source": _SOURCE, "rows": rows}
        self._origins[id(edition)] = where[:-1]
        kept = [each for each in self.editions if not change.covers(_start(each))]
        self.editions = sorted([*kept, edition], key=_start)

    def _split_at(self, day: date) -> None:
        """Let an edition begin on ``day``, saying what the one before it says."""
        index = bisect_right([_start(edition) for edition in self.editions], day)
        if index and _start(self.editions[index - 1]) != day:
            again = {**self.editions[index - 1], "from": day.isoformat()}
            self.editions.insert(index, again)

    def _left_by(self, rows: Sequence[Row], taken: Sequence[Row]) -> list[Row]:
        """Return the rows without the keys of ``taken``; what can't be read is told later."""
        left = list(rows)
        for cut in taken:
            left = [
                part for row in left for part in without_keys(row, cut, self._keys, self._domains)
            ]
        return left


def _start(edition: Mapping[str, Any]) -> date:
    return date.fromisoformat(edition["from"])


def _rests_on_overlay(document: Document) -> bool:
    if isinstance(document, LayeredDocument):
        return document.under is not None and _rests_on_overlay(document.under)
    return isinstance(document, OverlaidDocument)


def _has(value: Any, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)
