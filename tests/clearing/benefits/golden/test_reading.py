"""Files of cases: how defaults are filled in, and what is said about a case that is wrong."""

from __future__ import annotations

import pytest

from clearing.benefits.golden import check_cases, read_cases
from clearing.benefits.golden.schema import Case
from tests.clearing.benefits.claims import library

HEAD = """\
defaults:
  scheme: resident
  category: adult_a
  birth_date: 1960-05-01
  care_type: inpatient
  hospital_level: tertiary
  on: 2020-06-01
  source: S3:88
cases:
"""
AUNT_WANG = """\
  - zh: 王阿姨住院
    en: Aunt Wang's stay
    total: 40000.00
    own_pay: 500.00
    fund: 26810.00
    personal: 13190.00
    deductible: 1200.00
    because: (40000.00 − 500.00 − 1200.00) × 70% = 26810.00
"""


def read(text: str) -> list[Case]:
    cases, findings = read_cases("330213", "cases.yaml", HEAD + text, library().categories)
    assert not findings
    return cases


def findings_of(text: str) -> list[tuple[int, str, str]]:
    """Line (1 is the first after the head), code and message."""
    found = check_cases(library(), "330213", {"cases.yaml": HEAD + text})
    assert {finding.file for finding in found} <= {"330213/cases.yaml"}
    lines = HEAD.count("\n")
    return [(finding.line - lines, finding.code, finding.message) for finding in found]


def test_a_case_that_adds_up_and_that_the_rules_give() -> None:
    assert findings_of(AUNT_WANG) == []
    (case,) = read(AUNT_WANG)
    (visit,) = case.visits
    assert (visit.claim.insured_region, visit.claim.care_region) == ("330213", "330213")
    assert (visit.claim.filing, visit.claim.selected_institution) == ("local", True)
    assert (case.title.zh, case.line) == ("王阿姨住院", 10)


def test_each_is_many_cases_and_visits_are_one() -> None:
    many = """\
  - zh: 分档
    en: both grades
    total: 40000.00
    own_pay: 500.00
    deductible: 1200.00
    because: reckoned
    {how}:
      - {{on: 2020-06-01, manual: x}}
      - {{on: 2020-06-02, refused: y}}
"""
    assert [len(case.visits) for case in read(many.format(how="each"))] == [1, 1]
    (case,) = read(many.format(how="visits"))
    first, second = case.visits
    assert (first.expected.manual, second.expected.refused) == ("x", "y")
    assert first.expected.because is None
    assert (first.line, second.line) == (HEAD.count("\n") + 8, HEAD.count("\n") + 9)


def test_a_difference_is_found_at_the_line_of_the_amount() -> None:
    wrong = AUNT_WANG.replace("26810.00", "26809.70").replace("13190.00", "13190.30")
    wrong = wrong.replace("− 500.00 − 1200.00", "− 500.00 − 1200.00 − 0.43")
    title = "王阿姨住院 (Aunt Wang's stay)"
    says = f"{title}: fund is 26809.70 here, the rules give 26810.00"
    assert findings_of(wrong) == [(5, "case_differs", says)]


SUM, ARITHMETIC = "case_sum_wrong", "case_arithmetic_wrong"
UNREADABLE, MALFORMED = "case_unreadable", "case_claim_malformed"
DEDUCTIBLE = "deductible: 1200.00"
BECAUSE = "because: (40000.00 − 500.00 − 1200.00) × 70% = 26810.00"


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "says"),
    [
        ("13190.00", "13191.00", 5, SUM, "fund and personal are 40001.00"),
        ("500.00\n", "40000.01\n", 4, SUM, "above the total 40000.00"),
        (DEDUCTIBLE, "deductible: 40000.00", 7, SUM, "in-scope cost of 39500.00"),
        (DEDUCTIBLE, "account_limit: 13190.01", 7, SUM, "can't pay more"),
        (DEDUCTIBLE, "by_fund: {other: 1.00}", 7, SUM, "by_fund sums up to 1.00"),
        (DEDUCTIBLE, "by_fund: {pooled: 26810.00, other: 0.00}", 7, SUM, "pay something"),
        (DEDUCTIBLE, "by_fund: {personal_account: 26810.00}", 7, SUM, "is no fund"),
        ("70%", "71%", 8, ARITHMETIC, "is 27193.00, 27193.00 to the 分, not 26810.00"),
        (BECAUSE, "because: 按比例", 8, ARITHMETIC, "no sum for pooled"),
        (
            "− 1200.00) × 70% = 26810.00",
            ") × 70% = 27650.00",
            8,
            ARITHMETIC,
            "and stated as 26810.00",
        ),
        (BECAUSE, "because: {other: 1.00 = 1.00}", 8, ARITHMETIC, "other is reckoned as 1.00"),
        (f"    {BECAUSE}\n", "", 1, UNREADABLE, "because"),
        ("    personal: 13190.00\n", "", 1, UNREADABLE, "says personal"),
        (
            f"    {DEDUCTIBLE}\n",
            "    manual: x\n",
            1,
            UNREADABLE,
            "one of fund, refused and manual",
        ),
        ("total: 40000.00", "totl: 40000.00", 3, MALFORMED, "no such field"),
        ("total: 40000.00", "total: 4000", 3, MALFORMED, "two decimals"),
        ("own_pay: 500.00", "category: adult", 4, MALFORMED, "the categories adult_a"),
        ("own_pay: 500.00", "on: 2020-13-01", 4, MALFORMED, "YYYY-MM-DD"),
        ("fund: 26810.00", "fund: 26810", 5, UNREADABLE, "two decimals"),
        ("fund: 26810.00", "source: S9:1", 5, UNREADABLE, "source"),
        ("zh: 王阿姨住院", "zh: ''", 1, UNREADABLE, "zh"),
        ("    en: Aunt Wang's stay\n", "", 1, UNREADABLE, "en"),
        ("own_pay: 500.00", "visits: []", 1, UNREADABLE, "a list of visits"),
        ("own_pay: 500.00", "each: [{}]\n    visits: [{}]", 1, UNREADABLE, "a list of visits"),
        ("own_pay: 500.00", "each: [x]", 4, UNREADABLE, "a mapping of fields"),
        ("own_pay: 500.00", "sum: {fund: 26810.00}", 4, UNREADABLE, "for a sequence"),
    ],
)
def test_a_case_that_does_not_add_up_is_its_own_defect(
    old: str, new: str, line: int, code: str, says: str
) -> None:
    assert old in AUNT_WANG
    found = findings_of(AUNT_WANG.replace(old, new, 1))
    assert any((at, of) == (line, code) and says in message for at, of, message in found), found
    assert "case_differs" not in {of for _, of, _ in found}


SEQUENCE = """\
  - zh: 两次门诊
    en: two outpatient visits
    care_type: outpatient
    source: S3:80
    visits:
      - on: 2020-03-01
        total: 3000.00
        fund: 900.00
        personal: 2100.00
        because: in_scope × 30% = 900.00
      - on: 2020-04-01
        total: 2000.00
        fund: 300.00
        personal: 1700.00
        because: min(in_scope, 4000.00 − in_scope_before) × 30% = 1000.00 × 30% = 300.00
    sum: {total: 5000.00, fund: 1200.00, personal: 3800.00, deductible: 0.00}
"""


def test_a_sequence_moves_the_accounts() -> None:
    assert findings_of(SEQUENCE) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "says"),
    [
        ("fund: 1200.00", "fund: 1200.01", 1, "case_sum_wrong", "the visits' fund is 1200.00"),
        ("on: 2020-04-01", "on: 2020-02-01", 1, "case_sum_wrong", "after a later one"),
        ("on: 2020-04-01", "birth_date: 1961-05-01", 1, "case_sum_wrong", "one birth date"),
        ("in_scope_before)", "in_scope_after)", 15, "case_arithmetic_wrong", "in_scope_before"),
        ("sum: {", "sum: {funds: 1.00, ", 16, "case_unreadable", "funds"),
    ],
)
def test_a_sequence_that_does_not_add_up(
    old: str, new: str, line: int, code: str, says: str
) -> None:
    assert any(
        (at, of) == (line, code) and says in message
        for at, of, message in findings_of(SEQUENCE.replace(old, new))
    )


def test_a_file_that_is_no_yaml_is_one_finding() -> None:
    found = check_cases(library(), "330213", {"cases.yaml": "cases: [", "other.yaml": ": :"})
    assert [(finding.file, finding.code) for finding in found] == [
        ("330213/cases.yaml", "case_unreadable")
    ]


def test_refusals_manual_work_and_flags_are_compared() -> None:
    suspended = """\
  - zh: 暂停
    en: suspended
    filing: long_term
    total: 100.00
    refused: {code}
    source: S3:145
"""
    assert findings_of(suspended.format(code="local_care_suspended")) == []
    ((line, code, message),) = findings_of(suspended.format(code="other_code"))
    assert (line, code) == (5, "case_differs")
    assert (
        "refused is refused, other_code here, the rules give refused, local_care_suspended"
        in message
    )
    flagged = AUNT_WANG.replace("deductible:", "flags: prepayment_audit\n    deductible:")
    ((line, _, message),) = findings_of(flagged)
    assert line == 7
    assert "flags is prepayment_audit here, the rules give none" in message
