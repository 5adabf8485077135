"""A network that stops in the middle, and one that waits for a region nobody hosts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clearing.errors import Rejected
from protos.care.v1 import care_pb2 as care_v1
from protos.common.v1 import common_pb2 as common
from protos.house.v1 import house_pb2 as house_v1
from protos.insured.v1 import insured_pb2 as insured_v1
from services.network.network import Network
from services.network.settings import LogFaults, NetworkSettings
from tests.effort import thorough_only
from tests.scenarios.serving import HOSPITAL, Served, eventually, header_of, serving

DAY = date(2023, 6, 1)


def _prepare(served: Served, members: int) -> list[str]:
    """Register members and open a visit for each."""
    served.designate("310000", common.HOSPITAL_LEVEL_TERTIARY)
    span = insured_v1.EnrolmentSpan(
        scheme=common.SCHEME_EMPLOYEE, category="active", benefit_from="2023-01-01",
        benefit_until="2023-12-31", enrolled_on="2022-11-01",
    )  # fmt: skip
    visits = []
    for number in range(members):
        member = insured_v1.Member(
            member_id=f"M{number}", insured_region="990100", birth_date="1980-05-01",
            spans=[span], account_id=f"A{number}", account_balance_fen=10_000,
        )  # fmt: skip
        served.register(member, DAY)
        visits.append(
            served.visit(
                f"v{number}", "310000", "990100", f"M{number}", (DAY, DAY), {"X0001": 100_000}
            )
        )
    return visits


def _settle(served: Served, number: int, visit_id: str) -> care_v1.SettlementResponse:
    return served.settle(f"s{number}", "310000", visit_id, DAY, use_account=True)


def test_a_network_that_stops_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, answer_within_s=0.0) as served:
        visits = _prepare(served, 12)
        # The counter hears "unknown" at once, and the network stops with work on its way.
        told = [_settle(served, number, visit) for number, visit in enumerate(visits)]
        assert common.SETTLEMENT_STATE_REQUESTED in {answer.state for answer in told}
    with serving(tmp_path) as served:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda v: _settle(served, v[0], v[1]), enumerate(visits)))
        assert {answer.state for answer in answers} == {common.SETTLEMENT_STATE_SETTLED}
        assert {a.payment.account_fen for a in answers} == {10_000}
        assert [a.settlement_id for a in answers] == [a.settlement_id for a in told]

        def posted() -> bool:
            found = served.house.ListPositions(house_v1.ListPositionsRequest()).positions
            return sum(int(position.lines) for position in found) == 24  # settlements and debits

        eventually(posted)
        answer = served.house.ReconcileDay(
            house_v1.ReconcileDayRequest(
                header=header_of("000000", "r", DAY, "operator"), on=DAY.isoformat()
            )
        )
        assert (list(answer.breaks), answer.matched_lines) == ([], 24)
    with serving(tmp_path) as served:
        again = [_settle(served, number, visit) for number, visit in enumerate(visits)]
        assert again == answers
        seen = served.care.GetVisits(
            care_v1.GetVisitsRequest(care_region="310000", visit_ids=visits)
        )
        assert [visit.settlement for visit in seen.visits] == answers


@thorough_only
def test_a_log_that_loses_and_repeats_changes_nothing(tmp_path: Path) -> None:
    faults = LogFaults(7, repeat_every=3, unconfirmed_every=3, lose_every=4)
    with serving(tmp_path, log_faults=faults) as served:
        visits = _prepare(served, 6)
        answers = [_settle(served, number, visit) for number, visit in enumerate(visits)]
        assert {answer.payment.account_fen for answer in answers} == {10_000}
        for number in range(6):
            asked = insured_v1.GetMemberRequest(insured_region="990100", member_id=f"M{number}")
            assert served.insured.GetMember(asked).account_balance_fen == 0


def test_a_region_nobody_hosts_leaves_the_settlement_unknown(tmp_path: Path) -> None:
    hosted: dict[str, Any] = {"answer_within_s": 0.2, "hosted_insured": ("990100",)}
    with serving(tmp_path, **hosted) as served:
        (other,) = _prepare(served, 1)
        visit_id = served.visit(
            "far", "310000", "440700", "Somebody", (DAY, DAY), {"X0001": 100_000}
        )
        for _ in range(2):
            unknown = served.settle("far-s", "310000", visit_id, DAY)
            assert unknown.state == common.SETTLEMENT_STATE_REQUESTED
            assert unknown.payment == common.PaymentSplit()
        outcome = served.care.GetOutcome(
            care_v1.GetOutcomeRequest(
                care_region="310000", institution_id=HOSPITAL, request_id="far-s"
            )
        )
        assert (outcome.pending, outcome.kind) == (True, "Settle")
        reversal = care_v1.ReverseRequestRequest(
            header=header_of("310000", "far-r", DAY),
            target_request_id="far-s",
            member_id="Somebody",
            insured_region="440700",
        )
        assert served.care.ReverseRequest(reversal).result == "pending"

        # Nobody else is held up by it.
        def settled() -> bool:
            answer = _settle(served, 0, other)
            return answer.state == common.SETTLEMENT_STATE_SETTLED

        eventually(settled)
    with serving(tmp_path, **hosted) as served:
        assert served.settle("far-s", "310000", visit_id, DAY) == unknown


def test_a_folder_serves_one_network_at_a_time(tmp_path: Path) -> None:
    with serving(tmp_path):
        with pytest.raises(Rejected) as caught:
            Network(NetworkSettings(tmp_path))
        assert caught.value.code == "data_in_use"
