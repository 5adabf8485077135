"""Seeded choices in whole numbers: the same seed gives the same corpus everywhere."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

ItemT = TypeVar("ItemT")

_SPREAD = (18, 27, 35, 42, 50, 58, 67, 77, 89, 103, 120, 142, 172, 215, 290, 420)
"""Quantiles of a skewed factor of mean 100 or so: most amounts are small, a few are large."""


class Dice:
    """Draws from one seeded sequence."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def between(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return self._random.randint(low, high)

    def happens(self, share: int, of: int = 100) -> bool:
        """Tell whether something of ``share`` in ``of`` happens."""
        return self._random.randrange(of) < share

    def one(self, items: Sequence[ItemT]) -> ItemT:
        """Return one of the items."""
        return items[self._random.randrange(len(items))]

    def early(self, items: Sequence[ItemT]) -> ItemT:
        """Return one of the items, the earlier ones more often: some people are ill a lot."""
        size = len(items)
        return items[self._random.randrange(size) * self._random.randrange(1, size + 1) // size]

    def weighted(self, weights: Mapping[ItemT, int]) -> ItemT:
        """Return one of the keys by weight."""
        left = self._random.randrange(sum(weights.values()))
        for item, weight in weights.items():
            left -= weight
            if left < 0:
                return item
        raise AssertionError("weights are positive")

    def day(self, first: date, last: date) -> date:
        """Return a day, both ends included."""
        return first + timedelta(days=self.between(0, (last - first).days))

    def around(self, mean: int) -> int:
        """Return an amount of a skewed spread around a mean."""
        index = self._random.randrange(len(_SPREAD) - 1)
        factor = self.between(_SPREAD[index], _SPREAD[index + 1])
        return mean * factor // 100
