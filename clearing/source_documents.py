"""What the marks of rule data (``S3:80``) stand for: documents with a title, and their lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from clearing.rule_fields import Words as Text
from clearing.strict_yaml import Document, RuleDataError, parse, validated
from clearing.wording import Words

_MARK = re.compile(r"(?P<document>S[0-9]+):(?P<first>[0-9]+)(?:-(?P<last>[0-9]+))?")
_UNLISTED: Final[Mapping[str, Words]] = {
    "": Words("", ""),
    "illustrative": Words(
        "示例数值, 没有文件依据", "made up for illustration, no document stands behind it"
    ),
    "national-2022-22": Words(
        "医保发〔2022〕22号 (国家跨省异地就医直接结算规程, 据二手资料)",
        "notice 医保发〔2022〕22号 on direct settlement across provinces, known from secondary "
        "sources",
    ),
}


class SourceDocument(BaseModel):
    """One document that rules are taken from."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    title_zh: Text
    title_en: Text
    publisher_zh: Text
    publisher_en: Text
    date: Text
    lines: int = Field(gt=0)


@dataclass(frozen=True, slots=True)
class SourceDocuments:
    """The documents by mark."""

    documents: Mapping[str, SourceDocument]

    def cited(self, source: str) -> Words:
        """Name a source as document and line; one that isn't listed is told by its mark."""
        if source in _UNLISTED:
            return _UNLISTED[source]
        match = _MARK.fullmatch(source)
        document = self.documents.get(match["document"]) if match else None
        if match is None or document is None:
            return Words(source, source)
        first, last = match["first"], match["last"]
        lines_zh = f"第 {first} 至 {last} 行" if last else f"第 {first} 行"
        lines_en = f"lines {first} to {last}" if last else f"line {first}"
        return Words(f"{_quoted(document)}{lines_zh}", f"“{document.title_en}”, {lines_en}")

    def titled(self, mark: str) -> Words:
        """Name a document (``S3``) with who published it and when."""
        document = self.documents.get(mark)
        if document is None:
            return _UNLISTED.get(mark, Words(mark, mark))
        zh = f"{_quoted(document)}, {document.publisher_zh}, {document.date}"
        en = f"“{document.title_en}”, {document.publisher_en}, {document.date}"
        return Words(zh, en)


def _quoted(document: SourceDocument) -> str:
    title = document.title_zh
    return title if "《" in title else f"《{title}》"


def read_source_documents(text: str, file: str) -> SourceDocuments:
    """Read ``sources.yaml``. Raises ``RuleDataError`` with every defect."""
    document = parse(text, file)
    if not isinstance(document.data, dict):
        raise RuleDataError([document.finding((), "sources are a mapping of marks")])
    listed = {
        str(mark): validated(SourceDocument, Document(file, data))
        for mark, data in document.data.items()
    }
    return SourceDocuments(listed)
