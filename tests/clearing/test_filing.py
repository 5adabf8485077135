from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.claim import Filing
from clearing.errors import Malformed, Rejected, RuleError
from clearing.filing import (
    CareFacts,
    FilingCategory,
    FilingRecord,
    FilingRequest,
    FilingRules,
    GoverningFiling,
    change,
    file,
    governing,
    read_filing_rules,
    renew,
    resolve_filing_rules,
    revoke,
)
from clearing.geography import filing_area, is_home
from tests.clearing.region_texts import texts
from tests.strategies import care_regions

FENGHUA = "330213"
DAY = timedelta(days=1)


@cache
def rules(region: str) -> FilingRules:
    files = {name: read_filing_rules(*text) for name, text in texts("filing.yaml").items()}
    return resolve_filing_rules(region, files)


def filed(
    region: str,
    category: str,
    destination: str,
    approved_on: date,
    filing_id: str = "f1",
    committed: bool = False,
) -> FilingRecord:
    request = FilingRequest(
        filing_id, "m1", FilingCategory(category), destination, approved_on, committed
    )
    return file(rules(region), request)


def visit(
    region: str,
    filings: list[FilingRecord],
    care_region: str,
    on: date,
    settled_on: date | None = None,
    emergency: bool = False,
    verified: bool = False,
) -> GoverningFiling:
    facts = CareFacts(emergency, verified)
    return governing(filings, care_region, on, settled_on or on, facts, rules(region))


# --- Fenghua 2020 -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("approved_on", "valid_until"),
    [(date(2020, 2, 29), date(2021, 2, 28)), (date(2020, 5, 10), date(2021, 5, 10))],
)
def test_fenghua_referral_is_valid_for_twelve_months(approved_on: date, valid_until: date) -> None:
    record = filed(FENGHUA, "referral", "310000", approved_on)
    assert (record.valid_from, record.valid_until) == (approved_on, valid_until)
    first, last, after = (
        visit(FENGHUA, [record], "310104", on)
        for on in (approved_on, valid_until, valid_until + DAY)
    )
    assert (first.filing, first.filing_id) == (Filing.REFERRAL, "f1")
    assert (last.filing, last.filing_id) == (Filing.REFERRAL, "f1")
    assert (after.filing, after.filing_id) == (Filing.UNFILED, None)
    assert [(r.step, r.source) for r in first.reasons] == [
        ("filing_referral", "S3:134"),
        ("area", "S3:147"),
    ]


@pytest.mark.parametrize(
    ("destination", "inside", "outside"),
    [
        ("310104", "310115", "320500"),  # a municipality is one area
        ("460100", "460200", "450100"),  # so is Hainan
        ("540100", "542600", "630100"),  # and Tibet
        ("330100", "330106", "330400"),  # elsewhere the prefecture
        ("320500", "320583", "320100"),
    ],
)
def test_area_of_effect(destination: str, inside: str, outside: str) -> None:
    record = filed(FENGHUA, "referral", destination, date(2020, 3, 1))
    on = date(2020, 4, 1)
    assert visit(FENGHUA, [record], inside, on).filing is Filing.REFERRAL
    assert visit(FENGHUA, [record], outside, on).filing is Filing.UNFILED


def test_fenghua_long_term_has_effect_from_next_month_and_suspends_home() -> None:
    record = filed(FENGHUA, "long_term_resident", "310000", date(2020, 5, 6))
    assert record.valid_from == date(2020, 6, 1)
    assert record.valid_until is None
    before, after = date(2020, 5, 20), date(2020, 6, 1)
    assert visit(FENGHUA, [record], "330200", before).filing is Filing.LOCAL
    assert visit(FENGHUA, [record], "310000", before).filing is Filing.UNFILED
    assert visit(FENGHUA, [record], "310000", after).filing is Filing.LONG_TERM
    home = visit(FENGHUA, [record], "330200", after)
    assert (home.filing, home.filing_id, home.code) == (
        Filing.LONG_TERM,
        "f1",
        "local_benefits_suspended",
    )
    assert home.reasons[0].source == "S3:145"


def test_fenghua_long_term_is_locked_for_six_months_from_its_effect() -> None:
    record = filed(FENGHUA, "long_term_resident", "310000", date(2020, 5, 6))
    assert record.locked_until == date(2020, 12, 1)
    for on in (date(2020, 5, 7), date(2020, 12, 1)):
        with pytest.raises(Rejected) as refused:
            revoke(record, on)
        assert (refused.value.code, refused.value.field) == ("filing_locked", "revoked_on")
    revoked = revoke(record, date(2020, 12, 2))
    assert visit(FENGHUA, [revoked], "330200", date(2020, 12, 1)).filing is Filing.LONG_TERM
    assert visit(FENGHUA, [revoked], "330200", date(2020, 12, 2)).filing is Filing.LOCAL
    request = FilingRequest(
        "f2", "m1", FilingCategory.LONG_TERM_RESIDENT, "110000", date(2020, 12, 1)
    )
    with pytest.raises(Rejected) as refused:
        change(rules(FENGHUA), record, request)
    assert refused.value.code == "filing_locked"


def test_a_change_revokes_and_files_anew() -> None:
    record = filed(FENGHUA, "long_term_resident", "310000", date(2020, 1, 6))
    request = FilingRequest(
        "f2", "m1", FilingCategory.LONG_TERM_RESIDENT, "110000", date(2020, 9, 10)
    )
    revoked, new = change(rules(FENGHUA), record, request, [record])
    assert revoked.revoked_on == date(2020, 9, 10)
    assert (new.valid_from, new.replaces) == (date(2020, 10, 1), "f1")
    both = [revoked, new]
    assert visit(FENGHUA, both, "310000", date(2020, 9, 9)).filing_id == "f1"
    assert visit(FENGHUA, both, "310000", date(2020, 9, 10)).filing is Filing.UNFILED
    assert visit(FENGHUA, both, "110000", date(2020, 10, 1)).filing_id == "f2"
    other = replace(request, member_id="m2")
    with pytest.raises(Rejected) as refused:
        change(rules(FENGHUA), record, other)
    assert refused.value.code == "filing_of_another_member"


def test_fenghua_renewal_needs_the_follow_up_opinion_after_expiry() -> None:
    record = filed(FENGHUA, "referral", "310000", date(2019, 11, 5))
    assert record.valid_until == date(2020, 5, 5)  # the plain rules of 2019: six months
    with pytest.raises(Rejected) as refused:
        renew(rules(FENGHUA), record, "f2", date(2020, 5, 5), follow_up_opinion=True)
    assert refused.value.code == "filing_still_valid"
    with pytest.raises(Rejected) as refused:
        renew(rules(FENGHUA), record, "f2", date(2020, 5, 6), follow_up_opinion=False)
    assert refused.value.code == "follow_up_opinion_missing"
    renewed = renew(rules(FENGHUA), record, "f2", date(2020, 5, 6), follow_up_opinion=True)
    assert (renewed.valid_until, renewed.replaces) == (date(2021, 5, 6), "f1")
    assert (renewed.category, renewed.destination_region) == (FilingCategory.REFERRAL, "310000")


def test_fenghua_unfiled_care_depends_on_the_records() -> None:
    on = date(2020, 6, 1)
    assert visit(FENGHUA, [], "310000", on, verified=True).filing is Filing.UNFILED_VERIFIED
    assert visit(FENGHUA, [], "310000", on).filing is Filing.UNFILED
    # An emergency is not in the document: told apart, so that the benefit rules leave it open.
    assert visit(FENGHUA, [], "310000", on, emergency=True).filing is Filing.EMERGENCY


def test_fenghua_filing_after_admission_does_not_count() -> None:
    record = filed(FENGHUA, "referral", "310000", date(2020, 6, 5))
    stay = visit(FENGHUA, [record], "310000", date(2020, 6, 1), date(2020, 6, 10))
    assert stay.filing is Filing.UNFILED


@pytest.mark.parametrize("category", ["emergency", "other_temporary"])
def test_what_fenghua_does_not_know_is_not_filed(category: str) -> None:
    with pytest.raises(Rejected) as refused:
        filed(FENGHUA, category, "310000", date(2020, 6, 5))
    assert (refused.value.code, refused.value.field) == ("filing_category_not_given", "category")


# --- the national notice, from 2023 -------------------------------------------------------

NATIONAL_REGIONS = ["330213", "440700", "140000", "140100", "980100", "970100"]


@pytest.mark.parametrize("region", NATIONAL_REGIONS)
def test_emergency_is_treated_as_filed(region: str) -> None:
    stay = visit(region, [], "310000", date(2023, 1, 1), emergency=True)
    assert (stay.filing, stay.reasons[0].source) == (Filing.EMERGENCY, "national-2022-22")


@pytest.mark.parametrize("region", NATIONAL_REGIONS)
def test_a_filing_completed_before_discharge_counts(region: str) -> None:
    record = filed(region, "referral", "310000", date(2023, 6, 5))
    admitted, settled = date(2023, 6, 1), date(2023, 6, 10)
    stay = visit(region, [record], "310000", admitted, settled)
    assert (stay.filing, stay.filing_id) == (Filing.REFERRAL, "f1")
    assert stay.reasons[-1].step == "late_filing"
    too_late = visit(region, [record], "310000", admitted, date(2023, 6, 4))
    assert too_late.filing is Filing.UNFILED


def test_the_edition_is_that_of_the_admission() -> None:
    record = filed(FENGHUA, "referral", "310000", date(2023, 1, 5))
    across = visit(FENGHUA, [record], "310000", date(2022, 12, 31), date(2023, 1, 9))
    assert across.filing is Filing.UNFILED
    assert visit("440700", [], "310000", date(2022, 12, 31), verified=True).filing is Filing.UNFILED


def test_long_term_gives_both_places() -> None:
    record = filed("970100", "relocated_retiree", "310000", date(2023, 5, 6))
    assert (record.valid_from, record.valid_until) == (date(2023, 5, 6), None)
    assert record.locked_until == date(2023, 11, 6)
    for place in ("310000", "970100"):
        stay = visit("970100", [record], place, date(2030, 5, 6))
        assert (stay.filing, stay.filing_id, stay.code) == (Filing.LONG_TERM, "f1", None)


def test_who_filed_on_a_commitment_has_both_places_once_the_proof_is_in() -> None:
    record = filed("970100", "posted_worker", "310000", date(2023, 5, 6), committed=True)
    on = date(2023, 6, 1)
    assert visit("970100", [record], "970100", on).code == "commitment_proof_missing"
    assert visit("970100", [record], "310000", on).code is None
    proved = replace(record, proof_on=on)
    assert visit("970100", [proved], "970100", on).code is None
    assert visit("970100", [proved], "970100", on - DAY).code == "commitment_proof_missing"


def test_other_temporary_care_stands_as_unreferred() -> None:
    record = filed("980100", "other_temporary", "310000", date(2023, 5, 6))
    assert record.valid_until == date(2023, 11, 6)
    stay = visit("980100", [record], "310000", date(2023, 6, 1))
    assert (stay.filing, stay.filing_id) == (Filing.UNFILED, "f1")
    urgent = visit("980100", [record], "310000", date(2023, 6, 1), emergency=True)
    assert (urgent.filing, urgent.filing_id) == (Filing.EMERGENCY, None)


def test_a_region_may_give_more_than_the_notice() -> None:
    record = filed("990100", "referral", "310000", date(2023, 5, 6))
    assert record.valid_until == date(2024, 5, 6)


def test_jiangmen_exempts_emergencies_before_2023() -> None:
    stay = visit("440700", [], "440100", date(2022, 8, 1), emergency=True)
    assert (stay.filing, stay.reasons[0].source) == (Filing.EMERGENCY, "S4:119")


# --- precedence ---------------------------------------------------------------------------


def test_the_filing_nearest_to_home_level_governs_then_the_newest() -> None:
    on = date(2023, 6, 1)
    referral = filed("970100", "referral", "310000", date(2023, 5, 1), "a")
    newer = filed("970100", "referral", "310104", date(2023, 5, 2), "b")
    other = filed("970100", "other_temporary", "310000", date(2023, 5, 3), "c")
    long_term = filed("970100", "long_term_resident", "310000", date(2023, 1, 3), "d")
    assert visit("970100", [referral, newer, other], "310000", on).filing_id == "b"
    assert visit("970100", [referral, newer, other], "310000", on, emergency=True).filing_id == "b"
    assert visit("970100", [long_term, referral, newer], "310000", on).filing_id == "d"
    elsewhere = filed("970100", "long_term_resident", "110000", date(2023, 1, 3), "e")
    assert visit("970100", [elsewhere, referral], "310000", on).filing_id == "a"


# --- refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("destination", "code"),
    [
        ("330200", "filing_at_home"),
        ("330213", "filing_at_home"),
        ("810000", "filing_outside_mainland"),
    ],
)
def test_where_nobody_files(destination: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        filed(FENGHUA, "referral", destination, date(2020, 6, 5))
    assert (refused.value.code, refused.value.field) == (code, "destination_region")


def test_a_destination_is_six_digits() -> None:
    with pytest.raises(Malformed) as refused:
        filed(FENGHUA, "referral", "31", date(2020, 6, 5))
    assert refused.value.field == "destination_region"


def test_only_one_long_term_filing_lives() -> None:
    first = filed("970100", "long_term_resident", "310000", date(2023, 1, 3))
    request = FilingRequest("f2", "m1", FilingCategory.POSTED_WORKER, "110000", date(2023, 9, 1))
    with pytest.raises(Rejected) as refused:
        file(rules("970100"), request, [first])
    assert refused.value.code == "filing_exists"
    assert file(rules("970100"), request, [revoke(first, date(2023, 9, 1))]).filing_id == "f2"


def test_revoking_what_is_dead_is_refused() -> None:
    record = filed("970100", "referral", "310000", date(2023, 1, 3))
    revoked = revoke(record, date(2023, 2, 1))
    codes = []
    for filing, on in (
        (revoked, date(2023, 2, 2)),
        (record, date(2023, 7, 4)),
        (record, date(2023, 1, 2)),
    ):
        with pytest.raises(Rejected) as refused:
            revoke(filing, on)
        codes.append(refused.value.code)
    assert codes == ["filing_revoked", "filing_expired", "filing_not_yet_approved"]


def test_renewing_what_needs_none_is_refused() -> None:
    long_term = filed("970100", "posted_worker", "310000", date(2023, 1, 3))
    revoked = revoke(filed("970100", "referral", "310000", date(2023, 1, 3)), date(2023, 2, 1))
    codes = []
    for filing in (long_term, revoked):
        with pytest.raises(Rejected) as refused:
            renew(rules("970100"), filing, "f2", date(2024, 1, 1), follow_up_opinion=True)
        codes.append(refused.value.code)
    assert codes == ["filing_indefinite", "filing_revoked"]


def test_before_every_edition_there_is_no_answer() -> None:
    with pytest.raises(RuleError) as refused:
        visit(FENGHUA, [], "310000", date(1999, 12, 31))
    assert refused.value.code == "filing_edition_missing"


# --- properties ---------------------------------------------------------------------------

days = st.dates(date(2019, 1, 1), date(2025, 12, 31))
optional_days = st.none() | days

records = st.builds(
    FilingRecord,
    filing_id=st.sampled_from("abcdef"),
    member_id=st.just("m1"),
    insured_region=st.just(FENGHUA),
    category=st.sampled_from(FilingCategory),
    destination_region=care_regions.filter(lambda code: not is_home(FENGHUA, code)),
    approved_on=days,
    valid_from=days,
    valid_until=optional_days,
    locked_until=st.none(),
    revoked_on=optional_days,
    committed=st.booleans(),
    proof_on=optional_days,
)


@given(
    filings=st.lists(records, max_size=6, unique_by=lambda record: record.filing_id),
    care_region=care_regions,
    admitted_on=days,
    nights=st.integers(0, 60),
    emergency=st.booleans(),
    verified=st.booleans(),
)
def test_a_filing_never_governs_outside_its_area_and_dates(
    filings: list[FilingRecord],
    care_region: str,
    admitted_on: date,
    nights: int,
    emergency: bool,
    verified: bool,
) -> None:
    settled_on = admitted_on + timedelta(days=nights)
    stay = visit(FENGHUA, filings, care_region, admitted_on, settled_on, emergency, verified)
    assert stay.reasons
    assert stay == visit(
        FENGHUA, filings[::-1], care_region, admitted_on, settled_on, emergency, verified
    )
    if is_home(FENGHUA, care_region):
        assert stay.filing in (Filing.LOCAL, Filing.LONG_TERM)
    else:
        assert stay.filing is not Filing.LOCAL
    if stay.filing_id is None:
        assert stay.filing not in (Filing.LONG_TERM, Filing.REFERRAL)
        return
    record = next(record for record in filings if record.filing_id == stay.filing_id)
    last = record.valid_until or date.max
    ended = record.revoked_on or date.max
    assert record.valid_from <= settled_on
    assert admitted_on <= last
    assert admitted_on < ended
    if stay.filing is not Filing.LONG_TERM or not is_home(FENGHUA, care_region):
        assert care_region.startswith(filing_area(record.destination_region))
    if admitted_on < date(2023, 1, 1):
        assert record.valid_from <= admitted_on


@given(approved_on=days, category=st.sampled_from(["referral", "long_term_resident"]))
def test_a_new_filing_has_its_dates_in_order(approved_on: date, category: str) -> None:
    record = filed(FENGHUA, category, "310000", approved_on)
    assert approved_on <= record.valid_from <= approved_on + timedelta(days=31)
    assert record.valid_until is None or record.valid_until > record.valid_from
    assert record.in_force(record.valid_from)
    if record.locked_until is not None:
        unlocked = revoke(record, record.locked_until + DAY)
        assert not unlocked.in_force(record.locked_until + DAY)
        assert unlocked.in_force(record.locked_until)
