"""The nodes' public services, called until they answer.

A call that finds nobody is repeated with back-off under its own request id: nodes answer a
repeated request as they answered it first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import grpc

from clearing.errors import Unavailable
from protos.care.v1.care_pb2_grpc import CareRegionServiceStub
from protos.house.v1.house_pb2_grpc import ClearingHouseServiceStub
from protos.insured.v1.insured_pb2_grpc import InsuredRegionServiceStub
from services.harness.difference import NodesUnreachable
from services.network.targets import RoutedStub, Targets
from services.node.status import error_from

CALL_TIMEOUT_S = 40
"""Longer than the 25 s after which a settle request is answered with *unknown*."""

PATIENCE_S = 60
"""How long nobody may answer before the replay gives up."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the three services listen, each as ``Targets.read`` takes it: ``host:port``."""

    care: str
    insured: str
    house: str


class NodesClient:
    """Channels to the nodes; use as an asynchronous context manager."""

    def __init__(self, endpoints: Endpoints, *, patience_s: float = PATIENCE_S) -> None:
        options = [("grpc.max_receive_message_length", 64 << 20)]
        care, insured, house = (
            Targets.read(getattr(endpoints, name), name) for name in ("care", "insured", "house")
        )
        self.care = RoutedStub(CareRegionServiceStub, care, "care_region", options)
        self.insured = RoutedStub(InsuredRegionServiceStub, insured, "insured_region", options)
        self.house = RoutedStub(ClearingHouseServiceStub, house, "", options)
        self._patience_s = patience_s
        self._answered_at = time.monotonic()

    async def __aenter__(self) -> Self:
        """Open; connections are made when they're needed."""
        self._answered_at = time.monotonic()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the channels."""
        for stub in (self.care, self.insured, self.house):
            await stub.close()

    async def call(self, method: Callable[..., Awaitable[Any]], request: Any) -> Any:
        """Call until somebody answers.

        Raises the node's own error, or ``NodesUnreachable`` when no call at all was answered
        for ``patience_s``.
        """
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                answer = await method(request, timeout=CALL_TIMEOUT_S)
            except grpc.aio.AioRpcError as failure:
                error = error_from(failure)
                if not isinstance(error, Unavailable):
                    self._answered_at = time.monotonic()
                    raise error from failure
                if time.monotonic() - self._answered_at > self._patience_s:
                    raise NodesUnreachable(str(failure.details())) from failure
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            else:
                self._answered_at = time.monotonic()
                return answer

    async def lose_answer(
        self, method: Callable[..., Awaitable[Any]], request: Any, after_s: float
    ) -> None:
        """Send a request and hang up; nobody knows whether it arrived."""
        call = asyncio.ensure_future(method(request, timeout=CALL_TIMEOUT_S))
        await asyncio.sleep(after_s)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
