from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.claim import Scheme
from clearing.enrolment import Covered, EnrolmentSpan, NotCovered, check_spans, coverage
from clearing.errors import Rejected


def span(
    benefit_from: date,
    benefit_until: date,
    enrolled_on: date | None = None,
    scheme: Scheme = Scheme.RESIDENT,
) -> EnrolmentSpan:
    return EnrolmentSpan(scheme, "adult", benefit_from, benefit_until, enrolled_on or benefit_from)


YEAR_2019 = span(date(2019, 1, 1), date(2019, 12, 31), date(2018, 11, 1))
LATE_2020 = span(date(2020, 7, 1), date(2020, 12, 31), date(2020, 3, 15))
YEAR_2021 = span(date(2021, 1, 1), date(2021, 12, 31), date(2020, 11, 1))


@pytest.mark.parametrize(
    ("spans", "on", "code"),
    [
        ([], date(2020, 6, 1), "not_enrolled"),
        ([LATE_2020], date(2020, 3, 14), "not_enrolled"),
        ([LATE_2020], date(2020, 3, 15), "waiting_period"),
        ([LATE_2020], date(2020, 6, 30), "waiting_period"),
        ([YEAR_2019, LATE_2020], date(2020, 2, 1), "enrolment_gap"),
        ([YEAR_2019], date(2020, 2, 1), "enrolment_ended"),
        ([YEAR_2021], date(2020, 12, 1), "benefits_not_begun"),
    ],
)
def test_not_covered(spans: list[EnrolmentSpan], on: date, code: str) -> None:
    answer = coverage(spans, on)
    assert isinstance(answer, NotCovered)
    assert answer.code == code
    assert answer.message_en
    assert answer.message_zh


@pytest.mark.parametrize("on", [date(2020, 7, 1), date(2020, 12, 31)])
def test_covered_on_the_first_and_last_day(on: date) -> None:
    assert coverage([YEAR_2019, LATE_2020], on) == Covered(LATE_2020)


def test_cover_bought_after_the_day_of_care_is_left_to_manual_reimbursement() -> None:
    in_window = span(date(2025, 1, 1), date(2025, 12, 31), date(2025, 2, 27))
    answer = coverage([in_window], date(2025, 2, 26))
    assert isinstance(answer, NotCovered)
    assert answer.code == "retroactive_cover"
    assert coverage([in_window], date(2025, 2, 27)) == Covered(in_window)


def test_of_two_covers_the_newer_decides_then_the_employee_scheme() -> None:
    resident = span(date(2020, 1, 1), date(2020, 12, 31))
    employee = span(date(2020, 5, 1), date(2020, 12, 31), scheme=Scheme.EMPLOYEE)
    assert coverage([employee, resident], date(2020, 6, 1)) == Covered(employee)
    same_day = span(date(2020, 1, 1), date(2020, 12, 31), scheme=Scheme.EMPLOYEE)
    assert coverage([same_day, resident], date(2020, 6, 1)) == Covered(same_day)
    assert coverage([resident, same_day], date(2020, 6, 1)) == Covered(same_day)


def test_a_record_keeps_no_overlap_and_no_span_that_ends_before_it_begins() -> None:
    check_spans([YEAR_2019, LATE_2020, YEAR_2021])
    with pytest.raises(Rejected) as refused:
        check_spans([LATE_2020, span(date(2020, 12, 31), date(2021, 12, 31))])
    assert (refused.value.code, refused.value.field) == (
        "enrolment_overlap",
        "spans[1].benefit_from",
    )
    with pytest.raises(Rejected) as refused:
        check_spans([span(date(2020, 2, 1), date(2020, 1, 31))])
    assert refused.value.code == "enrolment_span_order"


days = st.dates(date(2019, 1, 1), date(2021, 12, 31))
random_spans = st.builds(EnrolmentSpan, st.sampled_from(Scheme), st.just("adult"), days, days, days)


@given(spans=st.lists(random_spans, max_size=5), on=days)
def test_covered_exactly_when_a_span_known_by_then_holds_the_day(
    spans: list[EnrolmentSpan], on: date
) -> None:
    answer = coverage(spans, on)
    holding = [s for s in spans if s.benefit_from <= on <= s.benefit_until and s.enrolled_on <= on]
    assert isinstance(answer, Covered) == bool(holding)
    if isinstance(answer, Covered):
        assert answer.span in holding
    assert coverage(spans[::-1], on) == answer
