"""Asking the regions for their books of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from adapters.wire.codec import MessageCodec
from clearing.benefits.claim import Fund, Scheme
from clearing.calendar import Instant
from clearing.messages import Address, Role
from clearing.money import Fen
from clearing.reconcile import BookLine, DayTotal
from protos.care.v1 import care_pb2
from protos.common.v1 import common_pb2
from protos.insured.v1 import insured_pb2

ASK_WITHIN_S = 20.0


class Directory(Protocol):
    """Which nodes of regions there are, and how to reach them.

    A stub is an asynchronous one, as generated from the service's descriptor.
    """

    def nodes(self) -> Sequence[Address]:
        """Return every region's node of the network, whoever hosts it."""

    def care_stub(self, region: str) -> Any:
        """Return a stub of ``CareRegionService``."""

    def insured_stub(self, region: str) -> Any:
        """Return a stub of ``InsuredRegionService``."""


@dataclass(frozen=True, slots=True)
class _WireLine:
    """A ``DayLine`` as it is read; what may be absent comes last."""

    line_id: str
    settlement_id: str
    kind: str
    care_region: str
    payer_region: str
    scheme: Scheme
    clearing_type: str
    business_time: Instant
    original_line_id: str = ""
    total_fen: Fen = 0
    by_fund: Mapping[Fund, Fen] = field(default_factory=dict)


# The digest a region states is not used: a line's own content gives it.
_LINE = MessageCodec(_WireLine, common_pb2.DayLine, ignore=("digest",))
_TOTAL = MessageCodec(DayTotal, common_pb2.DayTotal)


async def day_totals(directory: Directory, address: Address, on: date) -> list[DayTotal]:
    """Ask one node for its buckets of a day; what it says of other regions does not count.

    Raises ``grpc.RpcError`` where it does not answer, ``Malformed`` where it cannot be read.
    """
    if address.role is Role.CARE:
        response = await directory.care_stub(address.region).GetDayTotals(
            care_pb2.CareDayTotalsRequest(care_region=address.region, on=on.isoformat()),
            timeout=ASK_WITHIN_S,
        )
    else:
        response = await directory.insured_stub(address.region).GetDayTotals(
            insured_pb2.InsuredDayTotalsRequest(insured_region=address.region, on=on.isoformat()),
            timeout=ASK_WITHIN_S,
        )
    totals = [_TOTAL.decode(total) for total in response.totals]
    return [total for total in totals if _own_region(total, address.role) == address.region]


def _own_region(total: DayTotal, role: Role) -> str:
    return total.care_region if role is Role.CARE else total.insured_region


async def day_lines(
    directory: Directory, role: Role, care_region: str, insured_region: str, on: date
) -> tuple[BookLine, ...]:
    """Ask one node for its lines of a bucket; ``insured_region`` is the payer's region."""
    if role is Role.CARE:
        response = await directory.care_stub(care_region).ListDayLines(
            care_pb2.CareDayLinesRequest(
                care_region=care_region, insured_region=insured_region, on=on.isoformat()
            ),
            timeout=ASK_WITHIN_S,
        )
    else:
        response = await directory.insured_stub(insured_region).ListDayLines(
            insured_pb2.InsuredDayLinesRequest(
                insured_region=insured_region, care_region=care_region, on=on.isoformat()
            ),
            timeout=ASK_WITHIN_S,
        )
    return tuple(_book_line(_LINE.decode(line)) for line in response.lines)


def _book_line(line: _WireLine) -> BookLine:
    return BookLine(
        line.line_id,
        line.settlement_id,
        line.original_line_id,
        line.kind,
        line.care_region,
        line.payer_region,
        line.scheme,
        line.clearing_type,
        line.business_time,
        line.total_fen,
        line.by_fund,
    )
