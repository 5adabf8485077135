"""What the client leaves behind in these tests, no other test is to be blamed for."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _collected(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("broker"):
        gc.collect()
