"""The example that shows policy staff how to write a case is a case."""

from __future__ import annotations

from importlib.resources import files

from clearing.benefits.golden import check_cases, read_cases
from tests.clearing.benefits.claims import library


def example() -> str:
    text = files("clearing.regions").joinpath("README.md").read_text(encoding="utf-8")
    return text.split("```yaml\n")[1].split("```")[0]


def test_the_readmes_example_is_what_our_rules_give() -> None:
    assert check_cases(library(), "330213", {"cases.yaml": example()}) == []
    cases, findings = read_cases("330213", "cases.yaml", example(), library().categories)
    assert not findings
    assert [len(case.visits) for case in cases] == [2, 1, 1]


def test_a_slip_in_the_example_is_found() -> None:
    wrong = example().replace(
        "fund: 300.00\n        personal: 1700.00", "fund: 299.00\n        personal: 1701.00"
    )
    assert wrong != example()
    found = {finding.code for finding in check_cases(library(), "330213", {"cases.yaml": wrong})}
    assert found == {"case_arithmetic_wrong", "case_sum_wrong"}
