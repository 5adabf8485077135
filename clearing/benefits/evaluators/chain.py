"""The order in which members' claims are decided, and what was used before each.

Claims of one member and benefit year form a chain. Round k decides the k-th claim of every
chain, so that no two claims of a round touch the same accumulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.evaluators.cell_numbers import Numbers, years_of
from clearing.benefits.evaluators.columns import Amounts, Days
from clearing.benefits.evaluators.decisions import Account
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT


class Chains:
    """Chains of claims, and the rounds that decide them."""

    def __init__(self, members: Numbers, day: Days, order: Numbers | None) -> None:
        years = years_of(day)
        first = int(years.min()) if len(years) else 0
        span = int(years.max()) - first + 1 if len(years) else 1
        chain = (members - members.min(initial=0)) * span + (years - first)
        by_chain = _ordered((chain,) if order is None else (order, chain))
        sorted_chain = chain[by_chain]
        starts = np.flatnonzero(np.diff(sorted_chain, prepend=-1))
        lengths = np.diff(starts, append=len(chain))
        number = np.repeat(np.arange(len(starts)), lengths)
        place = np.arange(len(chain)) - np.repeat(starts, lengths)
        self.number: Numbers = np.empty(len(chain), np.int64)
        self.number[by_chain] = number
        self._rows: Numbers = by_chain[_ordered((place,))]
        self._ends = np.cumsum(np.bincount(place, minlength=1))

    def rounds(self) -> Iterator[Numbers]:
        """Yield the rows of each round; no two of a round are of one chain."""
        start = 0
        for end in self._ends.tolist():
            yield self._rows[start:end]
            start = end


class Books:
    """The accumulators of all chains: a day's and a month's has a place for every day or month."""

    def __init__(self, chain: Numbers, day: Days) -> None:
        self._day = day
        self._place: dict[str, Numbers] = {"year": chain}
        self._amounts: dict[Account, Amounts] = {}

    def used(self, account: Account, rows: NDArray[Any]) -> Amounts:
        """Return what was used before by the claims at ``rows``."""
        amounts: Amounts = self._book(account).take(self._places(account[1]).take(rows))
        return amounts

    def add(self, account: Account, rows: NDArray[Any], amount: Any) -> None:
        """Add what the claims at ``rows`` use; no two of them have the same place."""
        self._book(account)[self._places(account[1]).take(rows)] += amount

    def stays(self, rows: NDArray[Any]) -> Amounts:
        """Return the number of paid stays before, as far as rules count them."""
        return np.minimum(self.used((ADMISSIONS_ACCOUNT, "year"), rows), 2)

    def _book(self, account: Account) -> Amounts:
        if account not in self._amounts:
            places = self._places(account[1])
            self._amounts[account] = np.zeros(int(places.max(initial=-1)) + 1, np.int64)
        return self._amounts[account]

    def _places(self, per: str) -> Numbers:
        if per not in self._place:
            unit = "datetime64[M]" if per == "month" else "datetime64[D]"
            number = self._day.astype(unit).astype(np.int64)
            number -= number.min(initial=0)
            both = self._place["year"] * (int(number.max(initial=0)) + 1) + number
            self._place[per] = np.unique(both, return_inverse=True)[1]
        return self._place[per]


def _ordered(keys: tuple[Numbers, ...]) -> Numbers:
    """Return the rows in the order of the last key, then of the ones before it; ties stay.

    Sorts by 16 bits at a time, the only width for which NumPy sorts without comparing.
    """
    rows = np.arange(len(keys[0]))
    for key in keys:
        left = key - key.min(initial=0)
        while True:
            digit = (left & 0xFFFF).astype(np.uint16)
            rows = rows.take(np.argsort(digit.take(rows), kind="stable"))
            left >>= 16
            if not left.any():
                break
    return rows
