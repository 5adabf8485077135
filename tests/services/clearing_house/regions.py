"""Regions that answer for their books without a network, in the real messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import grpc
from grpc import aio

from adapters.wire.codec import MessageCodec
from clearing.calendar import civil_date
from clearing.errors import Unavailable
from clearing.messages import Address, Role
from clearing.reconcile import BookLine, DayTotal, digest_of, totals_of
from protos.care.v1 import care_pb2
from protos.common.v1 import common_pb2
from protos.insured.v1 import insured_pb2
from services.node.day_book import DayLine
from services.node.status import to_status

_TOTAL = MessageCodec(DayTotal, common_pb2.DayTotal)
_LINE = MessageCodec(DayLine, common_pb2.DayLine)


class Regions:
    """A directory whose two sides keep the given lines; some may be out of reach."""

    def __init__(self, codes: Sequence[str], care: list[BookLine], insured: list[BookLine]) -> None:
        self.codes = codes
        self.care = care
        self.insured = insured
        self.silent: set[tuple[str, str]] = set()
        self.no_such: set[tuple[str, str]] = set()
        self.not_here: set[tuple[str, str]] = set()
        self.asked: Counter[str] = Counter()

    def nodes(self) -> list[Address]:
        """Every region plays both roles but where there is ``no_such``."""
        return [
            Address(role, code)
            for code in self.codes
            for role in (Role.CARE, Role.INSURED)
            if (role, code) not in self.no_such
        ]

    def care_stub(self, region: str) -> Any:
        return _CareStub(self, region)

    def insured_stub(self, region: str) -> Any:
        return _InsuredStub(self, region)

    def answer(self, method: str, role: str, region: str) -> None:
        self.asked[method] += 1
        if (role, region) in self.not_here:
            status = to_status(Unavailable("node_not_here", "not hosted", "未承载"))
            raise aio.AioRpcError(
                status.code,
                aio.Metadata(),
                aio.Metadata(*status.trailing_metadata),
                status.details,
            )
        if (role, region) in self.silent:
            raise aio.AioRpcError(
                grpc.StatusCode.UNAVAILABLE, aio.Metadata(), aio.Metadata(), "out of reach"
            )


def _on(lines: list[BookLine], on: str) -> list[BookLine]:
    return [line for line in lines if civil_date(line.business_time).isoformat() == on]


def _totals(lines: list[BookLine]) -> list[Any]:
    return [_TOTAL.encode(total) for total in totals_of(lines)]


def _shown(lines: list[BookLine]) -> list[Any]:
    return [
        _LINE.encode(
            DayLine(
                line.line_id,
                line.settlement_id,
                line.original_line_id,
                line.kind,
                line.care_region,
                line.payer_region,
                str(line.scheme),
                line.clearing_type,
                line.business_time,
                line.total_fen,
                line.by_fund,
                digest_of(line),
            )
        )
        for line in lines
    ]


class _CareStub:
    def __init__(self, regions: Regions, region: str) -> None:
        self._regions = regions
        self._region = region

    def _lines(self, on: str) -> list[BookLine]:
        lines = _on(self._regions.care, on)
        return [line for line in lines if line.care_region == self._region]

    async def GetDayTotals(self, request: Any, timeout: float) -> Any:  # noqa: N802  # gRPC's name
        self._regions.answer("totals", "care", self._region)
        return care_pb2.CareDayTotalsResponse(totals=_totals(self._lines(request.on)))

    async def ListDayLines(self, request: Any, timeout: float) -> Any:  # noqa: N802  # gRPC's name
        self._regions.answer("lines", "care", self._region)
        return care_pb2.CareDayLinesResponse(
            lines=_shown(
                [
                    line
                    for line in self._lines(request.on)
                    if line.payer_region == request.insured_region
                ]
            )
        )


class _InsuredStub:
    def __init__(self, regions: Regions, region: str) -> None:
        self._regions = regions
        self._region = region

    def _lines(self, on: str) -> list[BookLine]:
        lines = _on(self._regions.insured, on)
        return [line for line in lines if line.payer_region == self._region]

    async def GetDayTotals(self, request: Any, timeout: float) -> Any:  # noqa: N802  # gRPC's name
        self._regions.answer("totals", "insured", self._region)
        return insured_pb2.InsuredDayTotalsResponse(totals=_totals(self._lines(request.on)))

    async def ListDayLines(self, request: Any, timeout: float) -> Any:  # noqa: N802  # gRPC's name
        self._regions.answer("lines", "insured", self._region)
        return insured_pb2.InsuredDayLinesResponse(
            lines=_shown(
                [
                    line
                    for line in self._lines(request.on)
                    if line.care_region == request.care_region
                ]
            )
        )
