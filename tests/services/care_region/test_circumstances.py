"""What a counter tells of a visit's circumstances, from the desk to the insured region's books."""

from __future__ import annotations

from datetime import date

import pytest

from clearing.benefits.claim import CareType, Cause, Circumstances, Delivery
from clearing.errors import Malformed, Rejected
from services.care_region import commands as ask
from services.care_region.visits import _circumstance
from services.insured_region import commands as desk
from services.insured_region import records as at_insured
from tests.services.care_region.counter import DAY, HOME, Counter

PARTLY = Circumstances(Cause.THIRD_PARTY_PARTIAL, 40_000)


@pytest.fixture
def counter() -> Counter:
    made = Counter()
    made.member("M1")
    return made


def opened(counter: Counter, told: Circumstances, total_fen: int = 100_000) -> str:
    visit = ask.OpenVisit(HOME.region, "M1", CareType.OUTPATIENT, DAY, circumstances=told)
    visit_id: str = counter.do("open", visit).visit_id
    counter.line(visit_id, 1, total_fen, "line")
    return visit_id


def test_what_the_funds_pay_first_is_booked_and_listed(counter: Counter) -> None:
    plain = counter.settle("plain", counter.visit("M1", 100_000, key="p"))
    visit_id = opened(counter, Circumstances(Cause.THIRD_PARTY_ABSENT))
    counter.settle("s", visit_id)
    (row,) = counter.pump.ask(HOME, desk.ListReceivables(HOME.region)).receivables
    paid = counter.seen(visit_id).payment
    assert row.amount_fen == paid.fund_fen > 0
    assert (row.member_id, str(row.state)) == ("M1", "settled")
    assert plain.payment.fund_fen != paid.fund_fen  # the deductible was used up before
    assert (
        counter.pump.ask(
            HOME, desk.ListReceivables(HOME.region, after=row.settlement_id)
        ).receivables
        == ()
    )


def test_a_compensation_comes_off_first_and_may_be_told_late(counter: Counter) -> None:
    visit_id = opened(counter, Circumstances(Cause.INJURY))
    counter.do("change", ask.ChangeVisit(visit_id, circumstances=PARTLY))
    counter.settle("s", visit_id)
    (settled,) = counter.pump.rows(HOME, at_insured.Settlement)
    assert settled.circumstances == PARTLY
    # (1,000.00 - 400.00 - 400.00) x (55 % less 20 points, as nobody filed)
    assert counter.seen(visit_id).payment.fund_fen == 7_000


def test_what_contradicts_itself_is_refused_at_the_desk(counter: Counter) -> None:
    with pytest.raises(Malformed) as caught:
        opened(counter, Circumstances(Cause.THIRD_PARTY_PARTIAL))
    assert caught.value.field == "circumstances.third_party_compensation_fen"
    with pytest.raises(Malformed) as caught:
        opened(counter, Circumstances(delivery=Delivery.NORMAL, delivered_on=date(2023, 6, 1)))
    assert (caught.value.code, caught.value.field) == (
        "delivery_not_inpatient",
        _circumstance("delivery"),
    )


def test_a_compensation_above_the_cost_is_mended_before_settling(counter: Counter) -> None:
    visit_id = opened(counter, PARTLY, total_fen=39_999)
    with pytest.raises(Rejected) as caught:
        counter.do("s", ask.Settle(visit_id, False))
    assert caught.value.code == "compensation_above_total"
    counter.do("change", ask.ChangeVisit(visit_id, circumstances=Circumstances()))
    counter.settle("s2", visit_id)
    assert counter.seen(visit_id).cost.total_fen == 39_999
