"""Filings take effect in the order of their member's messages, whoever carries those out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from clearing.benefits.claim import Filing
from clearing.errors import Rejected
from clearing.filing import FilingRecord
from services.care_region.commands import Settle
from services.insured_region import commands as desk
from services.insured_region import filing_acts
from services.insured_region import records as kept
from services.node.command import Waiting
from services.node.desk_letters import DiscardDeadLetter, ReplayDeadLetters, id_of
from services.node.records import LetterState, ParkedRecord
from tests.network_pump import answer_of
from tests.services.care_region.counter import CARE, HOME, NOON, Counter

FILING = desk.FileRemoteCare("E1", "long_term_resident", CARE.region, date(2023, 4, 1))


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter(with_house=True)
    counter.member("E1")
    yield counter
    counter.pump.close()


def _ask(counter: Counter, request_id: str, payload: object) -> None:
    asked = counter.pump.request(HOME, payload, "desk", request_id, NOON)
    assert asked == Waiting("desk", request_id)


def _final(counter: Counter, request_id: str) -> Any:
    final = counter.pump.final(HOME, "desk", request_id)
    assert final is not None
    return answer_of(final)


def test_of_two_desks_that_file_at_once_the_second_is_refused(counter: Counter) -> None:
    for request_id in ("f1", "f2"):
        _ask(counter, request_id, FILING)
    assert counter.pump.rows(HOME, FilingRecord) == []
    counter.flow()
    (filed,) = counter.pump.rows(HOME, FilingRecord)
    assert _final(counter, "f1").filing_id == filed.filing_id
    with pytest.raises(Rejected) as caught:
        _final(counter, "f2")
    assert caught.value.code == "filing_exists"


def test_a_repeat_waits_for_the_same_answer_and_gets_it(counter: Counter) -> None:
    for _ in range(2):
        _ask(counter, "f1", FILING)
    counter.flow()
    again = counter.pump.request(HOME, FILING, "desk", "f1", NOON)
    assert answer_of(again) == _final(counter, "f1")
    assert len(counter.pump.rows(HOME, FilingRecord)) == 1


def test_a_settlement_that_was_asked_for_before_a_filing_is_decided_without_it(
    counter: Counter,
) -> None:
    before, after = (counter.visit("E1", 100_000, key=key) for key in "ab")
    counter.send("s1", Settle(before, True, "", ""))
    counter.flow(HOME)  # the request is on the log, and nobody has read it
    _ask(counter, "f1", FILING)
    counter.pump.publish(HOME)
    counter.settle("s2", after)
    by_request = {row.request_id: row for row in counter.pump.rows(HOME, kept.Settlement)}
    assert by_request["s1"].filing is Filing.UNFILED
    assert by_request["s2"].filing is not Filing.UNFILED
    assert counter.seen(after).payment.fund_fen > 0


def _parked(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ask for a filing that the node fails at; return the letter."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(filing_acts, "file", fail)
        _ask(counter, "f1", FILING)
        counter.flow()
    (letter,) = counter.pump.rows(HOME, ParkedRecord)
    assert letter.state is LetterState.PARKED
    assert counter.pump.final(HOME, "desk", "f1") is None
    return id_of(letter)


def test_a_filing_that_cannot_be_processed_waits_and_is_replayed(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = _parked(counter, monkeypatch)
    counter.at_desk(HOME, "r1", ReplayDeadLetters("W", "mended", (letter,)))
    (filed,) = counter.pump.rows(HOME, FilingRecord)
    assert _final(counter, "f1").filing_id == filed.filing_id


def test_one_that_is_given_up_is_refused_for_good(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = _parked(counter, monkeypatch)
    counter.at_desk(HOME, "d1", DiscardDeadLetter(letter, "W", "beyond repair"))
    with pytest.raises(Rejected) as caught:
        _final(counter, "f1")
    assert caught.value.code == "message_discarded"
    assert counter.pump.rows(HOME, FilingRecord) == []
