"""The house over gRPC: the public contract, errors included."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc import aio
from grpc_status import rpc_status

from adapters.db.store import SqlStore
from clearing.calendar import instant_at
from clearing.ports import Log
from protos.common.v1 import common_pb2
from protos.house.v1 import house_pb2, house_pb2_grpc
from services.clearing_house.role import SERVICE, SPECS, composed, endpoints
from services.node.rpc import RpcService
from services.node.worker import Worker
from tests.clearing.book_lines import book_line
from tests.services.clearing_house.house_node import HouseNode
from tests.services.clearing_house.regions import Regions

Talk = Callable[[Any], Awaitable[None]]


class NoLog:
    """Takes what the house publishes and keeps nothing."""

    def append(self, records: Any) -> None:
        del records


@pytest.fixture(params=["by the worker", "beside it"])
def talk(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Talk], None]:
    """Return a way to talk to a house of three lines, the last of which differs."""
    path = tmp_path / "house.db"
    house = HouseNode(path)
    reader = (lambda: SqlStore(path, SPECS)) if request.param == "beside it" else None
    lines = [book_line(line_id=f"lin-{number}") for number in range(3)]
    house.match(*lines[:2])
    house.report("care", lines[2])
    house.report("payer", book_line(line_id="lin-2", total_fen=1))
    regions = Regions(
        ("310000", "330213"), lines, [*lines[:2], book_line(line_id="lin-2", total_fen=1)]
    )

    async def serve(conversation: Talk) -> None:
        worker = Worker([house.machine], cast(Log, NoLog()))
        worker.start()
        server = aio.server()
        RpcService(SERVICE.full_name, endpoints(), worker, composed(regions, reader)).add_to(server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                await conversation(house_pb2_grpc.ClearingHouseServiceStub(channel))
        finally:
            await server.stop(0)
            await asyncio.to_thread(worker.stop)

    return lambda conversation: asyncio.run(serve(conversation))


def header(request_id: str) -> common_pb2.RequestHeader:
    named = common_pb2.RequestHeader(request_id=request_id, institution_id="desk-1")
    named.business_time.FromMilliseconds(instant_at(date(2020, 6, 10)))
    return named


def test_an_operator_sees_and_works_off_a_day(talk: Callable[[Talk], None]) -> None:
    async def conversation(house: Any) -> None:
        positions = (await house.ListPositions(house_pb2.ListPositionsRequest())).positions
        assert [(item.payer_region, item.lines) for item in positions] == [("330213", 2)]
        page = await house.ListJournalLines(house_pb2.ListJournalLinesRequest(limit=1))
        assert page.lines[0].sequence == page.lines[0].epoch == page.next_after_sequence == 1
        day = await house.ReconcileDay(
            house_pb2.ReconcileDayRequest(header=header("r-1"), on="2020-06-10")
        )
        assert (day.matched_lines, len(day.breaks), day.pairs[0].agrees) == (2, 1, False)
        assert not day.unreachable_regions
        closing = house_pb2.CloseBreakRequest(
            header=header("r-2"),
            fingerprint=day.breaks[0].fingerprint,
            state="accepted",
            closed_by="operator 7",
            reason="below the threshold",
            evidence="note 12",
        )
        closed = await house.CloseBreak(closing)
        assert closed == await house.CloseBreak(closing)
        listed = await house.ListBreaks(house_pb2.ListBreaksRequest(state="accepted"))
        assert list(listed.breaks) == [closed]
        verified = await house.VerifyJournal(house_pb2.VerifyJournalRequest())
        assert (verified.sound, verified.lines) == (True, 2)

    talk(conversation)


@pytest.mark.parametrize(
    ("method", "request_message", "code", "reason", "field"),
    [
        (
            "ReconcileDay",
            house_pb2.ReconcileDayRequest(header=header("r"), on="yesterday"),
            grpc.StatusCode.INVALID_ARGUMENT,
            "field_unreadable",
            "on",
        ),
        (
            "ReconcileDay",
            house_pb2.ReconcileDayRequest(on="2020-06-10"),
            grpc.StatusCode.INVALID_ARGUMENT,
            "field_missing",
            "header.institution_id",
        ),
        (
            "CloseBreak",
            house_pb2.CloseBreakRequest(
                header=header("r"),
                fingerprint="f",
                state="gone",
                closed_by="a",
                reason="b",
                evidence="c",
            ),
            grpc.StatusCode.INVALID_ARGUMENT,
            "field_unreadable",
            "state",
        ),
        (
            "CloseBreak",
            house_pb2.CloseBreakRequest(
                header=header("r"),
                fingerprint="f",
                state="resolved",
                closed_by="a",
                reason="b",
                evidence="c",
            ),
            grpc.StatusCode.NOT_FOUND,
            "break_unknown",
            "fingerprint",
        ),
    ],
)
def test_a_bad_request_names_its_field(
    talk: Callable[[Talk], None],
    method: str,
    request_message: Any,
    code: grpc.StatusCode,
    reason: str,
    field: str,
) -> None:
    async def conversation(house: Any) -> None:
        with pytest.raises(aio.AioRpcError) as caught:
            await getattr(house, method)(request_message)
        assert caught.value.code() is code
        status = rpc_status.from_call(cast(Any, caught.value))
        assert status is not None
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        for detail in status.details:
            detail.Unpack(info)
            detail.Unpack(bad)
        assert (info.reason, bad.field_violations[0].field) == (reason, field)

    talk(conversation)
