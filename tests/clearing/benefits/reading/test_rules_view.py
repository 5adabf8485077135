"""A region's rules as a person reads them: nothing that decides a claim is left out."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from clearing.benefits.claim import CareType, Scheme
from clearing.benefits.policy import Policy
from clearing.benefits.reading.rules_view import RulesView, rules_view
from clearing.benefits.reading.step_words import has_words
from clearing.benefits.reading.table_view import TableView
from clearing.benefits.steps import Step
from tests.clearing.benefits.claims import library


def _policy(region: str) -> Policy:
    policy = library().policy(region)
    assert policy is not None
    return policy


def _tables(view: RulesView) -> dict[str, TableView]:
    return {table.name: table for benefit in view.benefits for table in benefit.tables}


def test_every_kind_of_step_has_words() -> None:
    union, *_ = get_args(Step)
    kinds = [get_args(model.model_fields["step"].annotation)[0] for model in get_args(union)]
    assert len(kinds) >= 8
    assert [kind for kind in kinds if not has_words(kind)] == []


@pytest.mark.parametrize("region", library().regions())
def test_every_table_and_rule_of_every_region_is_shown(region: str) -> None:
    policy = _policy(region)
    view, rules = rules_view(policy), policy.rules
    assert view.bundle_hash == policy.bundle_hash
    assert {rule.code for rule in view.exclusions} == {r.code for r in rules.policy.exclusions}
    assert {rule.code for rule in view.flags} == {r.code for r in rules.policy.flags}
    for benefit in view.benefits:
        said = rules.care[CareType(benefit.care_type)].benefits[Scheme(benefit.scheme)]
        assert [step.kind for step in benefit.steps] == [step.step for step in said.steps]
        assert [rule.code for rule in benefit.open] == [rule.code for rule in said.open]
        assert [rule.code for rule in benefit.exclusions] == [r.code for r in said.exclusions]
        for step in benefit.steps:
            for table in step.tables:
                assert table in step.words.zh
                assert table in step.words.en
        for shown in benefit.tables:
            own = rules.care[CareType(benefit.care_type)].tables
            table_read = own.get(shown.name) or rules.tables[shown.name]
            assert len(shown.editions) == len(table_read.editions)
            for edition in shown.editions:
                assert edition.rows
                assert all(row.value.zh and row.value.en and row.source for row in edition.rows)


def test_a_day_chooses_the_edition_in_force() -> None:
    view = rules_view(_policy("440700"), on=date(2022, 12, 31))
    (edition,) = _tables(view)["monthly_cap"].editions
    assert (edition.from_, edition.next_from) == ("2022-07-01", "2023-01-01")
    assert [row.value.en for row in edition.rows] == ["80.00 yuan", "70.00 yuan"]
    (later,) = _tables(rules_view(_policy("440700"), on=date(2023, 1, 1)))["monthly_cap"].editions
    assert later.source == "S4:152"
    before = rules_view(_policy("440700"), on=date(2021, 12, 31))
    assert _tables(before)["monthly_cap"].editions == ()
    assert [scheme.covers for scheme in before.schemes] == [False, False]


def test_what_is_not_stated_is_said_in_words_with_its_code() -> None:
    rows = _tables(rules_view(_policy("330213")))["unfiled_points"].editions[0].rows
    (emergency,) = [row for row in rows if row.code == "emergency_ratio_not_given"]
    assert emergency.value.zh == "未载明: 在外地急诊就医的支付比例"
    assert "emergency" in emergency.when.en


def test_bands_readings_and_what_no_document_treats() -> None:
    view = rules_view(_policy("330213"), care_types=[CareType.INPATIENT, CareType.PHARMACY])
    ratio = _tables(view)["ratio"]
    assert ratio.editions[0].rows[2].value.en == "up to 40000.00 70%; above 40000.00 75%"
    assert any("slid one to the left" in reading.chosen for reading in ratio.readings)
    assert [words.en for words in view.untreated] == [
        "resident scheme, pharmacy care", "employee scheme",
    ]  # fmt: skip


def test_a_city_shows_what_it_inherits_and_what_is_made_up() -> None:
    view = rules_view(_policy("140300"))
    assert view.made_up is not None
    assert "day_cap" in _tables(view)
    assert _tables(view)["ratio"].illustrative
    layer = rules_view(_policy("140000")).layer
    assert layer is not None
    assert layer.source == "S1:45"
