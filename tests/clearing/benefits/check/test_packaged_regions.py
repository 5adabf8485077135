"""What we ship passes its own check, and each of its waivers covers something."""

from __future__ import annotations

from tests.clearing.benefits.check.regions import check_texts, packaged
from tests.effort import thorough_only


@thorough_only
def test_all_packaged_rules_are_clean() -> None:
    report = check_texts(packaged())
    assert [str(finding) for finding in report.findings] == []
    assert {(waived.file, waived.code) for waived in report.waived} == {
        ("330213/policy.yaml", "order_level"),
        ("980100/policy.yaml", "order_level"),
        ("990100/policy.yaml", "order_level"),
    }
