"""Steps in words: whose money, of what, what a limit cut off, and where a figure was rounded."""

from __future__ import annotations

from typing import Any

from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.claim import Explained
from tests.clearing.benefits.claims import claim, library


def _steps(region: str, before: dict[str, int] | None = None, **given: Any) -> list[Explained]:
    asked = claim(region, **given)
    decision = adjudicate(library().policy(region), asked, before or {}, explain=True)
    return list(decision.explanation)


def _only(steps: list[Explained], kind: str, table: str = "") -> Explained:
    (step,) = [s for s in steps if s.step == kind and table in ("", s.table)]
    return step


def test_fees_above_a_cap_do_not_count() -> None:
    steps = _steps(
        "330213", {"outpatient/fees": 350_000}, total="1000.00", category="adult_a",
    )  # fmt: skip
    counted = _only(steps, "count_fees")
    assert "本次 1000.00 元中计入 500.00 元, 超出封顶线的 500.00 元不计入" in counted.rule_zh
    assert "the 500.00 above the cap does not" in counted.rule_en
    below = _only(_steps("330213", total="1000.00", category="adult_a"), "count_fees")
    assert "超出" not in below.rule_zh


def test_a_payment_names_the_fund_and_whether_it_was_rounded() -> None:
    exact = _only(_steps("330213", total="100.00", category="adult_a"), "pay")
    assert "统筹基金支付 30%, 计 30.00 元" in exact.rule_zh
    assert "四舍五入" not in exact.rule_zh
    inexact = _only(_steps("330213", total="100.05", category="adult_a"), "pay")
    assert inexact.amount_fen == 3_002
    assert inexact.rule_zh.endswith("计 30.02 元 (四舍五入到分)")
    assert inexact.rule_en.endswith("30.02 (rounded to the 分)")


def test_each_limit_of_several_says_what_it_cut_off() -> None:
    steps = _steps("140100", {"outpatient/payment": 18_000}, total="120.00", on="2022-08-01")
    visit, day, year = (s for s in steps if s.step == "cap_payment")
    assert "应付的 60.00 元中本次只支付 50.00 元" in visit.rule_zh
    assert "within it" in day.rule_en
    assert "of the 50.00 due only 20.00 is paid here" in year.rule_en
    assert [s.running_fen for s in (visit, day, year)] == [5_000, 5_000, 2_000]


def test_after_the_first_payment_the_running_figure_is_what_all_funds_pay() -> None:
    steps = _steps(
        "990100", total="300000.00", on="2024-08-01", care_type="inpatient",
        identities=("orphan",),
    )  # fmt: skip
    pooled = _only(steps, "cap_payment", "year_cap")
    illness = _only(steps, "pay_bands", "big_illness")
    aid = _only(steps, "cap_payment", "aid_cap")
    assert illness.running_fen == pooled.running_fen + illness.amount_fen
    assert aid.running_fen == illness.running_fen + aid.amount_fen
    assert "前述基金支付后政策范围内由个人负担的" in _only(steps, "pay", "aid_ratio").rule_zh
    assert steps[-1].running_fen == steps[-1].amount_fen
    assert "大病保险" in steps[-1].rule_zh
    assert "big-illness insurance" in steps[-1].rule_en


def test_bands_are_named_by_their_ends() -> None:
    steps = _steps(
        "330213", {"inpatient/fees": 2_000_000}, total="60000.00", category="adult_a",
        care_type="inpatient",
    )  # fmt: skip
    paid = _only(steps, "pay_bands")
    assert "[40000.00 元及以下] 18800.00 × 70% + [40000.00 元以上] 40000.00 × 75%" in paid.rule_zh
    assert "[up to 40000.00] 18800.00 × 70% + [above 40000.00] 40000.00 × 75%" in paid.rule_en


def test_a_missing_row_is_named_by_file_table_and_keys() -> None:
    steps = _steps(
        "330213", total="100.00", category="adult_a", care_type="inpatient", level="primary",
    )  # fmt: skip
    (step,) = steps
    assert step.inputs["file"] == "330213/inpatient.yaml"
    assert step.inputs["level"] == "primary"
    assert "应载于 330213/inpatient.yaml 的表 deductible 医疗机构等级为一级, " in step.rule_zh
    (shared,) = _steps(
        "330213", total="100.00", category="adult_a", care_type="inpatient",
        care_region="310000", filing="emergency",
    )  # fmt: skip
    assert shared.inputs["file"] == "330213/policy.yaml"
    assert shared.inputs["filing"] == "emergency"
