"""Reaching the network of a data folder: the one that runs, or one started for the command."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clearing.errors import NotFound, YidiError
from protos.care.v1 import care_pb2_grpc
from protos.house.v1 import house_pb2_grpc
from protos.insured.v1 import insured_pb2_grpc
from services.cli.up import ADDRESSES_FILE, WAIT_FOR_DATA_S, serving
from services.network.network import Addresses
from services.network.settings import NetworkSettings
from services.network.targets import open_channel
from services.node.desk_service import SERVICE
from services.node.status import error_from


@dataclass(frozen=True, slots=True)
class Connection:
    """Stubs of the three services (generated code carries no annotations)."""

    care: Any
    insured: Any
    house: Any
    addresses: Addresses


@asynccontextmanager
async def connected(data: Path, house: str = "") -> AsyncIterator[Connection]:
    """Connect to the network of a data folder, starting one for as long where none runs.

    ``house`` is where a clearing house listens instead; then there is nobody else to ask.
    Raises ``NotFound`` (``data_missing``) where the folder holds no network, and inside the
    block the house's own errors instead of gRPC's.
    """
    async with AsyncExitStack() as stack:
        addresses = Addresses("", "", house) if house else await _reach(data, stack)
        yield await stack.enter_async_context(connection_to(addresses))


async def _reach(data: Path, stack: AsyncExitStack) -> Addresses:
    """Return where the folder's network listens; one that is just starting is waited for."""
    settings = NetworkSettings(data, care_port=0, insured_port=0, house_port=0, replaying=True)
    give_up = time.monotonic() + WAIT_FOR_DATA_S
    while True:
        running = await _running(data)
        if running is not None:
            return running
        if not (data / "log").is_dir():
            raise NotFound(
                "data_missing",
                f"{data} holds no network",
                f"目录 {data} 中没有数据",
                field="--data",
            )
        try:
            return (await stack.enter_async_context(serving(settings, wait_s=0)))[1]
        except YidiError as error:
            if error.code != "data_in_use" or time.monotonic() > give_up:
                raise
        await asyncio.sleep(0.2)


@asynccontextmanager
async def connection_to(addresses: Addresses) -> AsyncIterator[Connection]:
    """Connect to services; inside the block gRPC's errors become the house's own.

    Several processes of a role are written ``HOST:PORT|HOST:PORT``; one that is not told where
    it listens has ``None`` for a stub.
    """
    options = [("grpc.max_receive_message_length", 256 << 20)]
    async with AsyncExitStack() as stack:

        async def stub_of(make_stub: Callable[[Any], Any], target: str) -> Any:
            if not target:
                return None
            return make_stub(
                await stack.enter_async_context(open_channel(target.split("|"), options))
            )

        try:
            yield Connection(
                await stub_of(care_pb2_grpc.CareRegionServiceStub, addresses.care),
                await stub_of(insured_pb2_grpc.InsuredRegionServiceStub, addresses.insured),
                await stub_of(house_pb2_grpc.ClearingHouseServiceStub, addresses.house),
                addresses,
            )
        except grpc.RpcError as error:
            raise error_from(error) from error


async def _running(data: Path) -> Addresses | None:
    """Return where a running network of this folder listens, ``None`` when none does."""
    try:
        noted = json.loads((data / ADDRESSES_FILE).read_text(encoding="utf-8"))
        addresses = Addresses(noted["care"], noted["insured"], noted["house"])
    except (OSError, ValueError, KeyError):
        return None
    async with aio.insecure_channel(addresses.house) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        try:
            # The desk serves even while its node consumes nothing, or nobody could help it.
            desk = health_pb2.HealthCheckRequest(service=SERVICE.full_name)
            answer = await stub.Check(desk, timeout=3)
        except grpc.RpcError:
            return None  # left over from a process that was killed
    return addresses if answer.status == health_pb2.HealthCheckResponse.SERVING else None


def describe(error: YidiError) -> str:
    """Return an error as commands print it."""
    field = f" (field {error.field})" if error.field else ""
    return f"error: {error.code}: {error.message_en}{field}"
