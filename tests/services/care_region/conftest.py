from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.care_region.counter import Counter, counter_open


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counter_open() as opened:
        yield opened
