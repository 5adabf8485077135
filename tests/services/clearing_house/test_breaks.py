from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clearing.breaks import BreakState
from clearing.calendar import instant_at
from clearing.errors import Malformed, NotFound, Rejected, RequestIdReused
from services.clearing_house.commands import CloseBreak, ListBreaks
from tests.clearing.book_lines import book_line
from tests.services.clearing_house.house_node import HouseNode


@pytest.fixture
def differing(house: HouseNode) -> HouseNode:
    for number, day in ((1, 10), (2, 11)):
        line = book_line(line_id=f"lin-{number}", business_time=instant_at(date(2020, 6, day)))
        house.report("care", line)
        house.report("payer", replace(line, total_fen=1))
    return house


def closing(house: HouseNode, **given: object) -> CloseBreak:
    first = house.ask(ListBreaks()).breaks[0]
    command = CloseBreak(
        fingerprint=first.fingerprint,
        state=BreakState.RESOLVED,
        closed_by="operator 7",
        reason="the payer side has mended its line",
        evidence="letter 2020-113",
    )
    return replace(command, **given)  # type: ignore[arg-type]  # fields by name


def test_breaks_are_listed_by_day_and_state(differing: HouseNode) -> None:
    assert [found.line_id for found in differing.ask(ListBreaks()).breaks] == ["lin-1", "lin-2"]
    (found,) = differing.ask(ListBreaks(date(2020, 6, 11))).breaks
    assert (found.line_id, found.state) == ("lin-2", BreakState.OPEN)
    assert differing.ask(ListBreaks(state=BreakState.ACCEPTED)).breaks == ()


def test_closing_keeps_who_why_and_the_evidence(differing: HouseNode) -> None:
    closed = differing.request(closing(differing), "r-1")
    assert (closed.state, closed.closed_by) == (BreakState.RESOLVED, "operator 7")
    assert differing.ask(ListBreaks(state=BreakState.RESOLVED)).breaks == (closed,)
    assert len(differing.ask(ListBreaks(state=BreakState.OPEN)).breaks) == 1
    assert differing.verify().sound


def test_closing_is_idempotent_by_request_id(differing: HouseNode) -> None:
    command = closing(differing)
    closed = differing.request(command, "r-1")
    assert differing.request(command, "r-1") == closed
    with pytest.raises(RequestIdReused):
        differing.request(replace(command, reason="another"), "r-1")


def test_a_closed_break_stays_as_it_is(differing: HouseNode) -> None:
    command = closing(differing)
    differing.request(command, "r-1")
    with pytest.raises(Rejected) as caught:
        differing.request(replace(command, state=BreakState.ACCEPTED), "r-2")
    assert caught.value.code == "break_closed"


@pytest.mark.parametrize(
    ("given_values", "error", "field"),
    [
        ({"state": BreakState.OPEN}, Malformed, "state"),
        ({"closed_by": " "}, Malformed, "closed_by"),
        ({"reason": ""}, Malformed, "reason"),
        ({"evidence": ""}, Malformed, "evidence"),
        ({"fingerprint": "0" * 64}, NotFound, "fingerprint"),
    ],
)
def test_a_break_is_not_closed_without_all_that_is_needed(
    differing: HouseNode, given_values: dict[str, object], error: type[Rejected], field: str
) -> None:
    with pytest.raises(error) as caught:
        differing.request(closing(differing, **given_values), "r-1")
    assert caught.value.field == field
    assert len(differing.ask(ListBreaks(state=BreakState.OPEN)).breaks) == 2


def test_a_difference_that_is_found_again_stays_closed(differing: HouseNode) -> None:
    differing.request(closing(differing), "r-1")
    differing.report("payer", book_line(total_fen=2))
    assert len(differing.ask(ListBreaks()).breaks) == 2
