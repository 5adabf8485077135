from __future__ import annotations

import pytest

from clearing.enrolment import read_enrolment, resolve_enrolment
from clearing.strict_yaml import RuleDataError

TEXT = """\
region: 990100
editions:
  - name: e
    from_year: 2025
    until_year: 2025
    source: illustrative
    scheme: resident
    rules:
      - rule: window
        from: 2024-09-01
        until: 2025-02-28
        begin: year_start
        source: illustrative
        rule_zh: 集中参保期
        rule_en: window
      - rule: waiting
        fixed_months: 3
        counted_from: payment
        begin: next_day
        source: illustrative
        rule_zh: 等待期
        rule_en: wait
    otherwise: {code: rule_not_given, source: illustrative, rule_zh: 未规定, rule_en: open}
"""


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("until: 2025-02-28", "until: 2024-02-28", [9]),
        ("        until: 2025-02-28\n", "", [9]),
        ("until_year: 2025", "until_year: 2024", [5]),
        ("begin: year_start", "begin: year_start\n        continuous_only: true", [9]),
        ("fixed_months: 3", "fixed_months: 3.0", [17]),
        ("rule: waiting", "rule: wating", [16]),
        ("from_year: 2025", "from_year: x", [4]),
        ("source: illustrative\n        rule_zh: 等", "source: nowhere\n        rule_zh: 等", [20]),
        ("rule_en: wait", "rule_en: wait\n        what: 1", [23]),
    ],
)
def test_defects_are_told_with_their_lines(old: str, new: str, lines: list[int]) -> None:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    with pytest.raises(RuleDataError) as refused:
        read_enrolment(text, "x.yaml")
    assert [finding.line for finding in refused.value.findings] == lines


def test_all_defects_are_told_at_once() -> None:
    text = TEXT.replace("from_year: 2025", "from_year: x").replace("months: 3", "months: -3")
    with pytest.raises(RuleDataError) as refused:
        read_enrolment(text, "x.yaml")
    assert [str(finding)[:9] for finding in refused.value.findings] == ["x.yaml:4:", "x.yaml:17"]


def test_editions_follow_one_another() -> None:
    twice = TEXT + TEXT.partition("editions:\n")[2]
    with pytest.raises(RuleDataError, match="follow one another"):
        read_enrolment(twice, "x.yaml")


def test_a_missing_layer_is_told() -> None:
    child = TEXT.replace("editions:", "inherits: national\neditions:")
    with pytest.raises(RuleDataError, match=r"x\.yaml:2: the layer national is missing"):
        resolve_enrolment("990100", {"990100": read_enrolment(child, "x.yaml")})


def test_the_hash_covers_what_is_inherited() -> None:
    child = "region: 990101\ninherits: 990100\n"
    files = {"990100": read_enrolment(TEXT, "a"), "990101": read_enrolment(child, "b")}
    first = resolve_enrolment("990101", files)
    assert [edition.name for edition in first.editions] == ["e"]
    files["990100"] = read_enrolment(TEXT.replace("fixed_months: 3", "fixed_months: 2"), "a")
    assert resolve_enrolment("990101", files).content_hash != first.content_hash
