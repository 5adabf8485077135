"""YAML as this house reads it: every scalar a string, no duplicate keys, errors with a line.

``parse`` turns a text into plain ``dict``/``list``/``str`` values and remembers where each
stood; ``validated`` gives them to a pydantic model and reports *all* defects at once, each with
file, line and what is wrong, so that a rule file never loads half.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from clearing.defect_words import code_and_words
from clearing.errors import RuleError

Path = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)
_DEEPEST = 40
"""Levels of nesting, far more than any rule has: an alias may stand inside what it names."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One defect of a rule file. ``code`` is stable; programs match on it."""

    file: str
    line: int
    message: str
    code: str = "bad_value"

    def __str__(self) -> str:
        """Write the finding as compilers do: ``file:line: message``."""
        return f"{self.file}:{self.line}: {self.message}"


class RuleDataError(RuleError):
    """Rule data with defects; ``findings`` lists every one of them."""

    def __init__(self, findings: list[Finding]) -> None:
        listing = "\n".join(str(finding) for finding in sorted(findings))
        super().__init__("rule_data", listing, listing)
        self.findings = sorted(findings)


@dataclass(slots=True)
class Document:
    """A parsed file: ``data`` and the line (from 1) each of its values starts on."""

    file: str
    data: Any
    _lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of the value at ``path``, or of its nearest parent.

        Parts that stand nowhere in the document are passed over: pydantic puts the tag of a
        union's member between the keys.
        """
        known: Path = ()
        for part in path:
            if (*known, part) in self._lines:
                known = (*known, part)
        return self._lines.get(known, 1)

    def finding(self, path: Path, message: str, code: str = "bad_value") -> Finding:
        """Return a finding about the value at ``path``."""
        return Finding(self.file, self.line(path), message, code)


def parse(text: str, file: str) -> Document:
    """Parse one YAML document. Raises ``RuleDataError`` for anything but plain data."""
    document = Document(file, None)
    findings: list[Finding] = []
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RuleDataError([Finding(file, line, str(error.problem), "yaml")]) from error
    if root is None:
        raise RuleDataError([Finding(file, 1, "the file is empty", "empty_file")])
    document.data = _plain(root, (), document, findings)
    if findings:
        raise RuleDataError(findings)
    return document


def _plain(node: yaml.Node, path: Path, document: Document, findings: list[Finding]) -> Any:
    line = node.start_mark.line + 1
    if len(path) > _DEEPEST:
        message = "nested too deep, or inside itself; rules are plain lists and mappings"
        findings.append(Finding(document.file, line, message, "yaml"))
        return None
    document._lines[path] = line
    if isinstance(node, yaml.ScalarNode):
        # An empty plain scalar is "nothing given"; everything else stays the text it is.
        return None if node.value == "" and node.style is None else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), document, findings) for i, item in enumerate(node.value)]
    assert isinstance(node, yaml.MappingNode)
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key, str) or key_node.tag == "tag:yaml.org,2002:merge":
            findings.append(Finding(document.file, line, "a key must be plain text", "yaml"))
            continue
        if key in mapping:
            at = key_node.start_mark.line + 1
            findings.append(Finding(document.file, at, f"duplicate key {key!r}", "duplicate_key"))
            continue
        mapping[key] = _plain(value_node, (*path, key), document, findings)
    return mapping


def validated(model: type[ModelT], document: Document) -> ModelT:
    """Return the document as ``model``, or raise ``RuleDataError`` with every defect."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        findings = []
        for item in error.errors(include_url=False):
            path = tuple(item["loc"])
            where = ".".join(str(part) for part in path) or "document"
            code, words = code_and_words(model, item)
            findings.append(document.finding(path, f"{where}: {words}", code))
        raise RuleDataError(findings) from error
