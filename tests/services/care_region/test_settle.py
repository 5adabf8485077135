"""Settling: what must be there, what is unknown, what ends an unknown."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from clearing.benefits.claim import CareType
from clearing.calendar import Instant, instant_at
from clearing.errors import Conflict, Malformed, NotFound, Rejected, Unavailable
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.care_region import records as at_care
from services.care_region import settle
from services.insured_region import records as at_insured
from services.node.command import Failed, Waiting
from tests.network_pump import answer_of
from tests.services.care_region.counter import CARE, DAY, HOME, NOON, Counter, H


def test_a_visit_is_settled_only_when_it_is_whole(counter: Counter) -> None:
    counter.member("E1")
    opened = ask.OpenVisit(HOME.region, "E1", CareType.INPATIENT, DAY)
    visit_id = counter.do("o", opened).visit_id
    for code, payload in (
        ("visit_not_closed", None),
        ("visit_without_lines", ask.CloseVisit(visit_id, date(2023, 6, 1))),
    ):
        if payload is not None:
            counter.do("close", payload)
        with pytest.raises(Conflict) as caught:
            counter.do("s1", ask.Settle(visit_id))
        assert caught.value.code == code
    counter.line(visit_id, 1, 1_000, "line")
    with pytest.raises(Rejected) as early:
        counter.do("early", ask.Settle(visit_id), instant_at(date(2023, 5, 31)))
    assert early.value.code == "date_in_future"
    assert counter.send("s1", ask.Settle(visit_id)) == Waiting(H, "s1")


def test_a_withdrawn_visit_is_not_settled(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 1_000)
    counter.do("w", ask.CancelVisit(visit_id))
    with pytest.raises(Conflict) as caught:
        counter.do("s1", ask.Settle(visit_id))
    assert caught.value.code == "visit_cancelled"


def test_nothing_changes_while_a_settlement_is_on_its_way(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 1_000)
    counter.send("s1", ask.Settle(visit_id))
    for number, payload in enumerate(
        (
            ask.Settle(visit_id),
            ask.CancelVisit(visit_id),
            ask.CloseVisit(visit_id, DAY),
            ask.ChangeVisit(visit_id, diagnosis_code="J00"),
            ask.VoidFeeLines(visit_id, (1,)),
        )
    ):
        with pytest.raises(Conflict) as caught:
            counter.do(f"x{number}", payload)
        assert caught.value.code == "visit_settling"
    counter.flow()
    with pytest.raises(Conflict) as caught:
        counter.do("s2", ask.Settle(visit_id))
    assert caught.value.code == "visit_settled"


def test_a_visit_closed_twice_ends_on_the_last_day_given(counter: Counter) -> None:
    counter.member("E1")
    moment = instant_at(date(2023, 6, 9))
    opened = ask.OpenVisit(HOME.region, "E1", CareType.INPATIENT, DAY)
    visit_id = counter.do("o", opened, moment).visit_id
    for number, day in enumerate((5, 9)):
        counter.do(f"c{number}", ask.CloseVisit(visit_id, date(2023, 6, day)), moment)
    (visit,) = counter.pump.rows(CARE, at_care.Visit)
    assert (visit.state, visit.discharged_on) == ("closed", date(2023, 6, 9))
    with pytest.raises(Rejected) as caught:
        counter.do("c9", ask.CloseVisit(visit_id, date(2023, 5, 31)), moment)
    assert caught.value.code == "dates_out_of_order"


def test_an_unknown_ends_when_the_request_reached_the_log_late(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit_id))
    late = counter.pump.ask(CARE, ask.LateSettlement(H, "s1"))
    assert (late.state, late.visit_id) == (SettlementState.REQUESTED, visit_id)
    counter.pump.clock.pass_ms(settle.DEADLINE_MS + 1)
    counter.flow()
    expired = counter.answer("s1")
    assert (expired.state, expired.code) == (SettlementState.EXPIRED, "deadline_passed")
    assert expired.payment.personal_fen == 0
    assert counter.pump.rows(HOME, at_insured.Settlement) == []
    assert answer_of(counter.reverse("r1", "s1", "E1")).result == "tombstoned"
    assert counter.settle("s2", visit_id).state is SettlementState.SETTLED


def test_a_request_in_the_log_in_time_counts_however_late_it_is_read(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit_id))
    counter.pump.publish(CARE)
    counter.pump.clock.pass_ms(3_600_000)
    counter.flow()
    assert counter.answer("s1").state is SettlementState.SETTLED


def test_a_region_that_is_behind_says_so_and_counts_back() -> None:
    counter = Counter(max_waiting=2)
    counter.member("E1")
    visits = [counter.visit("E1", 1_000, key=f"v{number}") for number in range(3)]
    for number in range(2):
        counter.send(f"s{number}", ask.Settle(visits[number]))
    refused = counter.send("s2", ask.Settle(visits[2]))
    assert isinstance(refused, Failed)
    assert isinstance(refused.error, Unavailable)
    assert refused.error.code == "region_behind"
    counter.flow()
    assert counter.settle("s2", visits[2]).state is SettlementState.SETTLED
    assert [load.waiting for load in counter.pump.rows(CARE, at_care.RegionLoad)] == [0]


def test_a_refused_visit_is_all_personal_and_may_be_settled_anew(counter: Counter) -> None:
    visit_id = counter.visit("nobody", 1_000)
    refused = counter.settle("s1", visit_id)
    assert (refused.state, refused.code) == (SettlementState.REFUSED, "member_unknown")
    assert (refused.payment.personal_fen, refused.payment.cash_fen) == (1_000, 1_000)
    counter.member("nobody")
    assert counter.settle("s2", visit_id).state is SettlementState.SETTLED
    assert answer_of(counter.send("s1", ask.Settle(visit_id, True))) == refused


def test_an_institution_sees_its_own_visits_only(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 1_000)
    result = counter.pump.request(CARE, ask.Settle(visit_id), "H2", "s1", NOON)
    with pytest.raises(NotFound):
        answer_of(result)


def test_a_visit_costs_no_more_than_a_claim_may(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 9_999_999_999)
    with pytest.raises(Rejected) as caught:
        counter.line(visit_id, 2, 1, "more")
    assert (caught.value.code, caught.value.field) == ("total_too_large", "lines")
    assert counter.settle("s1", visit_id).state is SettlementState.SETTLED


def _stay(counter: Counter, moment: Instant) -> str:
    counter.member("E1")
    opened = ask.OpenVisit(HOME.region, "E1", CareType.INPATIENT, DAY)
    visit_id: str = counter.do("o", opened, moment).visit_id
    return visit_id


def _line(number: int, day: date | None) -> ask.FeeLineEntry:
    return ask.FeeLineEntry(number, "X0001", 10_000, 10_000_000, 1_000, day)


def test_a_line_was_incurred_during_the_stay(counter: Counter) -> None:
    moment = instant_at(date(2023, 6, 9))
    visit_id = _stay(counter, moment)
    days = [DAY, date(2023, 5, 31), date(2023, 6, 9), date(2023, 6, 10)]

    def refused(request_id: str, last: date) -> None:
        lines = (_line(1, None), _line(2, last))
        with pytest.raises(Rejected) as caught:
            counter.do(request_id, ask.UploadFeeLines(visit_id, lines), moment)
        assert caught.value.code == "incurred_on_outside_stay"
        assert caught.value.field == "lines[1].incurred_on"

    refused("before", days[1])
    refused("after", days[3])
    counter.do("c1", ask.CloseVisit(visit_id, date(2023, 6, 8)), moment)
    refused("discharged", days[2])
    counter.do("c2", ask.CloseVisit(visit_id, date(2023, 6, 9)), moment)
    lines = (_line(1, None), _line(2, days[2]))
    counter.do("u", ask.UploadFeeLines(visit_id, lines), moment)
    kept = [row.incurred_on for row in counter.pump.rows(CARE, at_care.FeeLineRow)]
    assert kept == [DAY, days[2]]
    with pytest.raises(Rejected) as early:
        counter.do("c3", ask.CloseVisit(visit_id, date(2023, 6, 8)), moment)
    assert (early.value.code, early.value.field) == ("incurred_on_outside_stay", "discharged_on")
    counter.do("v", ask.VoidFeeLines(visit_id, (2,)), moment)
    counter.do("c4", ask.CloseVisit(visit_id, date(2023, 6, 8)), moment)
    counter.send("s1", ask.Settle(visit_id), moment)
    counter.flow()
    (details,) = counter.pump.rows(HOME, at_insured.LineDetails)
    assert [line.incurred_on for line in details.lines] == [DAY]


def test_a_line_of_several_days_is_named_by_its_place(counter: Counter) -> None:
    moment = instant_at(date(2023, 6, 9))
    visit_id = _stay(counter, moment)
    bad = dataclasses.replace(_line(3, date(2023, 6, 2)), item_code="nothing")
    lines = (_line(1, DAY), _line(2, date(2023, 6, 2)), bad)
    with pytest.raises(Rejected) as caught:
        counter.do("u", ask.UploadFeeLines(visit_id, lines), moment)
    assert (caught.value.field or "").startswith("lines[2].")


def test_a_day_without_a_catalogue_is_named(counter: Counter) -> None:
    day = date(1990, 1, 1)
    opened = ask.OpenVisit(HOME.region, "E1", CareType.INPATIENT, day)
    visit_id = counter.do("o", opened).visit_id
    with pytest.raises(Rejected) as caught:
        counter.do("u", ask.UploadFeeLines(visit_id, (_line(1, None),)))
    assert caught.value.code == "catalogue_edition_missing"
    assert caught.value.field == "lines[0].incurred_on"


def test_batches_have_a_size(counter: Counter) -> None:
    visit_id = counter.visit("E1", 1_000)
    for number, (payload, field) in enumerate(
        (
            (ask.UploadFeeLines(visit_id, ()), "lines"),
            (ask.UploadFeeLines(visit_id, (_line(2, None),) * 501), "lines"),
            (ask.RegisterInstitutions(()), "institutions"),
        )
    ):
        with pytest.raises(Malformed) as caught:
            counter.do(f"b{number}", payload)
        assert (caught.value.code, caught.value.field) == ("batch_size", field)


def test_a_visit_without_lines_is_not_quoted(counter: Counter) -> None:
    opened = ask.OpenVisit(HOME.region, "E1", CareType.OUTPATIENT, DAY)
    visit_id = counter.do("o", opened).visit_id
    with pytest.raises(Conflict) as caught:
        counter.pump.ask(CARE, ask.VisitFactsAsked(H, visit_id))
    assert caught.value.code == "visit_without_lines"


def test_lines_are_added_and_voided_all_or_none(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 1_000)
    good = ask.FeeLineEntry(2, "X0001", 10_000, 20_000_000, 2_000)
    for bad, code in (
        (dataclasses.replace(good, line_no=1), "line_no_used"),
        (dataclasses.replace(good, line_no=3, item_code="nothing"), "item_unknown"),
        (dataclasses.replace(good, line_no=3, amount_fen=2_001), "fee_line_amount"),
        (dataclasses.replace(good, line_no=3, quantity_e4=0), "fee_line_negative"),
    ):
        with pytest.raises(Rejected) as caught:
            counter.do(f"u-{code}", ask.UploadFeeLines(visit_id, (good, bad)))
        assert caught.value.code == code
        assert (caught.value.field or "").startswith("lines[1].")
    added = counter.do("u", ask.UploadFeeLines(visit_id, (good,)))
    assert added.cost.total_fen == 3_000
    with pytest.raises(Rejected) as caught:
        counter.do("v1", ask.VoidFeeLines(visit_id, (2, 9)))
    assert caught.value.field == "line_nos[1]"
    assert counter.do("v2", ask.VoidFeeLines(visit_id, (2,))).cost.total_fen == 1_000
    with pytest.raises(Rejected):
        counter.do("u2", ask.UploadFeeLines(visit_id, (good,)))  # its number is used up
