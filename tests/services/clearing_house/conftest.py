from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.clearing_house.house_node import HouseNode


@pytest.fixture
def house() -> Iterator[HouseNode]:
    node = HouseNode()
    yield node
    node.close()
