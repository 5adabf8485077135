"""How much a test run draws: enough by default, more where it runs before something lands."""

from __future__ import annotations

import os

import pytest

THOROUGH = os.environ.get("YIDI_TEST_EFFORT") == "thorough"


def examples(thorough: int) -> int:
    """Return how many examples of a property to draw, given how many a thorough run draws."""
    return thorough if THOROUGH else min(thorough, max(thorough // 4, 5))


thorough_only = pytest.mark.skipif(not THOROUGH, reason="part of a thorough run")
"""For an example that a cheaper one beside it stands for."""
