"""Exact sums of columns by group, and deciles.

Everything is ``int64``: a billion claims of the largest amount still fit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer]
DECILES = 10


def sums(values: Ints, codes: Codes, size: int) -> Ints:
    """Return the sum of the values of each group ``0 … size - 1``."""
    # Not np.bincount: its weights are floats.
    result = np.zeros(size, dtype=np.int64)
    np.add.at(result, codes, values)
    return result


def counts(codes: Codes, size: int) -> Ints:
    """Return how many rows each group has."""
    return np.bincount(codes, minlength=size).astype(np.int64)


def deciles(values: Ints) -> Codes:
    """Return each row's decile, 0 for the lowest tenth.

    Equal values are in one decile, so deciles needn't be of one size.
    """
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    return below * DECILES // max(1, len(values))
