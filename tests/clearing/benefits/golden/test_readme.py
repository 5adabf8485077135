"""The example that shows policy staff how to write a case is a case."""

from __future__ import annotations

from importlib.resources import files

from clearing.benefits.golden import check_cases, check_entitlements, read_cases
from clearing.enrolment import read_enrolment, resolve_enrolment
from tests.clearing.benefits.claims import library
from tests.clearing.region_texts import texts


def blocks() -> list[str]:
    text = files("clearing.regions").joinpath("README.md").read_text(encoding="utf-8")
    return [block.split("```")[0] for block in text.split("```yaml\n")[1:]]


def example() -> str:
    return blocks()[0]


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


def test_the_example_of_enrolment_is_what_the_guidance_gives() -> None:
    rules = {name: read_enrolment(*text) for name, text in texts("enrolment.yaml").items()}
    assert check_entitlements(resolve_enrolment("national", rules), "cases", blocks()[2]) == []
