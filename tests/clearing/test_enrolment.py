from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.claim import IDENTITIES, Scheme
from clearing.enrolment import (
    EnrolmentRules,
    Entitlement,
    EntitlementFacts,
    entitlement,
    premiums,
    read_enrolment,
    resolve_enrolment,
)
from clearing.errors import Malformed
from tests.clearing.region_texts import texts


@cache
def rules(region: str) -> EnrolmentRules:
    files = {name: read_enrolment(*text) for name, text in texts("enrolment.yaml").items()}
    return resolve_enrolment(region, files)


def facts(benefit_year: int = 2025, **given_facts: Any) -> EntitlementFacts:
    base = EntitlementFacts(
        scheme=Scheme.RESIDENT,
        benefit_year=benefit_year,
        birth_date=date(1990, 1, 1),
        identities=(),
        paid_on=date(benefit_year, 3, 10),
        paid_years=frozenset(),
        repaired_years=0,
        employee_ended_on=None,
        moved_in_from_army_on=None,
        zero_claim_last_year=False,
        in_window=None,
        on=date(benefit_year, 12, 31),
    )
    return replace(base, **given_facts)


def ask(region: str, benefit_year: int = 2025, **given_facts: Any) -> Entitlement:
    return entitlement(rules(region), facts(benefit_year, **given_facts))


def begins(region: str, benefit_year: int = 2025, **given_facts: Any) -> date | None:
    return ask(region, benefit_year, **given_facts).benefits_from


# --- the contract's example ---------------------------------------------------------------


def test_the_example_of_the_contract() -> None:
    result = ask(
        "150623",
        paid_years=frozenset({2021, 2022, 2023, 2024}),
        paid_on=date(2025, 3, 10),
        on=date(2025, 6, 11),
    )
    assert result.entitled is True
    assert result.benefits_from == date(2025, 6, 11)
    assert (result.fixed_months, result.variable_months) == (3, 0)
    assert result.cap_increase_fen == 100_000
    assert result.code is None
    assert [(r.step, r.source) for r in result.explanation] == [
        ("waiting", "S0:4"),
        ("consecutive_years", "S2:103"),
    ]
    assert ask("150623", on=date(2025, 6, 10)).code == "waiting_period"
    assert ask("150623", on=date(2025, 6, 10)).entitled is False


# --- Otog Front Banner --------------------------------------------------------------------


@pytest.mark.parametrize("paid_on", [date(2024, 9, 1), date(2025, 2, 27), date(2025, 2, 28)])
def test_otog_window_gives_the_whole_year(paid_on: date) -> None:
    result = ask("150623", paid_on=paid_on, on=date(2025, 1, 1))
    assert (result.entitled, result.benefits_from) == (True, date(2025, 1, 1))
    assert (result.fixed_months, result.code) == (0, None)


def test_otog_day_after_the_window_waits() -> None:
    assert begins("150623", paid_on=date(2025, 3, 1)) == date(2025, 6, 2)
    assert ask("150623", paid_on=date(2024, 8, 31)).code == "before_window"


def test_otog_wait_that_outlasts_the_year_gives_nothing() -> None:
    result = ask("150623", paid_on=date(2025, 9, 30))
    assert result.benefits_from == date(2025, 12, 31)
    result = ask("150623", paid_on=date(2025, 10, 1))
    assert (result.entitled, result.benefits_from) == (False, None)
    assert result.fixed_months == 3


OTOG_EXEMPT = {
    "extreme_poverty",
    "orphan",
    "subsistence_allowance",
    "lifted_poverty_policy",
    "lifted_poverty_unstable",
    "near_poverty",
    "sudden_hardship",
    "disabled_1",
    "disabled_2",
    "veteran",
    "military_spouse_unemployed",
}


@pytest.mark.parametrize("identity", IDENTITIES)
def test_otog_listed_groups_do_not_wait_and_the_others_do(identity: str) -> None:
    result = ask("150623", identities=(identity,))
    if identity in OTOG_EXEMPT:
        assert (result.benefits_from, result.code) == (date(2025, 3, 10), "exempt_identity")
        assert (result.fixed_months, result.variable_months) == (0, 0)
    else:
        assert (result.benefits_from, result.fixed_months) == (date(2025, 6, 11), 3)


# --- three newborn rules ------------------------------------------------------------------


def test_newborn_in_otog_has_ninety_days() -> None:
    born = date(2025, 4, 1)
    last = born + timedelta(days=90)
    result = ask("150623", birth_date=born, paid_on=last, on=born)
    assert (result.entitled, result.benefits_from, result.code) == (True, born, "newborn")
    late = last + timedelta(days=1)
    assert begins("150623", birth_date=born, paid_on=late) == date(2025, 10, 2)


def test_newborn_in_fenghua_has_three_months_from_the_month_after_birth() -> None:
    born = date(2020, 4, 1)
    assert begins("330213", 2020, birth_date=born, paid_on=date(2020, 7, 31)) == born
    late = ask("330213", 2020, birth_date=born, paid_on=date(2020, 8, 1))
    assert late.benefits_from == date(2020, 12, 1)


def test_newborn_in_fenghua_pays_two_years_over_the_boundary() -> None:
    born = date(2019, 12, 5)
    second = ask("330213", 2020, birth_date=born, paid_on=date(2020, 1, 15))
    assert (second.benefits_from, second.code) == (date(2020, 1, 1), "newborn")
    born = date(2020, 12, 5)
    first = ask("330213", 2020, birth_date=born, paid_on=date(2021, 1, 15), on=born)
    assert (first.entitled, first.benefits_from) == (True, born)


def test_newborn_in_shanxi_is_registered_in_the_year_of_birth() -> None:
    born = date(2021, 4, 1)
    result = ask("140000", 2021, birth_date=born, paid_on=date(2021, 12, 31))
    assert (result.entitled, result.benefits_from, result.code) == (True, born, "newborn")
    late = ask("140000", 2021, birth_date=born, paid_on=date(2022, 1, 1))
    assert (late.entitled, late.code) == (None, "rule_not_given")
    assert late.explanation[0].source == "S1:71"


def test_newborn_of_the_guidance_does_not_wait() -> None:
    result = ask("national", birth_date=date(2025, 4, 1), paid_on=date(2025, 5, 1))
    assert (result.fixed_months, result.variable_months, result.code) == (0, 0, "newborn")
    assert result.benefits_from == date(2025, 5, 1)


# --- two employee-lapse rules -------------------------------------------------------------


def test_after_the_employee_scheme_otog_pays_from_the_payment() -> None:
    ended = date(2025, 3, 15)
    result = ask("150623", employee_ended_on=ended, paid_on=date(2025, 6, 15))
    assert (result.benefits_from, result.code) == (date(2025, 6, 15), "after_employee_scheme")
    late = ask("150623", employee_ended_on=ended, paid_on=date(2025, 6, 16))
    assert late.benefits_from == date(2025, 9, 17)
    other_year = ask("150623", employee_ended_on=date(2024, 12, 30), paid_on=date(2025, 3, 5))
    assert other_year.benefits_from == date(2025, 6, 6)
    still = ask("150623", employee_ended_on=date(2025, 6, 30), paid_on=date(2025, 6, 15))
    assert (still.entitled, still.code) == (None, "employee_scheme_not_ended")


def test_after_the_employee_scheme_fenghua_pays_from_next_month() -> None:
    ended = date(2020, 3, 15)
    result = ask("330213", 2020, employee_ended_on=ended, paid_on=date(2020, 6, 30))
    assert (result.benefits_from, result.code) == (date(2020, 7, 1), "after_employee_scheme")
    late = ask("330213", 2020, employee_ended_on=ended, paid_on=date(2020, 7, 1))
    assert late.benefits_from == date(2020, 11, 1)


# --- Fenghua ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [
        (date(2020, 3, 15), date(2020, 7, 1)),
        (date(2020, 3, 1), date(2020, 7, 1)),
        (date(2020, 3, 31), date(2020, 7, 1)),
        (date(2020, 8, 31), date(2020, 12, 1)),
        (date(2020, 9, 1), None),
    ],
)
def test_fenghua_late_enrolment_begins_the_month_after_the_wait(
    paid_on: date, expected: date | None
) -> None:
    result = ask("330213", 2020, paid_on=paid_on)
    assert (result.benefits_from, result.fixed_months) == (expected, 3)


def test_fenghua_window() -> None:
    assert begins("330213", 2020, paid_on=date(2019, 10, 8)) == date(2020, 1, 1)
    assert begins("330213", 2020, paid_on=date(2019, 11, 27)) == date(2020, 1, 1)
    assert begins("330213", 2020, paid_on=date(2019, 11, 28)) == date(2020, 3, 1)
    assert ask("330213", 2020, paid_on=date(2019, 10, 7)).entitled is None


def test_fenghua_gap_of_a_month_begins_next_month() -> None:
    paid_2019 = frozenset({2019})
    result = ask("330213", 2020, paid_years=paid_2019, paid_on=date(2020, 1, 31))
    assert (result.benefits_from, result.code) == (date(2020, 2, 1), "short_gap")
    assert begins("330213", 2020, paid_years=paid_2019, paid_on=date(2020, 2, 1)) == date(
        2020, 6, 1
    )
    older = frozenset({2018})
    assert begins("330213", 2020, paid_years=older, paid_on=date(2020, 1, 31)) == date(2020, 5, 1)


def test_fenghua_army_leavers_begin_next_month() -> None:
    moved = date(2020, 2, 10)
    result = ask("330213", 2020, moved_in_from_army_on=moved, paid_on=date(2020, 5, 31))
    assert (result.benefits_from, result.code) == (date(2020, 6, 1), "army_leaver")
    late = ask("330213", 2020, moved_in_from_army_on=moved, paid_on=date(2020, 6, 1))
    assert late.code is None
    early = ask("330213", 2020, moved_in_from_army_on=moved, paid_on=date(2020, 2, 9))
    assert (early.benefits_from, early.code) == (date(2020, 6, 1), None)


def test_fenghua_category_goes_by_the_age_on_the_day_before_the_year() -> None:
    by_birth = {
        born: [p.name for p in premiums(rules("330213"), 2020, born) if p.born_from or p.born_until]
        for born in (date(2013, 12, 31), date(2014, 1, 1), date(2000, 12, 31))
    }
    assert by_birth == {
        date(2013, 12, 31): ["other_minor"],
        date(2014, 1, 1): ["infant"],
        date(2000, 12, 31): ["adult_a", "adult_b"],
    }
    infant = premiums(rules("330213"), 2020, date(2014, 1, 1))[0]
    assert (infant.personal, infant.government) == (45_000, 63_000)


# --- the guidance: fixed and variable waiting ---------------------------------------------


def waits(gap: int, repaired: int, in_window: bool = False) -> tuple[int | None, int | None]:
    last_paid = 2024
    year = last_paid + gap + 1
    result = ask(
        "national",
        year,
        paid_years=frozenset({last_paid}),
        repaired_years=repaired,
        in_window=in_window,
    )
    return result.fixed_months, result.variable_months


@pytest.mark.parametrize(
    ("gap", "repaired", "months"),
    [
        (0, 0, 3),
        (1, 0, 4),
        (2, 0, 5),
        (3, 0, 6),
        (3, 3, 3),
        (4, 0, 7),
        (4, 1, 6),
        (4, 2, 6),
        (4, 4, 6),
        (6, 5, 6),
    ],
)
def test_fixed_and_variable_waiting(gap: int, repaired: int, months: int) -> None:
    assert waits(gap, repaired) == (3, months - 3)
    assert waits(gap, repaired, in_window=True) == ((3, months - 3) if gap else (0, 0))


def test_years_before_2025_are_no_lapse() -> None:
    result = ask("national", 2026, paid_years=frozenset({2019}), in_window=False)
    assert (result.fixed_months, result.variable_months) == (3, 1)
    assert ask("national", 2026, paid_years=frozenset(), in_window=False).variable_months == 0


def test_lapsed_in_the_window_waits_from_the_first_of_january() -> None:
    result = ask(
        "national",
        2027,
        paid_years=frozenset({2025}),
        in_window=True,
        paid_on=date(2026, 11, 5),
        on=date(2027, 5, 1),
    )
    assert (result.fixed_months, result.variable_months) == (3, 1)
    assert (result.entitled, result.benefits_from) == (False, date(2027, 5, 2))
    later = ask(
        "national",
        2027,
        paid_years=frozenset({2025}),
        in_window=True,
        paid_on=date(2027, 2, 10),
    )
    assert later.benefits_from == date(2027, 6, 11)
    assert [r.step for r in later.explanation[:3]] == ["waiting", "lapse", "variable_waiting"]


def test_in_the_window_without_lapse_nobody_waits() -> None:
    result = ask("national", paid_years=frozenset({2024}), in_window=True)
    assert (result.benefits_from, result.code) == (date(2025, 1, 1), None)


# --- what the documents leave open --------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "year", "given_facts", "code"),
    [
        ("150623", 2026, {}, "edition_missing"),
        ("330213", 2021, {}, "edition_missing"),
        ("330213", 2025, {}, "edition_missing"),
        ("140000", 2020, {"birth_date": date(2020, 2, 1)}, "edition_missing"),
        ("140000", 2025, {}, "rule_not_given"),
        ("national", 2024, {}, "edition_missing"),
        ("national", 2025, {}, "window_not_given"),
        ("150623", 2025, {"scheme": Scheme.EMPLOYEE}, "scheme_not_given"),
    ],
)
def test_undecided(region: str, year: int, given_facts: dict[str, Any], code: str) -> None:
    result = ask(region, year, **given_facts)
    assert (result.entitled, result.code) == (None, code)
    assert (result.benefits_from, result.fixed_months, result.variable_months) == (None,) * 3
    assert result.explanation


@pytest.mark.parametrize(
    ("given_facts", "field"),
    [
        ({"paid_years": frozenset({2025})}, "paid_years"),
        ({"repaired_years": -1}, "repaired_years"),
        ({"birth_date": date(2025, 3, 11)}, "paid_on"),
        ({"identities": ("king",)}, "identities"),
    ],
)
def test_contradicting_facts_are_malformed(given_facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Malformed) as refused:
        ask("150623", **given_facts)
    assert refused.value.field == field


# --- incentives ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("consecutive", "increase_fen"), [(1, 0), (4, 0), (5, 100_000), (7, 300_000)]
)
def test_consecutive_years_raise_the_cap(consecutive: int, increase_fen: int) -> None:
    paid = frozenset(range(2026 - consecutive, 2025)) | {2010}
    assert ask("national", paid_years=paid).cap_increase_fen == increase_fen
    with_zero = ask("150623", paid_years=paid, zero_claim_last_year=True)
    assert with_zero.cap_increase_fen == increase_fen + 100_000


def test_before_2025_nothing_raises_the_cap() -> None:
    paid = frozenset(range(2000, 2020))
    result = ask("330213", 2020, paid_years=paid, zero_claim_last_year=True)
    assert result.cap_increase_fen == 0


# --- properties ---------------------------------------------------------------------------

years = st.integers(2025, 2032)


@given(gap=st.integers(0, 6), repaired=st.integers(0, 8), window=st.booleans())
def test_waiting_is_monotone_in_lapse_and_repair(gap: int, repaired: int, window: bool) -> None:
    def total(lapsed: int, mended: int) -> int:
        fixed, variable = waits(lapsed, mended, window)
        assert fixed is not None
        assert variable is not None
        return fixed + variable

    assert total(gap, repaired) <= total(gap + 1, repaired)
    assert total(gap, repaired + 1) <= total(gap, repaired)
    assert total(gap, repaired) >= (6 if gap >= 4 else 0)


@pytest.mark.parametrize(("region", "year"), [("150623", 2025), ("330213", 2020)])
@given(data=st.data())
def test_who_pays_later_never_begins_sooner(data: st.DataObject, region: str, year: int) -> None:
    opens = {"150623": date(2024, 9, 1), "330213": date(2019, 10, 8)}[region]
    days = st.integers(0, 450).map(lambda n: opens + timedelta(days=n))
    first, second = sorted((data.draw(days), data.draw(days)))
    person: dict[str, Any] = {
        "identities": data.draw(st.sampled_from([(), ("orphan",)])),
        "paid_years": data.draw(st.sampled_from([frozenset[int](), frozenset({year - 1})])),
        "moved_in_from_army_on": data.draw(st.none() | st.just(date(year, 2, 3))),
    }
    sooner = begins(region, year, paid_on=first, **person)
    later = begins(region, year, paid_on=second, **person)
    if person["moved_in_from_army_on"] and first < date(year, 2, 3):
        return  # who pays before moving in is no army leaver yet
    assert later is None or (sooner is not None and sooner <= later)


@given(
    paid_on=st.dates(date(2024, 9, 1), date(2025, 12, 31)),
    on=st.dates(date(2024, 6, 1), date(2026, 6, 1)),
)
def test_benefits_hold_from_their_first_day_to_the_end_of_the_year(paid_on: date, on: date) -> None:
    result = ask("150623", paid_on=paid_on, on=on)
    expected = result.benefits_from is not None and result.benefits_from <= on <= date(2025, 12, 31)
    assert result.entitled is expected
    assert (result.code is None) is expected
