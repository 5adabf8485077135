"""The corpora that ship with the house, against the sequential pass and against people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.harness.assembling import check_expectations
from services.harness.corpus import VisitResult
from services.harness.expectations import expect_all
from services.harness.folder import CorpusFolder
from services.harness.result_notation import balance_lines, visit_result_json
from tests.services.harness.generated import rules, stories_of

CORPORA = Path(__file__).parents[3] / "corpora"


def hand_checked() -> list[dict[str, Any]]:
    text = (CORPORA / "by_hand" / "hand_checked.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", ["by_hand", "small"])
def test_shipped_expectations_are_those_of_a_fresh_pass(name: str) -> None:
    folder = CorpusFolder(CORPORA / name)
    expected = (folder.path / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    assert check_expectations(folder, rules()) == len(expected)


def test_every_result_worked_out_by_hand_is_the_one_of_the_pass() -> None:
    results, _ = expect_all(CorpusFolder(CORPORA / "by_hand"), rules())
    passed = {r.key: visit_result_json(r) for r in results if isinstance(r, VisitResult)}
    by_hand = {row["visit"]: row for row in hand_checked() if "visit" in row}
    assert by_hand.keys() == passed.keys()
    for key, row in by_hand.items():
        assert row.pop("arithmetic")
        assert row.pop("source")
        assert row == passed[key]


def test_every_balance_worked_out_by_hand_is_the_one_of_the_pass() -> None:
    _, balances = expect_all(CorpusFolder(CORPORA / "by_hand"), rules())
    lists: dict[str, list[dict[str, Any]]] = {"positions": [], "accumulators": [], "accounts": []}
    for name, data in balance_lines(balances):
        lists[name].append(data)
    names = {"position": "positions", "accumulators": "accumulators", "account": "accounts"}
    for row in hand_checked():
        if "kind" in row:
            assert row.pop("arithmetic")
            assert row in lists[names[row.pop("kind")]]
    positions = [row for row in hand_checked() if row.get("kind") == "position"]
    assert len(positions) == len(lists["positions"])


def test_the_worked_examples_are_there_to_the_fen() -> None:
    funds = {
        row["visit"]: row["payment"]["fund"]
        for row in hand_checked()
        if "visit" in row and "payment" in row
    }
    assert funds["hand-fenghua-inpatient-a"] == "26810.00"
    assert funds["hand-fenghua-inpatient-b"] == "24895.00"
    assert funds["hand-fenghua-referral-shanghai"] == "22980.00"
    assert funds["hand-fenghua-outpatient-a"] == "1800.00"
    assert funds["hand-fenghua-outpatient-b"] == "1050.00"


def test_the_small_corpus_holds_every_case_by_hand() -> None:
    small = CorpusFolder(CORPORA / "small")
    by_hand = CorpusFolder(CORPORA / "by_hand")
    visits = {visit.key: visit for visit in small.visits()}
    for visit in by_hand.visits():
        assert visits[visit.key] == visit
    assert 300 <= len(visits) <= 600
    assert len(stories_of(small)) == 11
    years = {visit.discharged_on.year for visit in small.visits()}
    assert years == {2020, 2021, 2022, 2023, 2024, 2025}
