"""How much a test run draws: enough by default, more where it runs before something lands."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("YIDI_TEST_EFFORT") == "thorough"


def examples(thorough: int) -> int:
    """Return how many examples of a property to draw, given how many a thorough run draws."""
    return thorough if THOROUGH else max(thorough // 4, 5)
