"""The agency's desk: members, their accounts, and filings of remote care."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clearing.benefits.claim import CareType, Filing, HospitalLevel, Scheme
from clearing.errors import Malformed, NotFound, Rejected
from clearing.messages import CostSplit
from services.insured_region import commands as desk
from services.insured_region import records as kept
from tests.services.insured_region.agency import NOON_2020, Agency
from tests.services.insured_region.conftest import SPAN

MEMBER = desk.MemberEntry("M2", "330213", date(1980, 1, 1), (), (SPAN,), "A2", 500, ("M1",))


def test_a_member_is_shown_with_the_account_as_it_stands(agency: Agency) -> None:
    agency.register(MEMBER)
    assert agency.ask(desk.GetMember("330213", "M2")) == MEMBER
    # Registered again, the balance stays: it moves by debits only.
    agency.register(replace(MEMBER, account_balance_fen=9_999, account_shared_with=()))
    shown = agency.ask(desk.GetMember("330213", "M2"))
    assert (shown.account_balance_fen, shown.account_shared_with) == (500, ())
    with pytest.raises(NotFound):
        agency.ask(desk.GetMember("330213", "nobody"))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"insured_region": "970100"}, "region_mismatch", "members[1].insured_region"),
        ({"identities": ("king",)}, "identity_unknown", "members[1].identities[0]"),
        ({"spans": (replace(SPAN, category="active"),)}, "category_unknown",
         "members[1].spans[0].category"),
        ({"account_balance_fen": -1}, "balance_negative", "members[1].account_balance_fen"),
        ({"member_id": "M2"}, "member_twice", "members[1].member_id"),
        ({"account_id": ""}, "balance_without_account", "members[1].account_id"),
        ({"birth_date": date(2020, 6, 11)}, "date_in_future", "members[1].birth_date"),
        ({"account_id": "A2"}, "account_held", "members[1].account_id"),
    ],
)  # fmt: skip
def test_members_are_registered_all_or_none(
    agency: Agency, changes: dict[str, Any], code: str, field: str
) -> None:
    other = replace(MEMBER, **{"member_id": "M3", "account_id": "A3", **changes})
    with pytest.raises(Rejected) as caught:
        agency.do("bad", desk.RegisterMembers((MEMBER, other)))
    assert (caught.value.code, caught.value.field) == (code, field)
    assert [row.member_id for row in agency.pump.rows(agency.at, kept.Member)] == ["M1"]


def test_one_to_five_hundred_members_are_registered_in_a_call(agency: Agency) -> None:
    for number, members in enumerate(((), (MEMBER,) * 501)):
        with pytest.raises(Malformed) as caught:
            agency.do(f"b{number}", desk.RegisterMembers(members))
        assert (caught.value.code, caught.value.field) == ("batch_size", "members")


def test_a_filing_names_what_is_wrong_with_it(agency: Agency) -> None:
    before_the_rules = date(1990, 1, 1)
    good = desk.FileRemoteCare("nobody", "referral", "310000", before_the_rules)
    for code, field, request in (
        ("filing_category", "category", replace(good, category="holiday")),
        ("region_code", "destination_region", replace(good, destination_region="31")),
        ("member_unknown", "member_id", good),
        ("filing_edition_missing", "approved_on", replace(good, member_id="M1")),
    ):
        with pytest.raises(Rejected) as caught:
            agency.do(f"f-{code}", request)
        assert (caught.value.code, caught.value.field) == (code, field)
    change = desk.ChangeFiling("none", "holiday", "31", before_the_rules)
    for code, changed in (
        ("filing_category", change),
        ("region_code", replace(change, category="referral")),
        ("filing_unknown", replace(change, category="referral", destination_region="310000")),
    ):
        with pytest.raises(Rejected) as caught:
            agency.do(f"c-{code}", changed)
        assert caught.value.code == code


def test_a_filing_is_locked_then_changed_or_revoked(agency: Agency) -> None:
    filed = agency.do(
        "f1", desk.FileRemoteCare("M1", "long_term_resident", "310000", date(2020, 5, 6))
    )
    assert filed.valid_from == date(2020, 6, 1)
    assert filed.locked_until == date(2020, 12, 1)
    with pytest.raises(Rejected) as caught:
        agency.do("r1", desk.RevokeFiling(filed.filing_id, date(2020, 12, 1)))
    assert caught.value.code == "filing_locked"
    with pytest.raises(Rejected):
        agency.do(
            "c1",
            desk.ChangeFiling(filed.filing_id, "referral", "110000", date(2020, 7, 1)),
        )
    assert len(agency.ask(desk.ListFilings("330213", "M1")).filings) == 1
    revoked = agency.do("r2", desk.RevokeFiling(filed.filing_id, date(2020, 12, 2)))
    assert revoked.revoked_on == date(2020, 12, 2)
    unknown = (
        desk.RevokeFiling("none", date(2020, 12, 2)),
        desk.FileRemoteCare("nobody", "referral", "310000", date(2020, 5, 6)),
    )
    for number, payload in enumerate(unknown):
        with pytest.raises(NotFound):
            agency.do(f"x{number}", payload)


def test_entitlement_tells_cover_and_filing(agency: Agency) -> None:
    agency.do("f1", desk.FileRemoteCare("M1", "referral", "310000", date(2020, 5, 6)))
    seen = agency.ask(desk.LookUpEntitlement("330213", "M1", "310000", date(2020, 6, 1)))
    assert (seen.entitled, seen.filing, seen.scheme) == (True, Filing.REFERRAL, Scheme.RESIDENT)
    later = agency.ask(desk.LookUpEntitlement("330213", "M1", "310000", date(2021, 1, 1)))
    assert (later.entitled, later.reason_code) == (False, "enrolment_ended")


FACTS = desk.VisitFacts(
    "M1", "310000", HospitalLevel.TERTIARY, CareType.INPATIENT, date(2020, 6, 1),
    date(2020, 6, 10), False, True, False, CostSplit(4_000_000, 50_000, 0, 0, 3_950_000),
)  # fmt: skip


def test_a_quote_is_what_settling_gives_and_changes_nothing(agency: Agency) -> None:
    quoted = agency.ask(desk.QuoteClaim("330213", FACTS, NOON_2020))
    assert agency.accumulators() == {}
    assert dict(agency.settle("s1").by_fund) == dict(quoted.payment.by_fund)
    assert agency.accumulators() == {k: v for k, v in quoted.additions.items() if v}


CLAIM = desk.ClaimEntry(
    "330213", Scheme.RESIDENT, "adult_a", date(1960, 5, 1), "310000", HospitalLevel.TERTIARY,
    CareType.INPATIENT, date(2020, 6, 1), date(2020, 6, 10), Filing.REFERRAL,
    cost=CostSplit(4_000_000, 50_000),
)  # fmt: skip


def test_a_claim_is_adjudicated_after_the_accumulators_given(agency: Agency) -> None:
    decided = agency.ask(desk.Adjudicate(CLAIM))
    assert decided.payment.fund_fen == 2_298_000
    assert decided.explanation[-1].running_fen == 2_298_000
    second = agency.ask(desk.Adjudicate(CLAIM, decided.additions))
    assert str(second.outcome) == "manual"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cost": CostSplit(100, 200)}, "claim.cost"),
        ({"cost": CostSplit(100, 0, 0, 0, 99)}, "claim.cost.in_scope_fen"),
        ({"cost": CostSplit(-1)}, "claim.cost.total_fen"),
        ({"category": "active"}, "claim.category"),
        ({"discharged_on": date(2020, 5, 31)}, "claim.discharged_on"),
        ({"filing": Filing.LOCAL}, "claim.filing"),
    ],
)
def test_a_malformed_claim_names_its_field(
    agency: Agency, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Malformed) as caught:
        agency.ask(desk.Adjudicate(replace(CLAIM, **changes)))
    assert (caught.value.field or "").startswith(field)


def test_days_are_shown_by_bucket_and_by_line(agency: Agency) -> None:
    agency.settle("s1")
    (total,) = agency.ask(desk.GetDayTotals("330213", date(2020, 6, 10))).totals
    assert (total.lines, total.fund_fen, total.total_fen) == (1, 1_915_000, 4_000_000)
    (line,) = agency.ask(desk.ListDayLines("330213", "310000", date(2020, 6, 10))).lines
    assert line.line_id == "s1"
    assert agency.ask(desk.ListDayLines("330213", "110000", date(2020, 6, 10))).lines == ()
    assert agency.ask(desk.GetDayTotals("330213", date(2020, 6, 9))).totals == ()
