"""Read a formula of ``steps.arithmetic`` as a tree, and make it run on other kinds of numbers.

Every formula there is one ``return`` of ``+ - * //``, ``min`` and ``max`` over its parameters,
integer literals and names of constants or of other formulas. Operators work on any number that
defines them; ``min`` and ``max`` don't, so a derived formula is given its own.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from textwrap import dedent
from typing import Any

from clearing.benefits.steps import arithmetic

Formula = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula's parameters, in order, and the expression it returns."""

    parameters: tuple[str, ...]
    value: ast.expr


@cache
def expression_of(formula: Formula) -> Expression:
    """Return the tree of a formula; treat it as read-only, it's shared."""
    definition = ast.parse(dedent(inspect.getsource(formula))).body[0]
    assert isinstance(definition, ast.FunctionDef), "a formula is a plain function"
    returned = definition.body[-1]
    assert isinstance(returned, ast.Return), "a formula ends with its one return"
    assert returned.value is not None, "a formula returns an amount"
    return Expression(tuple(arg.arg for arg in definition.args.args), returned.value)


def derived(formula: Formula, minimum: Formula, maximum: Formula) -> Formula:
    """Return the formula with ``min`` and ``max`` replaced by these two.

    With ``numpy.minimum`` and ``numpy.maximum`` it works element-wise on arrays.
    """
    expression = expression_of(formula)
    parameters = ", ".join(expression.parameters)
    source = f"lambda {parameters}: {ast.unparse(expression.value)}"
    names = {**vars(arithmetic), "min": minimum, "max": maximum}
    made: Formula = eval(source, names)
    return made
