"""``yidi entitlement``: one case or many, malformed ones named, undecided ones answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli import exit_codes
from services.cli.entitlement import entitlement_command

CASE: dict[str, Any] = {
    "region": "150623",
    "scheme": "resident",
    "benefit_year": 2025,
    "birth_date": "1990-01-01",
    "identities": [],
    "paid_on": "2025-03-10",
    "paid_years": [2021, 2022, 2023, 2024],
    "repaired_years": 0,
    "employee_ended_on": None,
    "moved_in_from_army_on": None,
    "zero_claim_last_year": False,
    "in_window": None,
    "on": "2025-06-11",
}


def _ask(tmp_path: Path, document: Any) -> int:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return entitlement_command(str(file))


def test_a_late_payer_waits_three_months(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ask(tmp_path, CASE) == exit_codes.OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["entitled"] is True
    assert answer["benefits_from"] == "2025-06-11"
    assert (answer["fixed_months"], answer["variable_months"]) == (3, 0)
    assert answer["cap_increase"] == "1000.00"
    assert answer["code"] is None
    assert answer["explanation"][0]["source"] == "S0:4"


def test_an_array_answers_each_case_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day_before = {**CASE, "on": "2025-06-10"}
    unknown = {**CASE, "region": "620000"}
    assert _ask(tmp_path, [CASE, day_before, unknown]) == exit_codes.OK
    answers = json.loads(capsys.readouterr().out)
    assert [answer["entitled"] for answer in answers] == [True, False, None]
    assert [answer["code"] for answer in answers] == [None, "waiting_period", "region_missing"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"region": "15062"}, "region"),
        ({"scheme": "both"}, "scheme"),
        ({"benefit_year": "2025"}, "benefit_year"),
        ({"benefit_year": True}, "benefit_year"),
        ({"paid_on": "2025-02-30"}, "paid_on"),
        ({"paid_on": None}, "paid_on"),
        ({"paid_years": [2021, 2021.5]}, "paid_years[1]"),
        ({"paid_years": [2025]}, "paid_years"),
        ({"identities": ["king"]}, "identities"),
        ({"repaired_years": -1}, "repaired_years"),
        ({"zero_claim_last_year": 0}, "zero_claim_last_year"),
        ({"in_window": "yes"}, "in_window"),
        ({"surname": "x"}, "surname"),
    ],
)
def test_a_malformed_case_names_its_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], field: str
) -> None:
    assert _ask(tmp_path, [CASE, {**CASE, **change}]) == exit_codes.BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"field [1].{field}:" in printed.err
