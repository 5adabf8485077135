from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from clearing.benefits.claim import Fund
from clearing.calendar import instant_at
from clearing.errors import Malformed
from clearing.journal import JournalLine
from clearing.position import Position, key_of
from services.clearing_house.commands import ListJournalLines, ListPositions
from tests.clearing.book_lines import CARE_REGIONS, PAYER_REGIONS, book_line
from tests.services.clearing_house.house_node import HouseNode

FILTERS = [
    {"payer_region": payer, "payee_region": payee, "period": period}
    for payer, payee, period in product(("", "330213"), ("", "310000"), ("", "2020-06"))
]


@pytest.fixture
def filled(house: HouseNode) -> HouseNode:
    cells = product(CARE_REGIONS[:2], PAYER_REGIONS[:2], (date(2020, 6, 1), date(2020, 7, 1)))
    house.match(
        *(
            book_line(
                line_id=f"lin-{number}",
                settlement_id=f"stl-{number % 4}",
                care_region=care,
                payer_region=payer,
                business_time=instant_at(day),
                by_fund={Fund.POOLED: number + 1, Fund.MEDICAL_AID: 1},
            )
            for number, (care, payer, day) in enumerate(cells)
        )
    )
    return house


def fits(row: Position | JournalLine, asked: dict[str, str]) -> bool:
    return all(getattr(row, name) == value for name, value in asked.items() if value)


@pytest.mark.parametrize("asked", FILTERS)
def test_positions_are_filtered_and_sorted(filled: HouseNode, asked: dict[str, str]) -> None:
    found = filled.ask(ListPositions(**asked)).positions
    assert list(found) == sorted((p for p in filled.rows(Position) if fits(p, asked)), key=key_of)
    assert found


@pytest.mark.parametrize("asked", FILTERS)
@pytest.mark.parametrize("fund", [None, Fund.POOLED])
def test_the_lines_of_a_position_add_up_to_it(
    filled: HouseNode, asked: dict[str, Any], fund: Fund | None
) -> None:
    lines = filled.ask(replace(ListJournalLines(fund=fund), **asked)).lines
    assert [line.sequence for line in lines] == sorted(line.sequence for line in lines)
    positions = filled.ask(ListPositions(**asked)).positions
    assert sum(line.amount_fen for line in lines) == sum(
        position.amount_fen for position in positions if fund in (None, position.fund)
    )


def test_the_lines_of_a_settlement(filled: HouseNode) -> None:
    lines = filled.ask(ListJournalLines(settlement_id="stl-1", fund=Fund.POOLED)).lines
    assert [line.line_id for line in lines] == ["lin-1", "lin-5"]


@pytest.mark.parametrize("limit", [1, 3, 16, 17])
def test_pages_give_every_line_once(filled: HouseNode, limit: int) -> None:
    found: list[JournalLine] = []
    after = 0
    while True:
        page = filled.ask(ListJournalLines(after_sequence=after, limit=limit))
        assert len(page.lines) <= limit
        found.extend(page.lines)
        after = page.next_after_sequence
        if not after:
            break
    assert found == filled.rows(JournalLine)
    assert len(found) == 16


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (ListJournalLines(limit=5_001), "limit"),
        (ListJournalLines(limit=-1), "limit"),
        (ListJournalLines(after_sequence=-1), "after_sequence"),
    ],
)
def test_a_bad_page_is_refused(house: HouseNode, query: ListJournalLines, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        house.ask(query)
    assert caught.value.field == field
