"""The literal reading of S3:136-141 (上浮: points added to the fund's share) is refused."""

from __future__ import annotations

from tests.clearing.benefits.check.regions import check_region, codes, packaged

CARE_FILES = ("330213/inpatient.yaml", "330213/outpatient_special.yaml")


def _literal() -> dict[str, str]:
    """Return the Fenghua folder read as printed."""
    texts = packaged()
    for path in CARE_FILES:
        assert texts[path].count("operator: subtract_points") == 2
        texts[path] = texts[path].replace("operator: subtract_points", "operator: add_points")
    return texts


def test_added_points_are_refused() -> None:
    found = check_region(_literal(), "330213")
    told = {(finding.file, finding.code) for finding in found}
    # 80 % and 30 points are 110 %; who goes without a filing gets more than who has one.
    assert ("330213/outpatient_special.yaml", "ratio_out_of_range") in told
    assert ("330213/outpatient_special.yaml", "order_filing") in told
    assert ("330213/outpatient_special.yaml", "order_place") in told
    assert ("330213/inpatient.yaml", "order_place") in told
    assert any("add_points" in f.message and "more than 100%" in f.message for f in found)


def test_subtracted_points_are_not() -> None:
    assert codes(check_region(packaged(), "330213")) == set()
