"""Lay an overlay over the rules of regions: the same tables, some of them saying something else.

The result is made of documents and read as every region's are, so that whatever holds for rule
files holds for a what-if: it loads whole or not at all, and has a hash of its own. What is wrong
with a row of the overlay is told in the overlay's own line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from clearing.benefits import schema
from clearing.benefits.keys import Keys
from clearing.benefits.loading import LayeredDocument, build_policy
from clearing.benefits.overlay.overlay_file import FileName, OverlayFile, read_overlay
from clearing.benefits.overlay.table_edit import TableEdit
from clearing.benefits.policies import Library, RegionTexts
from clearing.strict_yaml import Document, Finding, Path, RuleDataError

_Documents = dict[str, Document]


@dataclass(slots=True)
class OverlaidDocument(Document):
    """A rule file with rows of an overlay in it.

    ``origins`` tells by identity of a row (or an edition) where in the overlay it stands.
    """

    under: Document | None = None
    overlay: Document | None = None
    origins: dict[int, Path] = field(default_factory=dict)

    def finding(self, path: Path, message: str, code: str = "bad_value") -> Finding:
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
            return self.under.finding(path, message, code)
        return self.overlay.finding(origin, message, code)


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay ready to be laid over rules."""

    content: OverlayFile
    document: Document

    def policies(self, texts: RegionTexts) -> Library:
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
            editing = TableEdit(tables[name], keys, result.origins)
            for i, change in enumerate(changes):
                for at, problem in editing.apply(change, (*where, name, i)):
                    findings.append(self.document.finding(at, f"table {name}: {problem}"))
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


def _rests_on_overlay(document: Document) -> bool:
    if isinstance(document, LayeredDocument):
        return document.under is not None and _rests_on_overlay(document.under)
    return isinstance(document, OverlaidDocument)


def _has(value: Any, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)
