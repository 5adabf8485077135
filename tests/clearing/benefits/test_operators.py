"""The adjustment operators on one stay: eligible 39,500.00, deductible 1,200.00, ratio 70 %."""

from __future__ import annotations

import pytest

from clearing.benefits.policies import Library
from tests.clearing.benefits.claims import claim
from tests.clearing.benefits.test_loading import POLICY, REGION, Texts

INPATIENT = """\
tables:
  deductible:
    zh: 起付线
    en: deductible
    value: yuan
    editions: [{from: 2023-01-01, source: S4:65, rows: [{value: 1200.00}]}]
  ratio:
    zh: 比例
    en: ratio
    value: ratio
    editions: [{from: 2023-01-01, source: S4:65, rows: [{value: 70%}]}]
  by:
    zh: 调整
    en: adjustment
    value: VALUE
    editions: [{from: 2023-01-01, source: S4:65, rows: [{value: ROW}]}]
benefits:
  resident:
    in_scope: S4:65
    steps:
"""
DEDUCTIBLE = "{step: deductible, table: deductible}"
PAY = "{step: pay, fund: pooled, ratio: ratio}"
FIRST = "{step: first_pay, table: by}"


def adjusting(operator: str) -> str:
    return (
        f"{{step: pay, fund: pooled, ratio: ratio, adjust: [{{operator: {operator}, table: by}}]}}"
    )


@pytest.mark.parametrize(
    ("value", "row", "steps", "fund_fen"),
    [
        ("points", "10", (DEDUCTIBLE, adjusting("subtract_points")), 2_298_000),
        ("ratio", "90%", (DEDUCTIBLE, adjusting("multiply_ratio")), 2_412_900),
        ("ratio", "10%", (FIRST, DEDUCTIBLE, PAY), 2_404_500),
        ("ratio", "10%", (DEDUCTIBLE, FIRST, PAY), 2_412_900),
        ("ratio", "200%", ("{step: deductible, table: deductible, raise_by: by}", PAY), 2_597_000),
        ("points", "10", (DEDUCTIBLE, adjusting("add_points")), 3_064_000),
    ],
)
def test_an_operator_gives_its_amount(
    value: str, row: str, steps: tuple[str, ...], fund_fen: int
) -> None:
    listed = "".join(f"      - {step}\n" for step in steps)
    inpatient = INPATIENT.replace("VALUE", value).replace("ROW", row) + listed
    files = {"region.yaml": REGION, "policy.yaml": POLICY, "inpatient.yaml": inpatient}
    stay = claim("123400", "40000.00", on="2023-05-02", care_type="inpatient", own_pay="500.00")
    assert Library(Texts(_123400=files)).adjudicate(stay, {}).fund_fen == fund_fen
