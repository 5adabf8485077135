"""From the text of a file of cases to cases: defaults filled in, claims read.

An entry is one visit, or ``visits`` (one after the other in the same year's accounts) or
``each`` (every one for itself). A field stands at the visit, else at the entry, else among the
file's defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from clearing.benefits.claim import Claim, Scheme
from clearing.benefits.claim_input import read_claim
from clearing.benefits.golden import findings as codes
from clearing.benefits.golden.schema import Case, CaseFile, Expected, Sum, Title, Visit
from clearing.errors import Malformed
from clearing.rule_fields import read_rules
from clearing.strict_yaml import Document, Finding, ModelT, Path, RuleDataError, parse, validated

Categories = Callable[[str, Scheme], tuple[str, ...]]

_OF_ENTRY: Final = ("zh", "en", "visits", "each", "sum")
_OF_OUTCOME: Final = frozenset(Expected.model_fields) - {"source", "flags"}
_OF_MEMBER: Final = ("category", "birth_date", "identities")
_OF_AMOUNTS: Final = ("total", "own_pay", "over_limit", "first_pay")
_DATES: Final = ("admitted_on", "discharged_on")
_SUMS_UP: Final = {"parts_above_total": codes.SUM_WRONG}


def read_cases(
    region: str, file: str, text: str, categories: Categories
) -> tuple[list[Case], list[Finding]]:
    """Return the cases of a file of ``region``'s folder, and what is wrong with the others."""
    try:
        document = parse(text, file)
        content = read_rules(CaseFile, document)
    except RuleDataError as error:
        return [], _unreadable(error)
    reader = _Reader(region, document, content, categories)
    for i in range(len(content.cases)):
        reader.read(i)
    return reader.cases, sorted(set(reader.findings))


def _unreadable(error: RuleDataError) -> list[Finding]:
    return [Finding(f.file, f.line, f.message, codes.UNREADABLE) for f in error.findings]


class _Reader:
    def __init__(
        self, region: str, document: Document, content: CaseFile, categories: Categories
    ) -> None:
        self._region = region
        self._document = document
        self._content = content
        self._categories = categories
        self.cases: list[Case] = []
        self.findings: list[Finding] = []

    def read(self, index: int) -> None:
        """Read one entry into cases or findings."""
        entry, path = self._content.cases[index], ("cases", index)
        title = self._part(Title, {k: entry.get(k) for k in ("zh", "en")}, {"": path})
        control = None
        if "sum" in entry:
            control = self._part(Sum, entry["sum"], {"": (*path, "sum")})
        many: list[str] = [name for name in ("visits", "each") if name in entry]
        listed = entry[many[0]] if many else [{}]
        if len(many) > 1 or not isinstance(listed, list) or not listed:
            self._find(path, "an entry has a list of visits, or a list of each, or neither")
            return
        if "sum" in entry and many != ["visits"]:
            self._find((*path, "sum"), "control sums are for a sequence of visits")
            return
        visits = [self._visit(entry, path, many, i, own) for i, own in enumerate(listed)]
        if title is None or ("sum" in entry and control is None):
            return
        together = [visits] if many != ["each"] else [[visit] for visit in visits]
        for group in together:
            read = [visit for visit in group if visit is not None]
            if len(read) == len(group):
                line = read[0].line if many == ["each"] else self._document.line(path)
                self.cases.append(Case(title, self._document.file, line, tuple(read), control))

    def _visit(
        self, entry: Mapping[str, Any], path: Path, many: list[str], index: int, own: Any
    ) -> Visit | None:
        visit_path: Path = (*path, many[0], index) if many else path
        if not isinstance(own, dict):
            self._find(visit_path, "a visit is a mapping of fields")
            return None
        fields: dict[str, Any] = {}
        paths: dict[str, Path] = {"": visit_path}
        common = {name: value for name, value in entry.items() if name not in _OF_ENTRY}
        levels = ((("defaults",), self._content.defaults), (path, common), (visit_path, own))
        for where, given in levels:
            _forget(fields, given)
            for name, value in given.items():
                fields[name], paths[name] = value, (*where, name)
        said = {name: fields.pop(name) for name in Expected.model_fields if name in fields}
        expected = self._part(Expected, said, paths)
        claim = self._claim(fields, paths)
        if expected is None or claim is None:
            return None
        lines = {name: self._document.line(at) for name, at in paths.items()}
        return Visit(claim, expected, lines[""], lines)

    def _claim(self, fields: dict[str, Any], paths: Mapping[str, Path]) -> Claim | None:
        on = fields.pop("on", None)
        if on is not None:
            fields |= dict.fromkeys(_DATES, on)
        identities = fields.get("identities", [])
        if isinstance(identities, str):
            fields["identities"] = [identities]
        member = {name: fields.pop(name) for name in _OF_MEMBER if name in fields}
        amounts = {name: fields.pop(name) for name in _OF_AMOUNTS if name in fields}
        data = {
            "insured_region": self._region,
            "care_region": self._region,
            "filing": "local",
            **{name: _flags(value) for name, value in fields.items()},
            "member": member,
            "amounts": amounts,
        }
        try:
            return read_claim(data, self._categories)[0]
        except Malformed as error:
            name = (error.field or "").rpartition(".")[2].partition("[")[0]
            name = "on" if name in _DATES and "on" in paths else name
            code = _SUMS_UP.get(error.code, codes.CLAIM_MALFORMED)
            self._find(paths.get(name, paths[""]), f"{error.field}: {error.message_en}", code)
            return None

    def _part(self, model: type[ModelT], data: Any, paths: Mapping[str, Path]) -> ModelT | None:
        try:
            return validated(model, Document(self._document.file, data))
        except RuleDataError as error:
            for finding in error.findings:
                name = finding.message.partition(":")[0].partition(".")[0]
                self._find(paths.get(name, paths[""]), finding.message)
            return None

    def _find(self, path: Path, message: str, code: str = codes.UNREADABLE) -> None:
        line = self._document.line(path)
        self.findings.append(Finding(self._document.file, line, message, code))


def _forget(fields: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Drop what is overruled as a whole: an outcome by another one, a date by another."""
    if "refused" in given or "manual" in given:
        for name in _OF_OUTCOME:
            fields.pop(name, None)
    elif "fund" in given:
        for name in ("refused", "manual"):
            fields.pop(name, None)
    if "on" in given or any(name in given for name in _DATES):
        for name in ("on", *_DATES):
            fields.pop(name, None)


def _flags(value: Any) -> Any:
    """Give ``true`` and ``false`` their meaning, at any depth: YAML scalars are text here."""
    if isinstance(value, dict):
        return {name: _flags(item) for name, item in value.items()}
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
