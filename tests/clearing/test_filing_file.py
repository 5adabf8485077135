from __future__ import annotations

import re
from datetime import date

import pytest

from clearing.filing import read_filing_rules, resolve_filing_rules
from clearing.strict_yaml import RuleDataError
from tests.clearing.region_texts import texts

NATIONAL = texts("filing.yaml")["national"][0]

CHILD = """\
region: 990100
inherits: national
editions:
  - name: local
    from: 2022-07-01
    until: 2023-06-30
    source: illustrative
    categories:
      - categories: [long_term_resident]
        acts_as: long_term
        effective: at_once
        lock_months: 6
        source: illustrative
        rule_zh: 长期
        rule_en: long
      - categories: [referral]
        acts_as: referral
        effective: at_once
        valid_months: 6
        source: illustrative
        rule_zh: 转诊
        rule_en: referral
"""


def resolve(child: str) -> list[tuple[str, date, date | None]]:
    files = {
        "national": read_filing_rules(NATIONAL, "n.yaml"),
        "990100": read_filing_rules(child, "x.yaml"),
    }
    rules = resolve_filing_rules("990100", files)
    return [(edition.name, edition.from_, edition.until) for edition in rules.editions]


def test_parts_a_region_leaves_out_come_from_the_layer_above() -> None:
    assert resolve(CHILD) == [
        ("plain-before-2023", date(2000, 1, 1), date(2022, 6, 30)),
        ("local", date(2022, 7, 1), date(2022, 12, 31)),
        ("local", date(2023, 1, 1), date(2023, 6, 30)),
        ("national-2023", date(2023, 7, 1), None),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("valid_months: 6", "valid_months: 5", "from 2023-01-01: referral must be valid for 6"),
        ("lock_months: 6", "lock_months: 7", "from 2023-01-01: long_term_resident must not be"),
    ],
)
def test_a_region_that_breaks_a_bound_for_care_it_covers_is_refused(
    old: str, new: str, message: str
) -> None:
    with pytest.raises(RuleDataError, match=message):
        resolve(CHILD.replace(old, new))
    before = CHILD.replace(old, new).replace("until: 2023-06-30", "until: 2022-12-31")
    assert resolve(before)[-1][0] == "national-2023"


def test_a_part_that_no_layer_states_is_told() -> None:
    alone = CHILD.replace("inherits: national\n", "")
    with pytest.raises(RuleDataError) as refused:
        resolve_filing_rules("990100", {"990100": read_filing_rules(alone, "x.yaml")})
    found = {re.sub(".*no layer states ", "", str(f)) for f in refused.value.findings}
    assert found == {"area", "emergency", "late_filing", "unfiled", "home", "renewal"}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[referral]", "[long_term_resident]", 16),
        ("[referral]", "[referral, posted_worker]", 16),
        ("        valid_months: 6\n", "", 16),
        ("[referral]", "[refferal]", 16),
        ("acts_as: referral", "acts_as: local", 17),
        ("until: 2023-06-30", "until: 2021-06-30", 6),
        ("from: 2022-07-01", "from: 2022-7-1", 5),
        ("valid_months: 6", "valid_month: 6", 19),
    ],
)
def test_defects_are_told_with_their_lines(old: str, new: str, line: int) -> None:
    with pytest.raises(RuleDataError) as refused:
        read_filing_rules(CHILD.replace(old, new), "x.yaml")
    assert line in [finding.line for finding in refused.value.findings]
