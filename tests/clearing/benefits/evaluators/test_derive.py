"""A formula read as a tree gives what the formula itself gives."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.evaluators.derive import derived, expression_of
from clearing.benefits.steps import arithmetic

FORMULAS: list[Callable[..., int]] = [
    item
    for name, item in vars(arithmetic).items()
    if callable(item) and getattr(item, "__module__", "") == arithmetic.__name__
]


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.__name__)
def test_parameters_are_those_of_the_formula(formula: Callable[..., int]) -> None:
    assert expression_of(formula).parameters == tuple(signature(formula).parameters)


@given(st.data(), st.sampled_from(FORMULAS))
def test_a_derived_formula_equals_the_formula(
    data: st.DataObject, formula: Callable[..., int]
) -> None:
    amounts = [data.draw(st.integers(0, 10**10)) for _ in signature(formula).parameters]
    assert derived(formula, min, max)(*amounts) == formula(*amounts)
