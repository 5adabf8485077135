"""The story of settlements, as a hospital, an agency and the clearing house live it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from protos.care.v1 import care_pb2 as care_v1
from protos.common.v1 import common_pb2 as common
from protos.house.v1 import house_pb2 as house_v1
from protos.insured.v1 import insured_pb2 as insured_v1
from tests.scenarios.serving import HOSPITAL, Served, eventually, header_of, serving

STAY = (date(2020, 6, 1), date(2020, 6, 10))
EXAMPLE = {"X0001": 3_950_000, "X0201": 50_000}  # 40,000.00, of which 500.00 own-pay


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("network")) as network:
        for region in ("310000", "330200", "140100"):
            network.designate(region, common.HOSPITAL_LEVEL_TERTIARY)
        network.designate("440700", common.HOSPITAL_LEVEL_PRIMARY)
        yield network


def _member(
    region: str, member_id: str, category: str, year: int, scheme: Any = common.SCHEME_RESIDENT,
    **account: Any,
) -> insured_v1.Member:  # fmt: skip
    span = insured_v1.EnrolmentSpan(
        scheme=scheme,
        category=category,
        benefit_from=f"{year}-01-01",
        benefit_until=f"{year}-12-31",
        enrolled_on=f"{year - 1}-11-01",
    )
    return insured_v1.Member(
        member_id=member_id,
        insured_region=region,
        birth_date="1960-05-01",
        spans=[span],
        **account,
    )


def _accumulators(served: Served, region: str, member_id: str) -> dict[str, int]:
    request = insured_v1.GetAccumulatorsRequest(insured_region=region, member_ids=[member_id])
    years = served.insured.GetAccumulators(request).accumulators
    return {name: value for year in years for name, value in year.values.items()}


def _day_lines(served: Served, region: str, on: date, settlement_id: str) -> list[Any]:
    request = care_v1.CareDayLinesRequest(care_region=region, on=on.isoformat())
    lines = served.care.ListDayLines(request).lines
    return [line for line in lines if line.settlement_id == settlement_id]


def _refer(served: Served, member_id: str) -> None:
    served.insured.FileRemoteCare(
        insured_v1.FileRemoteCareRequest(
            header=header_of("330213", f"file-{member_id}", date(2020, 5, 1), "desk"),
            member_id=member_id,
            category="referral",
            destination_region="310000",
            approved_on="2020-05-01",
        )
    )


def test_a_referral_to_shanghai_from_the_counter_to_the_books(served: Served) -> None:
    """The worked example: Fenghua pays 60 % of 38,300.00 (S3:88 and S3:138)."""
    served.register(_member("330213", "FH-REF", "adult_a", 2020), STAY[0])
    _refer(served, "FH-REF")
    seen = served.care.LookUpMember(
        care_v1.LookUpMemberRequest(
            care_region="310000", insured_region="330213", member_id="FH-REF", on="2020-06-01"
        )
    )
    assert (seen.entitled, seen.filing) == (True, common.FILING_REFERRAL)

    visit_id = served.visit("ref", "310000", "330213", "FH-REF", STAY, EXAMPLE)
    quoted = served.care.Quote(
        care_v1.QuoteRequest(
            care_region="310000",
            institution_id=HOSPITAL,
            visit_id=visit_id,
            business_time=header_of("310000", "x", STAY[1]).business_time,
        )
    )
    settled = served.settle("ref-settle", "310000", visit_id, STAY[1])
    assert settled.state == common.SETTLEMENT_STATE_SETTLED
    assert settled.payment.fund_fen == 2_298_000
    assert settled.payment.personal_fen == settled.payment.cash_fen == 1_702_000
    assert settled.payment.deductible_fen == 120_000
    assert settled.cost.own_pay_fen == 50_000
    assert quoted.payment == settled.payment

    explained = served.insured.ExplainSettlement(
        insured_v1.ExplainSettlementRequest(
            insured_region="330213", settlement_id=settled.settlement_id
        )
    )
    assert explained.adjudication.explanation[-1].running_fen == 2_298_000
    assert any(step.source == "S3:138" for step in explained.adjudication.explanation)

    (line,) = _day_lines(served, "310000", STAY[1], settled.settlement_id)
    request = insured_v1.InsuredDayLinesRequest(
        insured_region="330213", care_region="310000", on=STAY[1].isoformat()
    )
    theirs = [
        one
        for one in served.insured.ListDayLines(request).lines
        if one.settlement_id == settled.settlement_id
    ]
    assert [one.digest for one in theirs] == [line.digest]

    def owed() -> bool:
        positions = served.house.ListPositions(house_v1.ListPositionsRequest()).positions
        return any(p.payer_region == "330213" and p.payee_region == "310000" for p in positions)

    eventually(owed)


@pytest.mark.parametrize(("category", "fund_fen"), [("adult_a", 2_681_000), ("adult_b", 2_489_500)])
def test_at_home_in_ningbo_nothing_reaches_the_clearing_house(
    served: Served, category: str, fund_fen: int
) -> None:
    member_id = f"FH-HOME-{category}"
    served.register(_member("330213", member_id, category, 2020), STAY[0])
    visit_id = served.visit(
        member_id, "330200", "330213", member_id, STAY, EXAMPLE, selected_institution=True
    )
    settled = served.settle(f"{member_id}-settle", "330200", visit_id, STAY[1])
    assert settled.payment.fund_fen == fund_fen
    assert _day_lines(served, "330200", STAY[1], settled.settlement_id) == []
    positions = served.house.ListPositions(house_v1.ListPositionsRequest()).positions
    assert all(position.payee_region != "330200" for position in positions)


def test_unfiled_with_its_records_found_true_is_ten_points_less(served: Served) -> None:
    served.register(_member("330213", "FH-UNF", "adult_a", 2020), STAY[0])
    visit_id = served.visit(
        "unf", "310000", "330213", "FH-UNF", STAY, EXAMPLE, records_verified=True
    )
    settled = served.settle("unf-settle", "310000", visit_id, STAY[1])
    assert settled.payment.fund_fen == 1_915_000


def test_jiangmen_pays_up_to_its_monthly_cap(served: Served) -> None:
    """In May 2022 the cap was 50.00 at a primary institution; June has its own (S4:65)."""
    served.register(
        _member("440700", "JM-1", "active", 2022, common.SCHEME_EMPLOYEE), date(2022, 1, 1)
    )
    paid = []
    for number, day in enumerate((date(2022, 5, 9), date(2022, 5, 20), date(2022, 6, 2))):
        visit_id = served.visit(
            f"jm{number}", "440700", "440700", "JM-1", (day, day), {"X0001": 6_000},
            selected_institution=True,
        )  # fmt: skip
        paid.append(served.settle(f"jm{number}-s", "440700", visit_id, day).payment.fund_fen)
    assert paid == [4_200, 800, 4_200]  # 70 % of 60.00, what the cap leaves, the next month


def test_two_visits_in_shanxi_share_the_cap_of_their_day(served: Served) -> None:
    served.register(_member("140100", "SX-1", "adult", 2021), date(2021, 1, 1))
    day = date(2021, 5, 1)
    paid = []
    for number, fen in enumerate((6_000, 12_000)):
        visit_id = served.visit(
            f"sx{number}", "140100", "140100", "SX-1", (day, day), {"X0001": fen},
            selected_institution=True,
        )  # fmt: skip
        settled = served.settle(f"sx{number}-s", "140100", visit_id, day)
        assert settled.illustrative
        paid.append(settled.payment.fund_fen)
    assert paid == [3_000, 2_000]  # 50 % (illustrative), 50.00 a day (S1:45)


def test_an_account_of_a_third_region_pays_and_is_paid_back(served: Served) -> None:
    day = date(2023, 6, 1)
    served.register(_member("990100", "EX-1", "active", 2023, common.SCHEME_EMPLOYEE), day)
    mother = _member(
        "970100", "EX-M", "active", 2023, common.SCHEME_EMPLOYEE,
        account_id="ACC-M", account_balance_fen=50_000, account_shared_with=["EX-1"],
    )  # fmt: skip
    served.register(mother, day)
    visit_id = served.visit("acc", "310000", "990100", "EX-1", (day, day), {"X0001": 100_000})
    settled = served.settle(
        "acc-s", "310000", visit_id, day,
        use_account=True, account_id="ACC-M", account_region="970100",
    )  # fmt: skip
    assert (settled.payment.account_fen, settled.payment.cash_fen) == (50_000, 29_000)
    kinds = {line.kind: line for line in _day_lines(served, "310000", day, settled.settlement_id)}
    assert kinds["debit"].payer_region == "970100"
    assert kinds["settlement"].payer_region == "990100"

    cancelled = served.care.CancelSettlement(
        care_v1.CancelSettlementRequest(
            header=header_of("310000", "acc-c", day), settlement_id=settled.settlement_id
        )
    )
    assert cancelled.state == common.SETTLEMENT_STATE_CANCELLED
    assert cancelled.payment.account_fen == -50_000
    asked = insured_v1.GetMemberRequest(insured_region="970100", member_id="EX-M")
    assert served.insured.GetMember(asked).account_balance_fen == 50_000
    assert _accumulators(served, "990100", "EX-1") == {}


def test_a_person_decides_what_no_document_does(served: Served) -> None:
    served.register(_member("330213", "FH-MAN", "adult_a", 2020), STAY[0])
    visit_id = served.visit("man", "310000", "330213", "FH-MAN", STAY, EXAMPLE)
    settled = served.settle("man-s", "310000", visit_id, STAY[1])
    assert settled.state == common.SETTLEMENT_STATE_MANUAL
    assert settled.outcome == common.OUTCOME_MANUAL
    assert settled.code
    assert settled.payment == common.PaymentSplit()

    cases = served.insured.ListManualCases(
        insured_v1.ListManualCasesRequest(insured_region="330213", state="open")
    ).cases
    (case,) = [case for case in cases if case.member_id == "FH-MAN"]
    assert case.code == settled.code
    decision = insured_v1.DecideManualCaseRequest(
        header=header_of("330213", "man-decide", date(2020, 7, 1), "desk"),
        case_id=case.case_id,
        by_fund=[common.FundAmount(fund=common.FUND_POOLED, amount_fen=1_000_000)],
        additions={"inpatient/fees": 3_950_000},
        decided_by="张三",
        reason="records were found after all",
    )
    decided = served.insured.DecideManualCase(decision)
    assert (decided.state, decided.decided_fund_fen) == ("decided", 1_000_000)
    assert served.insured.DecideManualCase(decision) == decided
    assert _accumulators(served, "330213", "FH-MAN") == {"inpatient/fees": 3_950_000}
    assert _day_lines(served, "310000", STAY[1], settled.settlement_id) == []


def test_a_request_reversed_before_it_comes_is_a_tombstone(served: Served) -> None:
    served.register(_member("330213", "FH-TOMB", "adult_a", 2020), STAY[0])
    visit_id = served.visit("tomb", "310000", "330213", "FH-TOMB", STAY, EXAMPLE)
    reversed_ = served.care.ReverseRequest(
        care_v1.ReverseRequestRequest(
            header=header_of("310000", "tomb-r", STAY[1]),
            target_request_id="tomb-s",
            member_id="FH-TOMB",
            insured_region="330213",
        )
    )
    assert reversed_.result == "tombstoned"
    with pytest.raises(grpc.RpcError) as caught:
        served.settle("tomb-s", "310000", visit_id, STAY[1])
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION


def test_every_server_tells_its_health_and_its_methods(served: Served) -> None:
    names = {
        served.addresses.care: "yidi.care.v1.CareRegionService",
        served.addresses.insured: "yidi.insured.v1.InsuredRegionService",
        served.addresses.house: "yidi.house.v1.ClearingHouseService",
    }
    for address, name in names.items():
        with grpc.insecure_channel(address) as channel:
            for asked in (name, ""):
                status = health_pb2_grpc.HealthStub(channel).Check(
                    health_pb2.HealthCheckRequest(service=asked)
                )
                assert status.status == health_pb2.HealthCheckResponse.SERVING
            stub = reflection_pb2_grpc.ServerReflectionStub(channel)
            requests = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
            (answer,) = stub.ServerReflectionInfo(requests)
            assert name in {one.name for one in answer.list_services_response.service}


def test_the_day_reconciles_and_the_journal_verifies(served: Served) -> None:
    for name in ("rec-1", "rec-2"):  # of its own: another worker may have had the tests above
        served.register(_member("330213", name, "adult_a", 2020), STAY[0])
        _refer(served, name)
        visit_id = served.visit(name, "310000", "330213", name, STAY, EXAMPLE)
        settled = served.settle(f"{name}-settle", "310000", visit_id, STAY[1])
        assert settled.state == common.SETTLEMENT_STATE_SETTLED
    asked = count(1)

    def in_balance() -> bool:
        request = house_v1.ReconcileDayRequest(
            header=header_of("000000", f"reconcile-{next(asked)}", STAY[1], "operator"),
            on=STAY[1].isoformat(),
        )
        answer = served.house.ReconcileDay(request)
        assert not answer.unreachable_regions
        return answer.matched_lines >= 2 and not answer.breaks

    eventually(in_balance)
    assert served.house.VerifyJournal(house_v1.VerifyJournalRequest()).sound
