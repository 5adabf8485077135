"""What is said where nothing is paid: the true reason, not the name of a rule nearby."""

from __future__ import annotations

from typing import Any

import pytest

from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.claim import Outcome
from tests.clearing.benefits.claims import claim, library

FENGHUA = {"insured_region": "330213", "category": "adult_a"}
AWAY = {**FENGHUA, "care_region": "310000", "care_type": "inpatient"}
EMPLOYEE = {"insured_region": "440700", "scheme": "employee", "on": "2022-06-30"}


@pytest.mark.parametrize(
    ("given", "code", "zh", "en"),
    [
        ({**FENGHUA, "scheme": "employee", "category": "active"}, "scheme_missing",
         "资料未涉及职工基本医疗保险", "the source doesn't treat the employee scheme"),
        ({**FENGHUA, "on": "2021-01-01"}, "edition_missing",
         "不在资料对城乡居民基本医疗保险所载的期间 (2020-01-01 至 2020-12-31) 之内",
         "treats for the resident scheme, from 2020-01-01 to 2020-12-31"),
        ({**EMPLOYEE, "category": "active", "on": "2021-12-31"}, "edition_missing",
         "(2022-01-01 起)", "from 2022-01-01 on"),
        ({**FENGHUA, "care_type": "pharmacy"}, "care_type_missing",
         "资料未载明城乡居民基本医疗保险的药店购药待遇", "for pharmacy care"),
        ({**AWAY, "filing": "emergency"}, "emergency_ratio_not_given",
         "资料未载明: 在外地急诊就医的支付比例", "emergency care away from home"),
        ({**AWAY, "filing": "long_term"}, "long_term_ratio_not_given",
         "资料未载明: 异地居住人员在居住地就医的支付比例", "a long-term resident elsewhere"),
        ({**AWAY, "filing": "unfiled"}, "unfiled_not_verified", "未经审核属实",
         "whose records aren't found true"),
        ({**AWAY, "filing": "referral", "level": "secondary"}, "deductible_not_given",
         "三级以外医疗机构的住院起付线", "any level but tertiary"),
        ({**EMPLOYEE, "category": "retired"}, "retired_ratio_not_given",
         "退休人员的普通门诊支付比例", "retirees before 2022-07-01"),
        ({"insured_region": "440700", "on": "2022-08-01"}, "ratio_not_given",
         "居民在二级、三级定点医疗机构", "at levels 2 and 3"),
        ({"insured_region": "140000", "on": "2022-08-01"}, "region_is_layer",
         "具体比例由各市确定", "each city fixes its own ratio"),
    ],
)  # fmt: skip
def test_a_manual_answer_says_what_is_not_stated(
    given: dict[str, Any], code: str, zh: str, en: str
) -> None:
    asked = claim(total="100.00", **given)
    policy = library().policy(asked.insured_region)
    decision = adjudicate(policy, asked, {}, explain=True)
    assert (decision.outcome, decision.code) == (Outcome.MANUAL, code)
    (step,) = decision.explanation
    assert zh in step.rule_zh
    assert step.rule_zh.endswith(", 转人工处理")
    assert en in step.rule_en
    assert step.rule_en.endswith("; a person decides")
    assert step.source


def test_a_refusal_says_the_exclusion() -> None:
    asked = claim(total="100.00", **FENGHUA, filing="long_term")
    (step,) = adjudicate(library().policy("330213"), asked, {}, explain=True).explanation
    assert step.rule_zh.endswith("医保卡结算功能暂停；本次费用依此不予支付")
    assert step.rule_en.endswith("settlement at home is suspended; by this rule no fund pays")


def test_a_visit_has_no_payment_before_it() -> None:
    asked = claim("140100", "120.00", on="2022-08-01")
    visit, day, year = adjudicate(
        library().policy("140100"), asked, {"outpatient/payment": 1_000}, explain=True
    ).explanation[2:5]
    assert "used" not in visit.inputs
    assert "已付" not in visit.rule_zh
    assert (day.inputs["used"], year.inputs["used"]) == ("0.00", "10.00")
