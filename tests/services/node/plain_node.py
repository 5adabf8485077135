"""A node whose role is as small as can be: it counts, asks another node, and fails on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from adapters.db.store import SqlStore
from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.calendar import Instant
from clearing.errors import (
    Conflict,
    InvariantBroken,
    Malformed,
    NotFound,
    Rejected,
    Unavailable,
    YidiError,
)
from clearing.messages import HOUSE, Address, DebitDecided, DebitUndone, Envelope, Role
from clearing.ports import LogRecord, TableSpec
from services.node import machine
from services.node.command import PENDING, Delivery, Request, RequestMeta
from services.node.context import Context
from services.node.limits import ParkingLimits
from services.node.machine import NodeMachine
from services.node.records import SPECS
from tests.network_pump import CountingIds, FakeClock

HERE = Address(Role.CARE, "310000")
ERRORS: dict[str, YidiError] = {
    kind.__name__: kind("made_to_fail", "it was asked to fail", "按要求失败", field="error")
    for kind in (Malformed, NotFound, Rejected, Conflict, Unavailable, InvariantBroken)
}


@dataclass(frozen=True, slots=True)
class Total:
    name: str
    total: int


@dataclass(frozen=True, slots=True)
class Add:
    name: str
    amount: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class AskHouse:
    name: str


@dataclass(frozen=True, slots=True)
class Show:
    name: str


SHAPES = {kind.__name__: kind for kind in (Total, Add, AskHouse, Show)}


class JsonAnswers:
    def encode(self, value: Any) -> tuple[str, bytes]:
        return type(value).__name__, json.dumps(asdict(value)).encode()

    def decode(self, kind: str, body: bytes) -> Any:
        return SHAPES[kind](**json.loads(body))


def _add(command: Add, context: Context) -> Total:
    table = context.table(Total)
    before = table.get(command.name) or Total(command.name, 0)
    after = Total(command.name, before.total + command.amount)
    table.put(after)
    context.send(HOUSE, command.name, DebitUndone(command.name, "d", "s", after.total),
                 correlation_id="c")  # fmt: skip
    if command.error == "bug":
        raise ZeroDivisionError
    if command.error:
        raise ERRORS[command.error]
    return after


def _ask_house(command: AskHouse, context: Context) -> object:
    context.correlation_id = command.name
    context.send(HOUSE, command.name, DebitUndone(command.name, "d", "s"),
                 correlation_id=command.name)  # fmt: skip
    return PENDING


def _show(command: Show, context: Context) -> Total:
    if command.name in ERRORS:
        raise ERRORS[command.name]
    return context.table(Total).get(command.name) or Total(command.name, 0)


def _answered(message: DebitDecided, context: Context) -> None:
    """Complete the request ``settlement_id`` of the desk; ``debit_id`` may name an error."""
    if message.debit_id == "bug":
        raise ZeroDivisionError
    if message.debit_id in ERRORS and message.result == "note":
        raise ERRORS[message.debit_id]
    outcome: Any = Total(message.settlement_id, message.amount_fen)
    if message.result == "refuse":
        outcome = ERRORS[message.debit_id]
    table = context.table(Total)
    seen = table.get("answers") or Total("answers", 0)
    table.put(Total("answers", seen.total * 10 + message.amount_fen))
    if message.result != "note":
        context.complete("desk", message.settlement_id, outcome)


ROLE = machine.Role({Add: _add, AskHouse: _ask_house, Show: _show, DebitDecided: _answered})


class FailingStore(SqlStore):
    """A store whose commits fail while it is told so, before anything is written."""

    failures = 0

    def begin(self) -> Any:
        unit = super().begin()
        real_commit = unit.commit

        def commit() -> None:
            if self.failures:
                self.failures -= 1
                unit.rollback()
                raise Unavailable("database_unavailable", "made to fail", "按要求失败")
            real_commit()

        unit.commit = commit  # type: ignore[method-assign]  # one unit, spoilt for the test
        return unit


class PlainNode:
    """The machine with what it needs, opened on a file so that it can be opened again."""

    def __init__(
        self,
        path: str | Path,
        *,
        replaying: bool = False,
        role: machine.Role = ROLE,
        limits: ParkingLimits | None = None,
    ) -> None:
        self.clock, self.ids = FakeClock(), CountingIds()
        self.store = FailingStore(path, (*SPECS, TableSpec(Total, "total", ("name",))))
        self.machine = NodeMachine(
            HERE,
            role,
            self.store,
            self.clock,
            self.ids,
            JsonAnswers(),
            encode_envelope,
            replaying=replaying,
            limits=limits,
        )

    def rows(self, record: type) -> list[Any]:
        unit = self.store.begin()
        rows = list(unit.table(record).scan(limit=1000))
        unit.rollback()
        return rows

    def total(self, name: str) -> int:
        return next((row.total for row in self.rows(Total) if row.name == name), 0)

    def send(self, payload: Any, request_id: str = "q1", at: Instant | None = None) -> Any:
        return self.machine.run([request(payload, request_id, at)]).results[0]


@contextmanager
def opened(path: str | Path = ":memory:", **options: Any) -> Iterator[PlainNode]:
    node = PlainNode(path, **options)
    try:
        yield node
    finally:
        node.store.close()


def request(payload: Any, request_id: str = "q1", at: Instant | None = None) -> Request:
    return Request(payload, RequestMeta("desk", request_id, at))


def delivery(
    offset: int,
    request_id: str,
    amount_fen: int = 0,
    *,
    result: str = "answer",
    error: str = "none",
    message_id: str = "",
    key: str = "k",
) -> Delivery:
    """Return the record with which the house answers a request."""
    body = DebitDecided(error, request_id, result, amount_fen=amount_fen)
    envelope = Envelope(message_id or f"m{offset}", "c", HOUSE, HERE, Instant(0), Instant(0), body)
    value = encode_envelope(envelope)
    record = LogRecord("yidi.care.310000", 0, offset, key, value, Instant(1))
    return Delivery(record, decode_envelope(value))
