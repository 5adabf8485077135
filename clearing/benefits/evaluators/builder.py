"""Builds a straight-line program: formulas written out into each other and simplified.

Every simplification is exact on integers. What is computed twice is computed once, and what no
result needs is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from clearing.benefits.claim import Claim
from clearing.benefits.evaluators.derive import expression_of
from clearing.benefits.evaluators.parts import AMOUNTS
from clearing.benefits.evaluators.polynomial import Polynomial, named, number
from clearing.benefits.steps import arithmetic

Kind = Literal["sum", "min", "max", "quotient"]


@dataclass(frozen=True, slots=True)
class Assign:
    """``name = left``, ``min(left, right)``, ``max(left, right)`` or ``left // right``."""

    name: str
    kind: Kind
    left: Polynomial
    right: Polynomial

    @property
    def reads(self) -> frozenset[str]:
        """The names it needs."""
        return self.left.names | self.right.names


@dataclass(frozen=True, slots=True)
class Program:
    """Straight-line assignments over named amounts.

    ``inputs`` are the parts of the claim that are read, ``used`` the accumulators, each by
    (slot, name); ``constants`` the names of the numbers that a cell brings, in order, and
    ``derived`` what is computed from them alone. ``results`` and ``added`` (by accumulator slot,
    in order) say what comes out.
    """

    inputs: tuple[str, ...]
    used: tuple[tuple[int, str], ...]
    constants: tuple[str, ...]
    derived: tuple[Assign, ...]
    steps: tuple[Assign, ...]
    results: Mapping[int, Polynomial]
    added: tuple[tuple[int, Polynomial], ...]


class Builder:
    """Collects the assignments of one program."""

    def __init__(self) -> None:
        self._steps: list[Assign] = []
        self._known: dict[tuple[Kind, Polynomial, Polynomial], str] = {}
        self._taken: dict[str, int] = {}
        self._constants: list[str] = []
        self._fixed: set[str] = set()
        self._used: dict[int, str] = {}

    def input(self, name: str) -> Polynomial:
        """Return an amount of the claim; what the claim computes is computed by its formula."""
        if name in AMOUNTS:
            self._taken.setdefault(name, 1)
            return named(name)
        said: Any = getattr(Claim, name)
        value = expression_of(said.fget).value
        if isinstance(value, ast.Attribute):
            return self.input(value.attr)
        amount = self._value(value, {}, name)
        return self._assigned("sum", amount, number(0), name)

    def constant(self, value: int | None, name: str) -> Polynomial:
        """Return a constant: as a number where the shape knows it, else by a new name."""
        if value is not None:
            return number(value)
        fresh = self._fresh(name)
        self._constants.append(fresh)
        self._fixed.add(fresh)
        return named(fresh)

    def account(self, slot: int, name: str) -> Polynomial:
        """Return what was used of an accumulator before."""
        if slot not in self._used:
            self._used[slot] = self._fresh(name)
        return named(self._used[slot])

    def call(
        self, formula: Callable[..., Any], given: tuple[Polynomial, ...], hint: str
    ) -> Polynomial:
        """Return a formula of these amounts."""
        expression = expression_of(formula)
        bound = dict(zip(expression.parameters, given, strict=True))
        return self._value(expression.value, bound, hint)

    def plain(self, amount: Polynomial, hint: str) -> Polynomial:
        """Return an amount as a number or a name, so that it's computed once."""
        plain = amount.number is not None or amount == named(next(iter(amount.names)))
        return amount if plain else self._assigned("sum", amount, number(0), hint)

    def _value(self, node: ast.expr, bound: Mapping[str, Polynomial], hint: str) -> Polynomial:
        match node:
            case ast.Constant(value=int(value)):
                return number(value)
            case ast.Name(id=name):
                return bound[name] if name in bound else number(getattr(arithmetic, name))
            case ast.Attribute(attr=name):
                return self.input(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._value(operand, bound, hint).times(-1)
            case ast.Call(func=ast.Name(id="min" | "max" as kind), args=arguments):
                values = [self._value(each, bound, hint) for each in arguments]
                first = values[0]
                for second in values[1:]:
                    first = self._extreme("min" if kind == "min" else "max", first, second, hint)
                return first
            case ast.Call(func=ast.Name(id=name), args=arguments):
                given = tuple(self._value(each, bound, hint) for each in arguments)
                return self.call(getattr(arithmetic, name), given, hint)
            case ast.BinOp(left=left, op=operator, right=right):
                a, b = self._value(left, bound, hint), self._value(right, bound, hint)
                return self._combined(operator, a, b, hint)
        raise TypeError(f"a formula consists of + - * // min and max, not {ast.unparse(node)}")

    def _combined(
        self, operator: ast.operator, a: Polynomial, b: Polynomial, hint: str
    ) -> Polynomial:
        match operator:
            case ast.Add():
                return a + b
            case ast.Sub():
                return a - b
            case ast.Mult():
                if a.number is None and b.number is None:
                    a, b = self._single(a, hint), self._single(b, hint)
                return a * b
            case ast.FloorDiv() if b.number is not None and b.number > 0:
                whole, rest, divisor = a.quotient_parts(b.number)
                if not rest.terms:
                    return whole
                return whole + self._assigned("quotient", rest, number(divisor), hint)
        raise TypeError("a formula adds, takes off, multiplies, or divides by a positive number")

    def _extreme(
        self, kind: Literal["min", "max"], a: Polynomial, b: Polynomial, hint: str
    ) -> Polynomial:
        if a == b:
            return a
        if a.number is not None and b.number is not None:
            return number(min(a.number, b.number) if kind == "min" else max(a.number, b.number))
        share = Polynomial((*a.terms, *b.terms)).content
        low, high = (self.plain(each.over(share), hint) for each in (a, b))
        return self._assigned(kind, low, high, hint).times(share)

    def _single(self, amount: Polynomial, hint: str) -> Polynomial:
        """Return a sum as one name times a number, so that it's multiplied once."""
        if len(amount.terms) == 1:
            return amount
        share = amount.content
        return self._assigned("sum", amount.over(share), number(0), hint).times(share)

    def _assigned(self, kind: Kind, left: Polynomial, right: Polynomial, hint: str) -> Polynomial:
        key = (kind, left, right)
        if key not in self._known:
            self._known[key] = self._fresh(hint)
            made = Assign(self._known[key], *key)
            self._steps.append(made)
            if made.reads <= self._fixed:
                self._fixed.add(made.name)
        return named(self._known[key])

    def _fresh(self, hint: str) -> str:
        count = self._taken[hint] = self._taken.get(hint, 0) + 1
        return hint if count == 1 else self._fresh_after(hint, count)

    def _fresh_after(self, hint: str, count: int) -> str:
        self._taken[f"{hint}_{count}"] = 1
        return f"{hint}_{count}"

    def finished(
        self, results: Mapping[int, Polynomial], added: tuple[tuple[int, Polynomial], ...]
    ) -> Program:
        """Return the program without what no result needs."""
        needed: set[str] = set()
        for amount in (*results.values(), *(each for _, each in added)):
            needed |= amount.names
        live: list[Assign] = []
        for step in reversed(self._steps):
            if step.name in needed:
                live.append(step)
                needed |= step.reads
        live.reverse()
        return Program(
            tuple(name for name in AMOUNTS if name in needed),
            tuple((slot, name) for slot, name in self._used.items() if name in needed),
            tuple(self._constants),
            tuple(step for step in live if step.name in self._fixed),
            tuple(step for step in live if step.name not in self._fixed),
            results,
            added,
        )
