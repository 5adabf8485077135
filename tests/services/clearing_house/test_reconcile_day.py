from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clearing.benefits.claim import Fund
from clearing.breaks import BreakKind, BreakState
from clearing.calendar import instant_at
from clearing.errors import RequestIdReused
from clearing.messages import HOUSE, Address
from clearing.reconcile import BookLine
from services.clearing_house.answers import DayReconciliation
from services.clearing_house.asking import DayReconciler
from services.clearing_house.commands import CloseBreak, ListBreaks, ReconcileDay
from services.node.command import Request, RequestMeta
from tests.clearing.book_lines import book_line
from tests.services.clearing_house.house_node import HouseNode, body_of
from tests.services.clearing_house.regions import Regions

DAY = date(2020, 6, 10)
CODES = ("310000", "110000", "330213", "440700")


def lines() -> list[BookLine]:
    pairs = [(care, payer) for care in CODES[:2] for payer in CODES[2:]]
    return [
        book_line(
            line_id=f"lin-{number}",
            settlement_id=f"stl-{number}",
            care_region=care,
            payer_region=payer,
            by_fund={Fund.POOLED: number} if number else {},
        )
        for number, (care, payer) in enumerate([*pairs, *pairs])
    ]


def reconcile(
    house: HouseNode, regions: Regions, request_id: str, on: date = DAY
) -> DayReconciliation:
    async def ask(_address: Address, request: Request) -> Any:
        (result,) = house.run([request]).results
        return body_of(result)

    async def run() -> DayReconciliation:
        meta = RequestMeta("desk-1", request_id, instant_at(date(2020, 7, 1)))
        return await DayReconciler(regions)((HOUSE, Request(ReconcileDay(on), meta)), ask)

    return asyncio.run(run())


@pytest.fixture
def agreeing(house: HouseNode) -> tuple[HouseNode, Regions]:
    house.match(*lines())
    return house, Regions(CODES, lines(), lines())


def kinds(answer: DayReconciliation) -> list[tuple[str, BreakKind]]:
    return [(found.line_id, found.kind) for found in answer.breaks]


def test_books_that_agree_are_not_opened(agreeing: tuple[HouseNode, Regions]) -> None:
    house, regions = agreeing
    answer = reconcile(house, regions, "r-1")
    assert [(pair.care_region, pair.insured_region) for pair in answer.pairs] == [
        ("110000", "330213"),
        ("110000", "440700"),
        ("310000", "330213"),
        ("310000", "440700"),
    ]
    assert all(pair.agrees for pair in answer.pairs)
    assert (answer.matched_lines, answer.breaks, answer.unreachable_regions) == (8, (), ())
    assert regions.asked == {"totals": 8}


def test_each_difference_is_found_once_and_only_its_bucket_is_opened(
    agreeing: tuple[HouseNode, Regions],
) -> None:
    house, regions = agreeing
    regions.insured[5] = replace(regions.insured[5], by_fund={Fund.POOLED: 99})
    answer = reconcile(house, regions, "r-1")
    assert kinds(answer) == [("lin-5", BreakKind.DIFFERS)]
    assert answer.breaks[0].detail == "by_fund: care pooled=5, insured pooled=99, house pooled=5"
    assert [pair.agrees for pair in answer.pairs].count(False) == 1
    assert answer.matched_lines == 7
    assert regions.asked == {"totals": 8, "lines": 2}
    assert reconcile(house, regions, "r-2").breaks == answer.breaks
    assert len(house.ask(ListBreaks()).breaks) == 1
    assert house.verify().sound


@pytest.mark.parametrize("newly", [("care", "insured"), ("insured",), ("care",), ()])
def test_what_comes_while_the_regions_are_asked_is_left_to_the_next_run(
    agreeing: tuple[HouseNode, Regions], newly: tuple[str, ...]
) -> None:
    """A bucket opened for something else; ``newly`` have the line only since they were asked."""
    house, regions = agreeing
    differing = regions.insured[5] = replace(regions.insured[5], by_fund={Fund.POOLED: 99})
    late = book_line(
        line_id="late",
        settlement_id="late",
        care_region=differing.care_region,
        payer_region=differing.payer_region,
        by_fund={Fund.POOLED: 7},
    )
    for side in {"care", "insured"} - set(newly):
        getattr(regions, side).append(late)
    requests = 0

    async def ask(_address: Address, request: Request) -> Any:
        nonlocal requests
        requests += 1
        if requests == 2:  # the comparison: everybody has been asked
            for side in newly:
                getattr(regions, side).append(late)
            house.match(late)
        (result,) = house.run([request]).results
        return body_of(result)

    meta = RequestMeta("desk-1", "r-1", instant_at(date(2020, 7, 1)))
    asked = (HOUSE, Request(ReconcileDay(DAY), meta))
    assert kinds(asyncio.run(DayReconciler(regions)(asked, ask))) == [("lin-5", BreakKind.DIFFERS)]
    assert kinds(reconcile(house, regions, "r-2")) == [("lin-5", BreakKind.DIFFERS)]


def test_missing_lines_are_found_wherever_they_are_missing(house: HouseNode) -> None:
    every = lines()
    house.match(*(line for line in every if line.line_id not in ("lin-1", "lin-2", "lin-3")))
    house.report("care", every[1])
    house.report("care", every[2])
    regions = Regions(CODES, list(every), list(every))
    regions.care = [line for line in every if line.line_id != "lin-4"]
    regions.insured = [line for line in every if line.line_id not in ("lin-2", "lin-5")]
    answer = reconcile(house, regions, "r-1")
    assert sorted(kinds(answer)) == [
        ("lin-1", BreakKind.MISSING_AT_HOUSE),
        ("lin-2", BreakKind.MISSING_AT_INSURED),
        ("lin-3", BreakKind.MISSING_AT_HOUSE),
        ("lin-4", BreakKind.MISSING_AT_CARE),
        ("lin-5", BreakKind.MISSING_AT_INSURED),
    ]
    assert answer.matched_lines == 3


def test_a_break_is_not_resolved_by_itself(house: HouseNode) -> None:
    every = lines()
    house.match(*every[1:])
    house.report("care", every[0])
    regions = Regions(CODES, every, every)
    assert kinds(reconcile(house, regions, "r-1")) == [("lin-0", BreakKind.MISSING_AT_HOUSE)]
    house.report("payer", every[0])
    answer = reconcile(house, regions, "r-2")
    assert all(pair.agrees for pair in answer.pairs)
    assert kinds(answer) == [("lin-0", BreakKind.MISSING_AT_HOUSE)]
    house.request(
        CloseBreak(answer.breaks[0].fingerprint, BreakState.RESOLVED, "op", "came", "report 16"),
        "r-3",
    )
    assert reconcile(house, regions, "r-4").breaks == ()


@pytest.mark.parametrize(
    "other",
    [
        {"total_fen": 1},
        {"business_time": instant_at(date(2020, 6, 11))},
        {"payer_region": "440700"},
        {"care_region": "110000"},
    ],
)
def test_sides_that_disagree_are_one_break_in_whatever_bucket_each_has_the_line(
    house: HouseNode, other: dict[str, Any]
) -> None:
    care = book_line()
    payer = replace(care, **other)
    house.report("payer", payer)
    house.report("care", care)
    regions = Regions(CODES, [care], [payer])
    for number, on in enumerate((DAY, date(2020, 6, 11))):
        reconcile(house, regions, f"r-{number}", on)
    (found,) = house.ask(ListBreaks()).breaks
    assert (found.kind, found.on) == (BreakKind.DIFFERS, DAY)


def test_a_region_out_of_reach_is_listed_and_not_judged(
    agreeing: tuple[HouseNode, Regions],
) -> None:
    house, regions = agreeing
    regions.silent.add(("insured", "440700"))
    regions.care.pop(0)
    answer = reconcile(house, regions, "r-1")
    assert answer.unreachable_regions == ("440700",)
    assert [pair.agrees for pair in answer.pairs] == [True, False, False, False]
    assert kinds(answer) == [("lin-0", BreakKind.MISSING_AT_CARE)]
    regions.silent.clear()
    assert reconcile(house, regions, "r-2").matched_lines == 7


def test_a_region_that_plays_one_role_is_not_out_of_reach(
    agreeing: tuple[HouseNode, Regions],
) -> None:
    house, regions = agreeing
    regions.no_such = {("insured", code) for code in CODES[:2]}
    regions.no_such |= {("care", code) for code in CODES[2:]}
    answer = reconcile(house, regions, "r-1")
    assert (answer.matched_lines, answer.unreachable_regions) == (8, ())


@pytest.mark.parametrize("on", [DAY, date(2020, 6, 11)])
def test_a_wrong_address_is_told_by_its_region(
    agreeing: tuple[HouseNode, Regions], on: date, caplog: pytest.LogCaptureFixture
) -> None:
    house, regions = agreeing
    regions.no_such = {("insured", code) for code in CODES[:2]}
    regions.not_here.add(("insured", "330213"))  # asked at a process that hosts other regions
    answer = reconcile(house, regions, "r-1", on)
    assert answer.unreachable_regions == ("330213",), "also on a day without a line of it"
    assert "insured/330213: node_not_here" in caplog.text


def test_a_region_that_nobody_knows_is_out_of_reach(house: HouseNode) -> None:
    house.match(book_line(care_region="460100"))
    answer = reconcile(house, Regions(CODES, [], []), "r-1")
    assert answer.unreachable_regions == ("460100",)
    assert answer.breaks == ()


def test_a_region_lost_between_totals_and_lines_is_listed(
    agreeing: tuple[HouseNode, Regions],
) -> None:
    house, regions = agreeing
    regions.care.pop(0)

    def answer(method: str, role: str, region: str) -> None:
        if method == "lines" and role == "insured":
            regions.silent.add((role, region))
        Regions.answer(regions, method, role, region)

    regions.answer = answer  # type: ignore[method-assign]  # this one region goes down midway
    found = reconcile(house, regions, "r-1")
    assert found.unreachable_regions == ("330213",)
    assert found.breaks == ()


def test_a_repeated_request_gets_its_first_answer(agreeing: tuple[HouseNode, Regions]) -> None:
    house, regions = agreeing
    answer = reconcile(house, regions, "r-1")
    regions.insured.pop()
    assert reconcile(house, regions, "r-1") == answer
    assert reconcile(house, regions, "r-2") != answer
    with pytest.raises(RequestIdReused):
        reconcile(house, regions, "r-1", date(2020, 6, 11))


def test_the_head_is_told_at_each_reconciliation_that_has_news(
    agreeing: tuple[HouseNode, Regions],
) -> None:
    house, regions = agreeing
    reconcile(house, regions, "r-1")
    reconcile(house, regions, "r-2")
    assert [(head.on, head.sequence) for head in house.heads] == [(DAY, 7)]
    house.match(book_line(line_id="lin-new"))
    reconcile(house, regions, "r-3")
    assert [head.sequence for head in house.heads] == [7, 8]
    assert house.verify().sound
