"""Golden cases of enrolment: how they are read, and that no number of the rules changes unseen."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from clearing.benefits.golden import ENTITLEMENT_CASES, check_entitlements
from clearing.benefits.golden.entitlements import EntitlementCase, differences, read_entitlements
from clearing.enrolment import EnrolmentFile, read_enrolment, resolve_enrolment
from clearing.enrolment.rules import EnrolmentFileModel
from clearing.strict_yaml import Document, Path, RuleDataError, validated
from tests.clearing.region_texts import REGIONS, texts

FOLDERS = sorted(path.parent.parent.name for path in REGIONS.glob(f"*/{ENTITLEMENT_CASES}"))
CASE = """\
defaults: {scheme: resident, benefit_year: 2025, birth_date: 1990-01-01, source: S0:4}
cases:
  - zh: 集中期后参保
    en: after the window
    paid_on: 2025-03-10
    on: 2025-06-11
    entitled: true
    benefits_from: 2025-06-11
    fixed_months: 3
    because: 3 + 0 = 3
"""


@cache
def files() -> dict[str, EnrolmentFile]:
    return {name: read_enrolment(*text) for name, text in texts("enrolment.yaml").items()}


@cache
def cases_of(folder: str) -> tuple[EntitlementCase, ...]:
    text = (REGIONS / folder / ENTITLEMENT_CASES).read_text(encoding="utf-8")
    cases, found = read_entitlements(folder, folder, text)
    assert not found
    return tuple(cases)


def test_every_file_of_enrolment_rules_has_cases() -> None:
    own = {name for name, file in files().items() if file.rules.editions or file.rules.incentives}
    assert set(FOLDERS) == own


@pytest.mark.parametrize("folder", FOLDERS)
def test_our_rules_give_our_cases(folder: str) -> None:
    text = (REGIONS / folder / ENTITLEMENT_CASES).read_text(encoding="utf-8")
    assert check_entitlements(resolve_enrolment(folder, files()), folder, text) == []


def findings_of(text: str) -> list[tuple[int, str, str]]:
    found = check_entitlements(resolve_enrolment("150623", files()), "cases", text)
    return [(finding.line, finding.code, finding.message) for finding in found]


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "says"),
    [
        ("", "", 0, "", ""),
        ("fixed_months: 3", "fixed_months: 2", 10, "case_arithmetic_wrong", "stated 2"),
        ("3 + 0 = 3", "3 + 1 = 3", 10, "case_arithmetic_wrong", "3 + 1 is 4.00, not 3"),
        ("3 + 0 = 3", "三个月", 0, "", ""),
        ("on: 2025-06-11", "on: 2025-06-10", 7, "case_sum_wrong", "entitled is true on 2025-06-10"),
        ("from: 2025-06-11", "from: 2026-06-11", 8, "case_sum_wrong", "outside the benefit year"),
        ("from: 2025-06-11", "from: 2025-06-10", 8, "case_differs", "the rules give 2025-06-11"),
        ("fixed_months: 3", "fixed_months: 3\n    code: x", 10, "case_differs", "rules give None"),
        ("    benefits_from: 2025-06-11\n", "", 3, "case_unreadable", "from a day"),
        ("entitled: true", "entitled: yes", 7, "case_unreadable", "entitled"),
        ("entitled: true", "entitled: undecided", 3, "case_unreadable", "there is a code"),
        ("paid_on: 2025-03-10", "paid: 2025-03-10", 5, "case_claim_malformed", "no such field"),
        ("paid_on: 2025-03-10", "paid_on: 2025-3-10", 5, "case_claim_malformed", "YYYY-MM-DD"),
        ("2025, birth", "20250, birth", 1, "case_claim_malformed", "benefit_year"),
        ("paid_on: 2025-03-10", "each: x", 5, "case_unreadable", "each is a list"),
        ("cases:", "cases: []\nmore:", 4, "case_unreadable", "more"),
        ("cases:", "cases: [", 1, "case_unreadable", ""),
    ],
)
def test_what_is_said_about_a_case(old: str, new: str, line: int, code: str, says: str) -> None:
    found = findings_of(CASE.replace(old, new, 1))
    if not code:
        assert found == []
        return
    assert any(of == code and says in message for _, of, message in found), found
    if says:
        assert line in {at for at, _, _ in found}


# --- no number changes unseen ------------------------------------------------------------------

_WORDS = (
    "source",
    "rule",
    "name",
    "rule_en",
    "rule_zh",
    "reading",
    "premiums",
    "inherits",
    "region",
)
_CHOICES = {
    "begin": ("year_start", "birth", "payment", "next_month", "next_day"),
    "born": ("in_benefit_year", "any_year"),
    "counted_from": ("last_day", "next_month", "payment", "payment_or_year_start"),
}


def other_values(key: str, value: str) -> Iterator[str]:
    """The values nearest to one, or the other choices."""
    if value in ("true", "false"):
        yield "false" if value == "true" else "true"
    elif key in _CHOICES:
        yield from (choice for choice in _CHOICES[key] if choice != value)
    elif value.isdecimal():
        yield str(int(value) + 1)
        if int(value):
            yield str(int(value) - 1)
    elif key == "increase":
        yield f"{value[:-1]}1"
    elif key in ("from", "until"):
        day = date.fromisoformat(value)
        yield str(day + timedelta(days=1))
        yield str(day - timedelta(days=1))
    elif key == "code":
        yield f"{value}_"


def spots(data: Any, path: Path = ()) -> Iterator[tuple[Path, str | None]]:
    """Every path with a value to put there; ``None`` takes the item out."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in _WORDS:
                continue
            if isinstance(value, str):
                yield from (((*path, key), other) for other in other_values(key, value))
            else:
                yield from spots(value, (*path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield (*path, i), None
            yield from spots(value, (*path, i))


def seen(folder: str, path: Path, value: str | None) -> bool:
    original = files()[folder]
    data = copy.deepcopy(original.document.data)
    holder = data
    for part in path[:-1]:
        holder = holder[part]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    document = Document(original.document.file, data)
    try:
        changed = EnrolmentFile(validated(EnrolmentFileModel, document), document)
        rules = resolve_enrolment(folder, {**files(), folder: changed})
    except RuleDataError:
        return True
    return any(any(differences(rules, case)) for case in cases_of(folder))


# Whoever no other rule is for waits, so that nothing is left over for ``otherwise``.
_LEFT_OVER = "editions.0.otherwise.code rule_not_given_"
UNSEEN = {
    "330213": {_LEFT_OVER},
    "national": {_LEFT_OVER},
    "150623": {
        _LEFT_OVER,
        # Who pays after the window closed at the end of February pays after 1 January.
        "editions.0.rules.4.counted_from payment_or_year_start",
    },
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_change_is_seen(folder: str) -> None:
    every = list(spots(files()[folder].document.data))
    unseen = {
        f"{'.'.join(map(str, path))} {value}"
        for path, value in every
        if not seen(folder, path, value)
    }
    assert unseen == UNSEEN.get(folder, set())
    assert len(every) > 5
