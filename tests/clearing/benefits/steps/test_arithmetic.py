"""The steps' arithmetic keeps the form from which other evaluators can be derived."""

from __future__ import annotations

import ast
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.steps import arithmetic
from clearing.money import MAX_AMOUNT_FEN

FUNCTIONS = [f for _, f in inspect.getmembers(arithmetic, inspect.isfunction)]
ALLOWED = (ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Call, ast.Name, ast.Load,
           ast.Constant)  # fmt: skip
BOUND = 2**63


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: str(function.__name__))
def test_each_is_one_expression_of_integers(function: object) -> None:
    (definition,) = ast.parse(inspect.getsource(function)).body  # type: ignore[arg-type]  # a function
    assert isinstance(definition, ast.FunctionDef)
    _docstring, returned = definition.body
    assert isinstance(returned, ast.Return)
    assert returned.value is not None
    for node in ast.walk(returned.value):
        assert isinstance(node, ALLOWED), ast.dump(node)
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            assert node.func.id in ("min", "max")
        if isinstance(node, ast.Constant):
            assert type(node.value) is int


@given(cost=st.integers(0, MAX_AMOUNT_FEN), ratio=st.integers(0, 10_000))
def test_the_largest_amounts_fit_in_64_bits(cost: int, ratio: int) -> None:
    running = arithmetic.units_of(cost)
    assert 2 * running * ratio + 100_000_000 < BOUND
    assert arithmetic.paid_at_ratio(running, ratio) == (2 * cost * ratio + 10_000) // 20_000
    top = arithmetic.top_of_axis(cost, arithmetic.NO_LIMIT_FEN)
    assert top < BOUND
    assert arithmetic.units_of(arithmetic.NO_LIMIT_FEN) * 2 < BOUND


@given(
    used=st.integers(0, 10**9),
    counted=st.integers(0, 10**9),
    boundary=st.integers(1, 10**9),
    lower=st.integers(0, 10_000),
    upper=st.integers(0, 10_000),
)
def test_bands_split_a_stretch_of_the_axis(
    used: int, counted: int, boundary: int, lower: int, upper: int
) -> None:
    high = arithmetic.top_of_axis(counted, used)
    low = arithmetic.less(high, arithmetic.units_of(counted))
    first = arithmetic.with_band(0, low, high, 0, boundary, lower)
    both = arithmetic.with_band(first, low, high, boundary, arithmetic.NO_LIMIT_FEN, upper)
    below = max(0, min(used + counted, boundary) - min(used, boundary))
    assert both == 10_000 * (below * lower + (counted - below) * upper)


def test_first_pay_leaves_no_rest() -> None:
    for share in (1, 333, 1_000, 9_999):
        for cost in (1, 99, 10_001):
            left = arithmetic.after_first_pay(arithmetic.units_of(cost), share)
            assert left == cost * (10_000 - share)
