"""Caps on fees of a visit, a day and a month, and ratios that are raised."""

from __future__ import annotations

import pytest

from clearing.benefits.claim import Fund
from clearing.benefits.policies import Library
from clearing.errors import RuleError
from clearing.strict_yaml import RuleDataError
from tests.clearing.benefits.claims import claim
from tests.clearing.benefits.test_loading import load

TABLE = """\
  {name}:
    zh: 表
    en: table
    value: {value}
    editions: [{{from: 2023-01-01, source: S4:65, rows: [{{value: {row}}}]}}]
"""
BENEFITS = """\
benefits:
  resident:
    in_scope: S4:65
    steps:
"""


def region(steps: str, **tables: tuple[str, str]) -> Library:
    written = "".join(
        TABLE.format(name=name, value=value, row=row) for name, (value, row) in tables.items()
    )
    return load(outpatient=f"tables:\n{written}{BENEFITS}{steps}")


def capped() -> Library:
    return region(
        """\
      - step: cap_fees
        limits:
          - {per: visit, table: visit}
          - {per: day, table: day, account: fees}
          - {per: month, table: month, account: fees}
      - {step: pay, fund: pooled, ratio: ratio}
""",
        visit=("yuan", "100.00"),
        day=("yuan", "150.00"),
        month=("yuan", "320.00"),
        ratio=("ratio", "50%"),
    )


def test_fees_count_up_to_every_limit() -> None:
    library, used = capped(), dict[str, int]()
    came_out = []
    for day, total in (
        ("2023-05-02", "80.00"),  # all of it
        ("2023-05-02", "200.00"),  # 100 a visit, 70 are left of the day
        ("2023-05-03", "200.00"),  # 100 a visit
        ("2023-05-04", "200.00"),  # 70 are left of the month
        ("2023-05-05", "200.00"),  # nothing is
        ("2023-06-01", "90.00"),  # another month
    ):
        one = claim("123400", total, on=day, care_region="123400")
        decision = library.adjudicate(one, used)
        told = library.adjudicate(one, used, explain=True)
        assert told.fund_fen == decision.fund_fen
        assert [step.step for step in told.explanation].count("cap_fees") == 3
        came_out.append(decision.fund_fen)
        for name, amount in decision.additions.items():
            used[name] = used.get(name, 0) + amount
    assert came_out == [4_000, 3_500, 5_000, 3_500, 0, 4_500]
    assert used["fees/2023-05"] == 32_000
    assert used["fees/2023-05-02"] == 15_000


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("      - {step: pay, fund: pooled, ratio: ratio}\n"
         "      - {step: cap_fees, limits: [{per: visit, table: visit}]}\n", "comes first"),
        ("      - {step: cap_fees, limits: [{per: visit, table: visit}]}\n"
         "      - {step: cap_fees, limits: [{per: visit, table: visit}]}\n", "cap_fees"),
    ],
)  # fmt: skip
def test_cap_fees_comes_first_and_once(steps: str, says: str) -> None:
    with pytest.raises(RuleDataError) as caught:
        region(steps, visit=("yuan", "100.00"), ratio=("ratio", "50%"))
    assert any(says in str(finding) for finding in caught.value.findings)


def test_points_may_be_added_and_never_above_the_whole() -> None:
    step = """\
      - step: pay
        fund: pooled
        ratio: ratio
        adjust: [{operator: add_points, table: more}]
"""
    library = region(step, ratio=("ratio", "70%"), more=("points", "10"))
    decision = library.adjudicate(claim("123400", "100.00", on="2023-05-02"), {})
    assert decision.by_fund == {Fund.POOLED: 8_000}
    above = region(step, ratio=("ratio", "80%"), more=("points", "30"))
    with pytest.raises(RuleError) as caught:
        above.adjudicate(claim("123400", "100.00", on="2023-05-02"), {})
    assert caught.value.code == "ratio_out_of_range"
