"""The lines of a batch travel together, and each stands for itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.benefits.claim import Fund
from clearing.calendar import Instant
from clearing.journal import JournalLine
from clearing.messages import (
    HOUSE,
    Address,
    DatedLine,
    Envelope,
    LineReported,
    LinesReported,
    Role,
    SettleRequested,
)
from clearing.ports import LogRecord
from clearing.reconcile import BookLine
from services.care_region import commands as ask
from services.node.command import Delivery
from services.node.telling import LINES_A_MESSAGE, key_of, told_together
from tests.clearing.book_lines import book_line
from tests.network_pump import CountingIds
from tests.services.care_region.counter import CARE, HOME, Counter
from tests.services.clearing_house.house_node import HouseNode, reported_by


@pytest.fixture
def house() -> Iterator[HouseNode]:
    node = HouseNode()
    yield node
    node.close()


def _report(line: BookLine, side: str = "care") -> Envelope:
    return Envelope(
        f"msg-{line.line_id}",
        line.settlement_id,
        Address(Role.CARE, line.care_region),
        HOUSE,
        line.business_time,
        line.business_time,
        reported_by(side, line),
        f"trace-{line.line_id}",
    )


def _together(house: HouseNode, *lines: BookLine, side: str = "care") -> None:
    (envelope,) = told_together([_report(line, side) for line in lines], CountingIds())
    value = encode_envelope(replace(envelope, message_id=f"{side}-{lines[0].line_id}"))
    record = LogRecord("yidi.house", 0, 1_000, "k", value, Instant(0))
    house.machine.run([Delivery(record, decode_envelope(value))])


def _lines(count: int) -> list[BookLine]:
    return [
        book_line(line_id=f"lin-{number}", by_fund={Fund.POOLED: number + 1})
        for number in range(count)
    ]


def test_a_line_alone_has_its_own_message() -> None:
    report = _report(book_line())
    assert list(told_together([report], CountingIds())) == [report]


def test_many_lines_go_in_few_messages_with_all_that_each_would_say() -> None:
    reports = [_report(line) for line in _lines(2 * LINES_A_MESSAGE + 1)]
    told = list(told_together(reports, CountingIds()))
    assert [type(each.body) for each in told] == [LinesReported, LinesReported, LineReported]
    assert len({key_of(each.body) for each in told}) == 3
    first = told[0].body
    assert isinstance(first, LinesReported)
    assert first.lines[7] == DatedLine(
        reports[7].body,  # type: ignore[arg-type]  # a report
        reports[7].business_time,
        reports[7].trace_parent,
    )


def test_the_house_enters_them_as_if_each_had_come_alone(house: HouseNode) -> None:
    lines = _lines(5)
    _together(house, *lines)
    _together(house, *reversed(lines), side="payer")
    alone = HouseNode()
    for line in lines:
        alone.report("care", line)
    for line in reversed(lines):
        alone.report("payer", line)
    posted = [(entry.line_id, entry.fund, entry.amount_fen) for entry in house.rows(JournalLine)]
    assert posted == [(e.line_id, e.fund, e.amount_fen) for e in alone.rows(JournalLine)]
    assert house.verify().sound
    alone.close()


def test_a_line_that_no_book_can_hold_is_sent_on_alone(house: HouseNode) -> None:
    good, bad = _lines(2)
    bad = replace(bad, payer_region=bad.care_region)
    (envelope,) = told_together([_report(bad), _report(good)], CountingIds())
    value = encode_envelope(envelope)
    record = LogRecord("yidi.house", 0, 1, "k", value, Instant(0))
    (sent,) = house.machine.run([Delivery(record, decode_envelope(value))]).outgoing
    assert (sent.topic, sent.key) == ("yidi.house", bad.line_id)
    house.report("payer", good)
    assert [entry.line_id for entry in house.rows(JournalLine)] == [good.line_id]
    assert house.parked() == []
    again = LogRecord("yidi.house", 0, 2, sent.key, sent.value, Instant(0))
    house.machine.run([Delivery(again, decode_envelope(sent.value))])
    assert [(row.code, row.key) for row in house.parked()] == [("line_inconsistent", bad.line_id)]


def test_settlements_of_one_batch_are_reported_in_one_message() -> None:
    counter = Counter()
    counter.member("E1")
    counter.member("E2")
    for number, name in enumerate(("E1", "E2", "E1")):
        visit_id = counter.visit(name, 100_000, key=f"v{number}")
        counter.send(f"s{number}", ask.Settle(visit_id))
    counter.pump.publish(CARE)
    world = counter.pump.world
    asked = [
        Delivery(record, decode_envelope(record.value))
        for place, records in world.broker.records.items()
        if place.topic == "yidi.insured.990100"
        for record in records
    ]
    assert [type(each.envelope.body) for each in asked if each.envelope] == [SettleRequested] * 3
    sent = counter.pump.run(HOME, asked).outgoing
    reports = [decode_envelope(row.value).body for row in sent if row.topic == "yidi.house"]
    (together,) = reports
    assert isinstance(together, LinesReported)
    assert len(together.lines) == 3
    counter.pump.close()
