"""A clearing house on a database of its own, fed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from adapters.db.store import SqlStore
from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.calendar import Instant, instant_at
from clearing.messages import HOUSE, Address, Envelope, JournalHeadPublished, LineReported, Role
from clearing.ports import LogRecord
from clearing.reconcile import BookLine
from clearing.verification import Verification
from services.clearing_house.role import SPECS, clearing_house_role, endpoints
from services.clearing_house.verifying import verify_house
from services.node.command import Answered, Command, Delivery, Failed, Request, RequestMeta
from services.node.endpoints import EndpointAnswers
from services.node.machine import BatchResult, NodeMachine
from services.node.records import ParkedRecord

RecordT = TypeVar("RecordT")


_OFFSETS = count(1)  # message ids stay unique when a node is opened again


class SteppingClock:
    """Moves on by a second each time it is asked."""

    def __init__(self) -> None:
        self._now = 1_600_000_000_000

    def now(self) -> Instant:
        self._now += 1_000
        return Instant(self._now)


class CountedIds:
    def __init__(self) -> None:
        self._last = 0

    def mint(self, kind: str) -> str:
        self._last += 1
        return f"{kind}-{self._last:06d}"


def reported_by(side: str, line: BookLine) -> LineReported:
    return LineReported(
        side=side,
        line_id=line.line_id,
        settlement_id=line.settlement_id,
        kind=line.kind,
        care_region=line.care_region,
        payer_region=line.payer_region,
        scheme=line.scheme,
        clearing_type=line.clearing_type,
        original_line_id=line.original_line_id,
        total_fen=line.total_fen,
        by_fund=line.by_fund,
    )


class HouseNode:
    def __init__(self, path: str | Path = ":memory:") -> None:
        self.store = SqlStore(path, SPECS)
        self.machine = NodeMachine(
            HOUSE,
            clearing_house_role(),
            self.store,
            SteppingClock(),
            CountedIds(),
            EndpointAnswers(endpoints()),
            encode_envelope,
            replaying=True,
        )
        self.heads: list[JournalHeadPublished] = []

    def run(self, batch: Sequence[Command]) -> BatchResult:
        result = self.machine.run(batch)
        for row in result.outgoing:
            body = decode_envelope(row.value).body
            assert isinstance(body, JournalHeadPublished)
            assert row.topic == "yidi.heads"
            self.heads.append(body)
        return result

    def delivery(self, side: str, line: BookLine, message_id: str = "") -> Delivery:
        """Return a report as it comes from the log, through the wire format."""
        offset = next(_OFFSETS)
        role = Role.CARE if side == "care" else Role.INSURED
        envelope = Envelope(
            message_id=message_id or f"msg-{offset}",
            correlation_id=line.settlement_id,
            sender=Address(role, line.care_region if side == "care" else line.payer_region),
            receiver=HOUSE,
            business_time=line.business_time,
            sent_at=line.business_time,
            body=reported_by(side, line),
        )
        value = encode_envelope(envelope)
        record = LogRecord("yidi.house", 0, offset, line.line_id, value, Instant(0))
        return Delivery(record, decode_envelope(value))

    def report(self, side: str, line: BookLine) -> None:
        self.run([self.delivery(side, line)])

    def match(self, *lines: BookLine) -> None:
        self.run([self.delivery(side, line) for line in lines for side in ("care", "payer")])

    def ask(self, payload: Any) -> Any:
        (result,) = self.run([Request(payload, None)]).results
        return body_of(result)

    def request(self, payload: Any, request_id: str) -> Any:
        meta = RequestMeta("desk-1", request_id, instant_at_noon())
        (result,) = self.run([Request(payload, meta)]).results
        return body_of(result)

    def rows(self, record: type[RecordT]) -> list[RecordT]:
        unit = self.store.begin()
        rows = list(unit.table(record).scan(limit=100_000))
        unit.rollback()
        return rows

    def parked(self) -> list[ParkedRecord]:
        return self.rows(ParkedRecord)

    def verify(self) -> Verification:
        unit = self.store.begin()
        verification = verify_house(unit)
        unit.rollback()
        return verification

    def close(self) -> None:
        self.machine.close()


def instant_at_noon() -> Instant:
    return instant_at(date(2020, 7, 1))


def body_of(result: Any) -> Any:
    if isinstance(result, Failed):
        raise result.error
    assert isinstance(result, Answered)
    return result.body
