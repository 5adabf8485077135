"""Sums as a clerk writes them: exact, rounded once, and wrong ones named."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.golden.formula import FormulaError, reckoned
from clearing.money import format_yuan


@pytest.mark.parametrize(
    "text",
    [
        "(40000.00 − 500.00 − 1200.00) × 70% = 38300.00 × 70 % = 26810.00",
        "min(4500.00, 4000.00) × 45% = 1800.00",
        "max(0.00, 200.00 − 250.00) = 0.00",
        "38800.00 × 70% + 0.02 × 75% = 27160.015 ≈ 27160.02",
        "（100.00＋20.00）÷ 3 = 40.00",
        "10000.00 ÷ 3 = 3333.33",
        "100.00 × (70 − 10)% = 60.00",
        "10.00 - 2.00 - 3.00 = 5.00",
        "2.00 + 3.00 * 4.00 = 14.00",
    ],
)
def test_true_sums(text: str) -> None:
    assert format_yuan(reckoned(text, {}) or 0) == text.rpartition(" ")[2]


def test_names_stand_for_amounts() -> None:
    assert reckoned(
        "(in_scope − deductible) × 70% = 70.00", {"in_scope": 20_000, "deductible": 10_000}
    )


def test_words_are_no_sum() -> None:
    assert reckoned("两档之间没有差别", {}) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("100.00 × 70% = 70.01", "is 70.00, 70.00 to the 分, not 70.01"),
        ("100.00 × 70% = 70.00 × 99% = 70.00", "is 70.00, not 70.00 * 99%"),
        ("0.01 × 50% = 0.00", "is 0.005, 0.01 to the 分"),
        ("1.00 ÷ 3 = 0.34", "is 1/3, 0.33 to the 分"),
        ("100.00 × 70%", None),
        ("100.00 × 70% = 70", "ends with = and an amount"),
        ("pooled × 70% = 70.00", "'pooled' isn't an amount; the names are total"),
        ("(1.00 = 1.00", "')' is missing"),
        ("1.00 2.00 = 3.00", "'2.00' isn't expected there"),
        ("1.00 + = 1.00", "ends too early"),
        ("1.00 / 0 = 1.00", "divide by nothing"),
        ("1.00 ^ 2 = 1.00", "can't be read"),
        ("+1.00 = 1.00", "'+' isn't an amount"),
        ("(" * 30 + "1.00" + ")" * 30 + " = 1.00", "too many brackets"),
        ("min 1.00 = 1.00", "'(' is missing"),
        ("9" * 5000 + " = 1.00", "isn't expected there"),
    ],
)
def test_wrong_sums(text: str, says: str | None) -> None:
    if says is None:
        assert reckoned(text, {"total": 1}) is None
        return
    with pytest.raises(FormulaError) as caught:
        reckoned(text, {"total": 1})
    assert says in str(caught.value)


@given(st.text(alphabet="0123456789.+-*/%(),=×minax _", max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    with suppress(FormulaError):
        reckoned(text, {"a": 100})


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_ratio_is_rounded_half_up(amount_fen: int, percent: int) -> None:
    paid = format_yuan((amount_fen * percent * 2 + 100) // 200)
    assert reckoned(f"{format_yuan(amount_fen)} × {percent}% = {paid}", {}) is not None
