"""Sums as a clerk writes them: ``(40000.00 - 500.00 - 1200.00) × 70% = 26810.00``.

A tiny reader of ``+ - × ÷ % ( ) min max``, amounts and names, in exact fractions. It shares
nothing with the engine's arithmetic: a golden case must add up without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from clearing.money import Fen, divide_half_up, format_yuan, parse_yuan

_WRITTEN = str.maketrans("（），％＝＋－−–×·÷：", "(),%=+---**/:")
_TOKEN = re.compile(r"\s*(?:([0-9]{1,12}(?:\.[0-9]{1,10})?)|([a-z][a-z0-9_]*)|([-+*/%(),]))")
_DEEPEST = 20
_FUNCTIONS: Mapping[str, Callable[..., Fraction]] = {"min": min, "max": max}


class FormulaError(ValueError):
    """A sum that can't be read, or that isn't true."""


def reckoned(text: str, names: Mapping[str, Fen]) -> Fen | None:
    """Return what a written sum gives, in 分, or ``None`` where ``text`` is words without ``=``.

    Every part between the ``=`` signs must be exactly the same number; the last part is the
    amount, the number before it rounded half up to 分. ``names`` may be used for amounts.
    Raises ``FormulaError``.
    """
    parts = [part.strip() for part in text.translate(_WRITTEN).replace("≈", "=").split("=")]
    if len(parts) == 1:
        return None
    try:
        stated = parse_yuan(parts[-1])
    except ValueError:
        message = f"a sum ends with = and an amount with two decimals, not {parts[-1]!r}"
        raise FormulaError(message) from None
    values = [evaluate(part, names) for part in parts[:-1]]
    for part, value in zip(parts[1:-1], values[1:], strict=True):
        if value != values[0]:
            raise FormulaError(f"{parts[0]} is {_shown(values[0])}, not {part}")
    cents = values[0] * 100
    exact = divide_half_up(cents.numerator, cents.denominator)
    if exact != stated:
        raise FormulaError(
            f"{parts[0]} is {_shown(values[0])}, {format_yuan(exact)} to the 分, "
            f"not {format_yuan(stated)}"
        )
    return stated


def same_number(text: str) -> Fraction | None:
    """Return the number that every part between ``=`` signs is, ``None`` for words without any.

    Raises ``FormulaError``.
    """
    parts = text.translate(_WRITTEN).split("=")
    if len(parts) == 1:
        return None
    values = [evaluate(part, {}) for part in parts]
    for part, value in zip(parts, values, strict=True):
        if value != values[0]:
            raise FormulaError(f"{parts[0].strip()} is {_shown(values[0])}, not {part.strip()}")
    return values[0]


def evaluate(text: str, names: Mapping[str, Fen]) -> Fraction:
    """Return the exact value of an expression in yuan. Raises ``FormulaError``."""
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FormulaError(f"{text[position:].strip()[:20]!r} can't be read in a sum")
        tokens.append(match[1] or match[2] or match[3])
        position = match.end()
    reader = _Reader(tokens, names)
    value = reader.sum(0)
    if reader.next is not None:
        raise FormulaError(f"{reader.next!r} isn't expected there")
    return value


def _shown(value: Fraction) -> str:
    if 10**8 % value.denominator:
        return f"{value.numerator}/{value.denominator}"
    whole, rest = divmod(abs(value), 1)
    decimals = f"{int(rest * 10**8):08d}".rstrip("0").ljust(2, "0")
    return f"{'-' if value < 0 else ''}{whole}.{decimals}"


class _Reader:
    """Reads tokens by precedence: a sum of products of values."""

    def __init__(self, tokens: list[str], names: Mapping[str, Fen]) -> None:
        self._tokens = tokens[::-1]
        self._names = names

    @property
    def next(self) -> str | None:
        return self._tokens[-1] if self._tokens else None

    def sum(self, depth: int) -> Fraction:
        value = self._product(depth)
        while self.next in ("+", "-"):
            operator, right = self._tokens.pop(), self._product(depth)
            value = value + right if operator == "+" else value - right
        return value

    def _product(self, depth: int) -> Fraction:
        value = self._value(depth)
        while self.next in ("*", "/"):
            operator, right = self._tokens.pop(), self._value(depth)
            if operator == "/" and not right:
                raise FormulaError("a sum doesn't divide by nothing")
            value = value * right if operator == "*" else value / right
        return value

    def _value(self, depth: int) -> Fraction:
        if depth > _DEEPEST or not self._tokens:
            raise FormulaError(
                "the sum ends too early" if not self._tokens else "too many brackets"
            )
        token = self._tokens.pop()
        if token[0].isdigit():
            value = Fraction(token)
        elif token == "(":
            value = self.sum(depth + 1)
            self._expect(")")
        elif token in _FUNCTIONS:
            value = self._call(token, depth)
        elif token in self._names:
            value = Fraction(self._names[token], 100)
        else:
            known = ", ".join(sorted(self._names))
            raise FormulaError(f"{token!r} isn't an amount; the names are {known}")
        if self.next == "%":
            self._tokens.pop()
            value /= 100
        return value

    def _call(self, name: str, depth: int) -> Fraction:
        self._expect("(")
        values = [self.sum(depth + 1)]
        while self.next == ",":
            self._tokens.pop()
            values.append(self.sum(depth + 1))
        self._expect(")")
        return _FUNCTIONS[name](values)

    def _expect(self, token: str) -> None:
        if self.next != token:
            raise FormulaError(f"{token!r} is missing")
        self._tokens.pop()
