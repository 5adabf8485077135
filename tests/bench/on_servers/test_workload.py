"""The bench's visits are what its gate counts on."""

from __future__ import annotations

import pytest

from adapters.files.rule_books import RuleBooks
from clearing.benefits.claim import CareType
from clearing.geography import is_home
from tests.bench.on_servers.workload import Sizes, Workload, make_workload


@pytest.fixture(scope="module")
def books() -> RuleBooks:
    return RuleBooks()


@pytest.fixture(scope="module")
def workload(books: RuleBooks) -> Workload:
    return make_workload(Sizes(1, 60, 30), books)


def test_every_visit_is_away_from_home_and_funds_pay_for_it(workload: Workload) -> None:
    assert len(workload.visits) == 60
    assert not any(is_home(one.care_region, one.insured_region) for one in workload.visits)
    assert workload.fund_fen > 0


def test_a_member_is_settled_in_one_place_in_order_of_time(workload: Workload) -> None:
    by_member: dict[str, list[tuple[str, int]]] = {}
    for one in workload.visits:
        by_member.setdefault(one.member_id, []).append((one.care_region, one.settle_at))

    assert any(len(some) > 1 for some in by_member.values())
    for some in by_member.values():
        assert len({place for place, _ in some}) == 1
        assert len({at for _, at in some}) == len(some)
        assert sorted(at for _, at in some) == [at for _, at in some]


def test_the_same_sizes_give_the_same_visits(books: RuleBooks, workload: Workload) -> None:
    assert make_workload(Sizes(1, 60, 30), books).visits == workload.visits


def test_lines_and_kinds_of_care_are_those_asked_for(books: RuleBooks) -> None:
    sizes = Sizes(1, 10, 40, 25, (CareType.PHARMACY,), once=True)

    visits = make_workload(sizes, books).visits

    assert {one.care_type for one in visits} == {CareType.PHARMACY}
    assert len({one.member_id for one in visits}) == len(visits)
    for one in visits:
        assert [line.line_no for line in one.lines] == list(range(1, 26))
