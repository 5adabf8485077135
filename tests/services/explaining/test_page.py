"""What a page says: that its figures add up, and that it names what a reader needs."""

from __future__ import annotations

from typing import Any

import pytest

from clearing.benefits.claim import CareType
from clearing.money import parse_yuan
from services.explaining.as_json import page_data
from services.explaining.page import Page
from tests.clearing.benefits.claims import claim
from tests.services.explaining.pages import page, three_funds, worked_example

AWAY: dict[str, Any] = {"care_region": "310000", "filing": "referral", "on": "2024-08-01"}


def _facts(shown: Page) -> dict[str, str]:
    return {fact.label.en: fact.value.en for fact in shown.facts}


def test_the_worked_example_reads_as_the_document_reckons() -> None:
    shown = worked_example()
    assert (shown.fund_fen, shown.personal_fen) == (2_298_000, 1_702_000)
    by_step = {line.step: line for line in shown.lines}
    assert by_step["deductible"].amount_fen == 120_000
    assert by_step["subtract_points"].amount_fen is None
    assert "由 70% 降为 60%" in by_step["subtract_points"].rule.zh
    assert by_step["pay_bands"].source.zh.endswith("政策问答》第 81 行")
    assert by_step["pay_bands"].source.en.endswith("line 81")
    facts = _facts(shown)
    assert facts["Insured region"] == "Fenghua District, Ningbo, Zhejiang (330213)"
    assert facts["Care region"] == "Shanghai (310000)"
    assert facts["Days of the stay"] == "2020-05-20 to 2020-06-01"
    assert facts["Remote-care filing"] == "referral"
    assert shown.banners == ()
    assert [document.label.zh for document in shown.documents] == ["S3"]


@pytest.mark.parametrize("scheme", ["resident", "employee"])
@pytest.mark.parametrize("care_type", list(CareType))
@pytest.mark.parametrize("region", ["990100", "980100", "970100"])
def test_every_split_adds_up(region: str, care_type: CareType, scheme: str) -> None:
    category = "adult" if scheme == "resident" else "retired"
    total = "250000.00" if care_type is CareType.INPATIENT else "900.00"
    shown = page(
        claim(
            region, total, own_pay="10.00", first_pay="3.33", scheme=scheme, category=category,
            care_type=care_type, identities=("orphan",), **AWAY,
        )
    )  # fmt: skip
    assert sum(part.amount_fen for part in shown.cost) == shown.total_fen
    if shown.fund_fen is not None and shown.personal_fen is not None:
        assert shown.fund_fen + shown.personal_fen == shown.total_fen
        assert sum(part.amount_fen for part in shown.payment) == shown.total_fen
        funds = [part.amount_fen for part in shown.payment if part.kind == "fund"]
        assert sum(funds) == shown.fund_fen
    assert shown.banners[-1].kind == "illustrative"


def test_the_running_total_grows_through_all_funds_to_the_result() -> None:
    shown = three_funds()
    paying = [line for line in shown.lines if line.running_is.en == "funds so far"]
    after_each = [line.running_fen for line in paying if line.step != "cap_payment"]
    # Before its cap the pooled fund's own formula stands alone.
    growing = [figure for figure in after_each[1:] if figure is not None]
    assert growing == sorted(growing)
    assert paying[-1].running_fen == shown.fund_fen
    capped = next(line for line in paying if line.table == "year_cap")
    assert "应付的 176512.00 元中本次只支付 150000.00 元" in capped.rule.zh
    aid = next(line for line in paying if line.table == "aid_ratio")
    assert "medical aid pays 70% of the in-scope cost still borne" in aid.rule.en
    assert [part.name for part in shown.payment if part.kind == "fund"] == [
        "pooled", "big_illness", "medical_aid", "other",
    ]  # fmt: skip


def test_a_later_fund_may_have_paid_of_the_deductible() -> None:
    assert "deductible" not in {part.name for part in three_funds().payment}
    assert "deductible" in {part.name for part in worked_example().payment}


def test_accumulators_before_and_after() -> None:
    shown = page(
        claim("440700", "300.00", scheme="employee", category="retired", on="2023-03-05"),
        {"outpatient/level_2_3/2023-03": 3_000, "outpatient/level_2_3/2023-02": 7_500},
    )
    (only,) = shown.accumulators
    assert (only.before, only.added, only.after) == (3_000, 4_500, 7_500)
    assert only.label.zh == "普通门诊 二级、三级 2023-03"
    stays = {a.name: a for a in worked_example().accumulators}["inpatient/admissions"]
    assert (stays.after, stays.is_money) == (1, False)


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"care_type": "inpatient", "level": "secondary"}, "manual",
         ["330213/inpatient.yaml, table deductible, row level of the institution: secondary",
          "ask for manual reimbursement"]),
        ({"care_type": "pharmacy"}, "manual", ["330213/pharmacy.yaml, benefits"]),
        ({"care_type": "outpatient"}, "refused", ["by this rule no fund pays", "invoice"]),
    ],
)  # fmt: skip
def test_without_payment_it_says_why_and_what_to_do(
    given: dict[str, Any], kind: str, said: list[str]
) -> None:
    asked = claim(
        "330213", "100.00", category="adult_a", care_region="310000", filing="referral", **given
    )
    shown = page(asked)
    (banner,) = shown.banners
    assert banner.kind == kind
    text = " ".join(sentence.en for sentence in banner.sentences)
    assert all(words in text for words in said)
    assert all(line.amount_fen is None for line in shown.lines)
    assert shown.accumulators == ()
    if kind == "manual":
        assert (shown.fund_fen, shown.personal_fen, shown.payment) == (None, None, ())
    else:
        assert (shown.fund_fen, shown.personal_fen) == (0, 10_000)


def test_a_region_without_rules_still_has_a_page() -> None:
    shown = page(claim("320100", "100.00"))
    assert _facts(shown)["Insured region"] == "320100, Jiangsu"
    assert shown.banners[0].kind == "manual"
    assert shown.bundle_hash == ""


def test_a_flag_is_told_in_words_with_its_source() -> None:
    asked = claim(
        "330213", "60000.00", category="adult_a", care_type="inpatient", care_region="310000",
        filing="referral",
    )  # fmt: skip
    flags = page(asked).flags
    assert any("事前审核" in flag.label.zh and "第 43 行" in flag.value.zh for flag in flags)


def test_as_data_every_amount_is_text_in_yuan() -> None:
    data = page_data(worked_example())
    assert (data["fund"], data["personal"], data["total"]) == ("22980.00", "17020.00", "40000.00")
    assert [parse_yuan(step["running"]) for step in data["steps"]]
    assert data["steps"][3]["amount"] is None
    assert data["steps"][3]["document"]["zh"].endswith("第 138 行")
