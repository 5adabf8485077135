"""How often Python looks for garbage in circles, in a process that works in batches."""

from __future__ import annotations

import gc

YOUNG = 500_000
"""New containers before the young are looked through: more than the largest batch makes. With
Python's own 700 every batch was looked through dozens of times while all of it was in use."""

MIDDLE = 20
OLD = 100


def settle() -> None:
    """Leave alone what there is by now, and look through the rest once a batch or so.

    For a process that has started: rules and code stay to its end, and nearly everything that a
    batch makes is freed by itself when the batch ends.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
