"""Integer polynomials over named amounts: the normal form in which formulas are simplified.

Every rewriting here is exact on integers, floor division included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from math import gcd

Monomial = tuple[str, ...]
"""Names multiplied with each other, sorted; ``()`` is the plain number."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A sum of monomials with integer coefficients, none of them 0, in a fixed order."""

    terms: tuple[tuple[Monomial, int], ...]

    def __add__(self, other: Polynomial) -> Polynomial:
        return _summed((*self.terms, *other.terms))

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other.times(-1)

    def __mul__(self, other: Polynomial) -> Polynomial:
        return _summed(
            (tuple(sorted((*a, *b))), x * y) for a, x in self.terms for b, y in other.terms
        )

    def times(self, factor: int) -> Polynomial:
        """Multiply by a plain number."""
        return _summed((monomial, coefficient * factor) for monomial, coefficient in self.terms)

    def over(self, divisor: int) -> Polynomial:
        """Divide by a number that divides every coefficient."""
        return Polynomial(tuple((monomial, each // divisor) for monomial, each in self.terms))

    @property
    def content(self) -> int:
        """The greatest number that divides every coefficient; 0 of the number 0."""
        return reduce(gcd, (coefficient for _, coefficient in self.terms), 0)

    @property
    def names(self) -> frozenset[str]:
        """Every name in it."""
        return frozenset(name for monomial, _ in self.terms for name in monomial)

    @property
    def number(self) -> int | None:
        """Its value where it is a plain number."""
        if not self.terms:
            return 0
        return self.terms[0][1] if not self.names else None

    def quotient_parts(self, divisor: int) -> tuple[Polynomial, Polynomial, int]:
        """Return ``whole``, ``rest`` and ``d`` with ``self // divisor == whole + rest // d``.

        What the divisor divides goes before the floor; what is left is shortened. The number in
        it may be shortened by a floor of its own: the other terms are whole.
        """
        parts = [(monomial, *divmod(each, divisor)) for monomial, each in self.terms]
        whole = _summed((m, each) for m, each, left in parts if m == () or left == 0)
        rest = _summed((m, left if m == () else self._of(m)) for m, _, left in parts if left)
        if rest.number is not None:
            return whole, Polynomial(()), 1
        share = reduce(gcd, (each for m, each in rest.terms if m), divisor)
        short = _summed((m, each // share) for m, each in rest.terms)
        return whole, short, divisor // share

    def _of(self, monomial: Monomial) -> int:
        return dict(self.terms)[monomial]


def number(value: int) -> Polynomial:
    """Return a plain number."""
    return _summed([((), value)])


def named(name: str) -> Polynomial:
    """Return a named amount."""
    return Polynomial((((name,), 1),))


def written(polynomial: Polynomial, values: Mapping[str, int] | None = None) -> str:
    """Write as Python; names in ``values`` are written as their numbers."""
    said = values or {}
    parts = [_term(m, each, said) for m, each in _positive_first(polynomial)]
    if not parts:
        return "0"
    text = " ".join(f"{sign} {term}" for sign, term in parts)
    return text[2:] if text.startswith("+ ") else f"-{text[2:]}"


def _term(monomial: Monomial, coefficient: int, values: Mapping[str, int]) -> tuple[str, str]:
    factors = [f"{values[name]:_}" if name in values else name for name in monomial]
    if abs(coefficient) != 1 or not factors:
        factors.append(f"{abs(coefficient):_}")
    return ("-" if coefficient < 0 else "+"), " * ".join(factors)


def _positive_first(polynomial: Polynomial) -> list[tuple[Monomial, int]]:
    """Order the terms as one would write them: added, taken off, the plain number last."""
    return sorted(polynomial.terms, key=lambda term: (term[0] == (), term[1] < 0, term[0]))


def _summed(terms: Iterable[tuple[Monomial, int]]) -> Polynomial:
    total: dict[Monomial, int] = {}
    for monomial, coefficient in terms:
        total[monomial] = total.get(monomial, 0) + coefficient
    return Polynomial(tuple(sorted(term for term in total.items() if term[1])))
