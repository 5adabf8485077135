"""Golden cases of enrolment: when benefits begin, and how long a person waits.

Written like the cases of visits (``cases/enrolment.yaml``), in the words of ``yidi
entitlement``'s input; ``because`` may reckon the months of the waiting period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from clearing.benefits.golden import findings as codes
from clearing.benefits.golden.formula import FormulaError, same_number
from clearing.benefits.golden.schema import Sources
from clearing.enrolment import EnrolmentRules, Entitlement, EntitlementFacts, entitlement
from clearing.enrolment.facts_input import read_facts
from clearing.errors import Malformed
from clearing.money import format_yuan
from clearing.rule_fields import CivilDate, Code, Count, RuleModel, Words, YuanFen, read_rules
from clearing.strict_yaml import Document, Finding, Path, RuleDataError, parse, validated

ENTITLEMENT_CASES: Final = "cases/enrolment.yaml"
"""The file of a region's folder, or of a layer's, that holds them."""

_COUNTS: Final = ("benefit_year", "repaired_years")
_FLAGS: Final = ("zero_claim_last_year", "in_window")
_YES_NO: Final = {"true": True, "false": False}
_ANSWER: Final[Mapping[bool | None, str]] = {True: "true", False: "false", None: "undecided"}


class EntitlementFile(RuleModel):
    """A file of cases; ``defaults`` holds what a case needn't repeat."""

    defaults: dict[str, Any] = Field(default_factory=dict)
    cases: tuple[dict[str, Any], ...] = Field(min_length=1)


class Expected(RuleModel):
    """What is to come out; what isn't said is nothing: no wait, no increase, no code."""

    zh: Words
    en: Words
    source: Sources
    entitled: Literal["true", "false", "undecided"]
    benefits_from: CivilDate | None = None
    fixed_months: Count = 0
    variable_months: Count = 0
    cap_increase: YuanFen = 0
    code: Code | None = None
    because: Words | None = None

    @model_validator(mode="after")
    def _undecided_says_why(self) -> Self:
        if self.entitled == "undecided" and (self.code is None or self.benefits_from is not None):
            raise ValueError("where nothing is decided there is a code and no day")
        if self.entitled == "true" and self.benefits_from is None:
            raise ValueError("who is entitled has benefits from a day")
        return self

    @property
    def months(self) -> int:
        """The whole waiting period."""
        return self.fixed_months + self.variable_months


@dataclass(frozen=True, slots=True)
class EntitlementCase:
    """One person's enrolment for one benefit year; ``lines`` are those of the fields."""

    file: str
    facts: EntitlementFacts
    expected: Expected
    lines: Mapping[str, int]

    def finding(self, field: str, message: str, code: str) -> Finding:
        """Return a finding about a field, told where it stands."""
        title = f"{self.expected.zh} ({self.expected.en})"
        return Finding(
            self.file, self.lines.get(field, self.lines[""]), f"{title}: {message}", code
        )


def check_entitlements(rules: EnrolmentRules, file: str, text: str) -> list[Finding]:
    """Return every defect of a file of cases and every case that the rules don't give."""
    cases, found = read_entitlements(rules.region, file, text)
    for case in cases:
        found.extend(list(_defects(case)) or differences(rules, case))
    return sorted(found)


def read_entitlements(
    region: str, file: str, text: str
) -> tuple[list[EntitlementCase], list[Finding]]:
    """Return the cases of a file, and what is wrong with the others."""
    try:
        document = parse(text, file)
        content = read_rules(EntitlementFile, document)
    except RuleDataError as error:
        return [], _unreadable(error)
    cases: list[EntitlementCase] = []
    found: list[Finding] = []
    for i, entry in enumerate(content.cases):
        at: Path = ("cases", i)
        common = {name: value for name, value in entry.items() if name != "each"}
        listed = entry.get("each", [{}])
        if not isinstance(listed, list) or not all(isinstance(own, dict) for own in listed):
            found.append(document.finding((*at, "each"), "each is a list", codes.UNREADABLE))
            continue
        for j, own in enumerate(listed):
            path = (*at, "each", j) if "each" in entry else at
            fields: dict[str, Any] = {}
            paths: dict[str, Path] = {"": path}
            levels = ((("defaults",), content.defaults), (at, common), (path, own))
            for where, given in levels:
                fields |= given
                paths |= {name: (*where, name) for name in given}
            lines = {name: document.line(place) for name, place in paths.items()}
            case = _case(region, file, fields, lines)
            if isinstance(case, EntitlementCase):
                cases.append(case)
            else:
                found.extend(case)
    return cases, found


def _case(
    region: str, file: str, fields: dict[str, Any], lines: Mapping[str, int]
) -> EntitlementCase | list[Finding]:
    said = {name: fields.pop(name) for name in Expected.model_fields if name in fields}
    try:
        expected = validated(Expected, Document(file, said))
        facts = read_facts({"region": region, **_typed(fields)})[1]
    except RuleDataError as error:
        messages = [finding.message for finding in error.findings]
        places = [lines.get(message.partition(":")[0], lines[""]) for message in messages]
        return [
            Finding(file, line, message, codes.UNREADABLE)
            for line, message in zip(places, messages, strict=True)
        ]
    except Malformed as error:
        line = lines.get((error.field or "").partition("[")[0], lines[""])
        message = f"{error.field}: {error.message_en}"
        return [Finding(file, line, message, codes.CLAIM_MALFORMED)]
    return EntitlementCase(file, facts, expected, lines)


def differences(rules: EnrolmentRules, case: EntitlementCase) -> Iterator[Finding]:
    """Yield where the rules give something else than the case says."""
    got, said = _said_by(entitlement(rules, case.facts)), case.expected
    stated = {
        "entitled": said.entitled,
        "benefits_from": str(said.benefits_from),
        "fixed_months": str(said.fixed_months),
        "variable_months": str(said.variable_months),
        "cap_increase": format_yuan(said.cap_increase),
        "code": str(said.code),
    }
    for field, value in stated.items():
        if got[field] != value:
            message = f"{field} is {value} here, the rules give {got[field]}"
            yield case.finding(field, message, codes.DIFFERS)


def _said_by(found: Entitlement) -> dict[str, str]:
    return {
        "entitled": _ANSWER[found.entitled],
        "benefits_from": str(found.benefits_from),
        "fixed_months": str(found.fixed_months or 0),
        "variable_months": str(found.variable_months or 0),
        "cap_increase": format_yuan(found.cap_increase_fen),
        "code": str(found.code),
    }


def _defects(case: EntitlementCase) -> Iterator[Finding]:
    """Yield everything that doesn't agree within a case."""
    said, facts = case.expected, case.facts
    begun = said.benefits_from is not None and said.benefits_from <= facts.on <= facts.year_end
    if said.entitled != "undecided" and begun != (said.entitled == "true"):
        message = f"entitled is {said.entitled} on {facts.on}, benefits are from "
        yield case.finding("entitled", f"{message}{said.benefits_from}", codes.SUM_WRONG)
    if said.benefits_from is not None and not (
        facts.year_start <= said.benefits_from <= facts.year_end
    ):
        yield case.finding("benefits_from", "the day is outside the benefit year", codes.SUM_WRONG)
    if said.because is not None:
        try:
            months = same_number(said.because)
        except FormulaError as error:
            yield case.finding("because", str(error), codes.ARITHMETIC_WRONG)
            return
        if months is not None and months != said.months:
            message = f"reckoned are {months} months, stated {said.months}"
            yield case.finding("because", message, codes.ARITHMETIC_WRONG)


def _typed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Give numbers and flags their types: YAML scalars are text here."""
    typed = dict(fields)
    for name in _COUNTS:
        if name in typed:
            typed[name] = _number(typed[name])
    if isinstance(typed.get("paid_years"), list):
        typed["paid_years"] = [_number(year) for year in typed["paid_years"]]
    for name in _FLAGS:
        value = typed.get(name)
        if isinstance(value, str):
            typed[name] = _YES_NO.get(value, value)
    if isinstance(typed.get("identities"), str):
        typed["identities"] = [typed["identities"]]
    return typed


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 5 else value


def _unreadable(error: RuleDataError) -> list[Finding]:
    return [Finding(f.file, f.line, f.message, codes.UNREADABLE) for f in error.findings]
