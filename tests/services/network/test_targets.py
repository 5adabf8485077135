"""Addresses by region, and calls that go by the region in their message."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from clearing.errors import Malformed, Unavailable
from protos.care.v1 import care_pb2
from protos.common.v1 import common_pb2
from services.network.targets import RoutedStub, Targets


def test_a_region_of_its_own_wins_over_the_others() -> None:
    targets = Targets.read("10.0.0.1:1|10.0.0.2:2, 330213=10.0.0.3:3", "addresses.care")
    assert targets.of("330213") == ("10.0.0.3:3",)
    assert targets.of("310000") == ("10.0.0.1:1", "10.0.0.2:2")


def test_a_region_without_an_address_is_told() -> None:
    with pytest.raises(Unavailable, match="310000"):
        Targets.read("330213=h:1", "addresses.care").of("310000")


@pytest.mark.parametrize(
    "text", ["host", "h:0", "h:65536", "h:1,h:2", "330213=h:1,330213=h:2", "|"]
)
def test_anything_else_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        Targets.read(text, "addresses.care")
    assert refused.value.field == "addresses.care"


class _Stub:
    """Answers with where its channel goes."""

    def __init__(self, channel: Any) -> None:
        self._target: str = channel

    def GetVisits(self, _: Any) -> str:  # noqa: N802 # the service's method
        return self._target

    OpenVisit = GetVisits


class _Channel(str):
    async def close(self) -> None:
        """Nothing was opened."""


def test_calls_go_where_their_region_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "services.network.targets.open_channel", lambda addresses, _: _Channel("|".join(addresses))
    )

    async def asked() -> list[str]:
        targets = Targets.read("127.0.0.1:7,330213=127.0.0.1:8", "care")
        stub = RoutedStub(_Stub, targets, "care_region", [])
        header = common_pb2.RequestHeader(region="330213")
        answers = [
            stub.GetVisits(care_pb2.GetVisitsRequest(care_region="330213")),
            stub.GetVisits(care_pb2.GetVisitsRequest(care_region="310000")),
            stub.OpenVisit(care_pb2.OpenVisitRequest(header=header)),
        ]
        await stub.close()
        return answers

    here, there, headed = asyncio.run(asked())
    assert here == "127.0.0.1:8"
    assert there == "127.0.0.1:7"
    assert headed == here
