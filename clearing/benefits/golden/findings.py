"""Codes of what is wrong with a golden case, or between a case and the rules.

All but ``case_differs`` are defects of the case itself.
"""

from __future__ import annotations

from typing import Final

UNREADABLE: Final = "case_unreadable"
"""The file or an entry of it isn't written as a case is."""

CLAIM_MALFORMED: Final = "case_claim_malformed"
"""The visit is no claim that a hospital could send."""

SUM_WRONG: Final = "case_sum_wrong"
"""The amounts of the case don't agree with each other."""

ARITHMETIC_WRONG: Final = "case_arithmetic_wrong"
"""The reckoning in ``because`` is missing, unreadable, or gives something else."""

DIFFERS: Final = "case_differs"
"""The case adds up, and the rules give something else."""
