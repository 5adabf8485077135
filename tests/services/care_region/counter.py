"""A hospital's counter on the pump: one city's employees, an account in a third city."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from clearing.benefits.claim import CareType, HospitalLevel, Scheme
from clearing.calendar import Instant, instant_at
from clearing.enrolment.spans import EnrolmentSpan
from clearing.messages import Address
from services.care_region import commands as ask
from services.care_region import records as at_care
from services.care_region.answers import OutcomeAnswer, SettlementAnswer
from services.care_region.region_load import MAX_WAITING
from services.insured_region import commands as desk
from services.insured_region import records as at_insured
from services.node.command import Final, Result, Waiting
from services.simulator.layout import Layout
from services.simulator.plans import (
    answers,
    care,
    care_plan,
    house_plan,
    insured,
    insured_plan,
)
from tests.network_pump import NetworkPump, answer_of

CARE, HOME, FENGHUA, THIRD = care("310000"), insured("990100"), insured("330213"), insured("970100")
H = "H1"
DAY = date(2023, 6, 1)
NOON = instant_at(DAY)
NOON_2020 = instant_at(date(2020, 6, 10))


class Counter:
    """Requests get the id they are given; ``flow`` lets every message arrive."""

    def __init__(
        self,
        *,
        with_house: bool = False,
        max_waiting: int = MAX_WAITING,
        layout: Layout | None = None,
    ) -> None:
        """Without a house what is reported to it stays in the log."""
        plans = [care_plan("310000", max_waiting=max_waiting)]
        plans += [insured_plan(at.region) for at in (HOME, FENGHUA, THIRD)]
        plans += [house_plan()] if with_house else []
        self.pump = NetworkPump(plans, answers(), layout=layout)
        hospital = ask.InstitutionEntry(H, "医院", HospitalLevel.TERTIARY)
        self.do("institutions", ask.RegisterInstitutions((hospital,)))

    def member(
        self, name: str, at: Address = HOME, *, balance_fen: int = 0,
        shared: tuple[str, ...] = (), account: bool = True,
    ) -> None:  # fmt: skip
        scheme, category, year = Scheme.EMPLOYEE, "active", 2023
        if at == FENGHUA:
            scheme, category, year = Scheme.RESIDENT, "adult_a", 2020
        span = EnrolmentSpan(
            scheme, category, date(year, 1, 1), date(year, 12, 31), date(year - 1, 11, 1)
        )
        entry = desk.MemberEntry(
            name, at.region, date(1980, 5, 1), (), (span,), f"A-{name}" if account else "",
            balance_fen, shared,
        )  # fmt: skip
        self.at_desk(at, f"member-{name}", desk.RegisterMembers((entry,)))

    def visit(self, name: str, total_fen: int, *, key: str = "v", at: Address = HOME) -> str:
        """Open a visit with one line; away from Fenghua it is an inpatient stay and unfiled."""
        inpatient = at == FENGHUA
        kind = CareType.INPATIENT if inpatient else CareType.OUTPATIENT
        day = date(2020, 6, 1) if inpatient else DAY
        opened = self.do(f"{key}-open", ask.OpenVisit(at.region, name, kind, day))
        visit_id: str = opened.visit_id
        self.line(visit_id, 1, total_fen, f"{key}-line")
        if inpatient:
            self.do(f"{key}-close", ask.CloseVisit(visit_id, date(2020, 6, 10)))
        return visit_id

    def line(self, visit_id: str, number: int, total_fen: int, request_id: str) -> None:
        line = ask.FeeLineEntry(number, "X0001", 10_000, total_fen * 10_000, total_fen)
        self.do(request_id, ask.UploadFeeLines(visit_id, (line,)))

    def send(self, request_id: str, payload: Any, moment: Instant = NOON) -> Result:
        return self.pump.request(CARE, payload, H, request_id, moment)

    def do(self, request_id: str, payload: Any, moment: Instant = NOON) -> Any:
        return answer_of(self.send(request_id, payload, moment))

    def at_desk(self, at: Address, request_id: str, payload: Any) -> Any:
        """Ask an agency; what takes effect by a message of its own has done so."""
        result = self.pump.request(at, payload, "desk", request_id, NOON)
        if isinstance(result, Waiting):
            self.flow()
            final = self.pump.final(at, "desk", request_id)
            assert final is not None
            result = final
        return answer_of(result)

    def settle(self, request_id: str, visit_id: str, account_id: str = "", region: str = "") -> Any:
        """Settle with account money and let everything arrive; return the final answer."""
        self.send(request_id, ask.Settle(visit_id, True, account_id, region))
        self.flow()
        return self.answer(request_id)

    def answer(self, request_id: str) -> Any:
        final: Final | None = self.pump.final(CARE, H, request_id)
        return answer_of(final)

    def outcome(self, request_id: str) -> OutcomeAnswer:
        seen = self.pump.ask(CARE, ask.GetOutcome(CARE.region, H, request_id))
        assert isinstance(seen, OutcomeAnswer)
        return seen

    def seen(self, visit_id: str) -> SettlementAnswer:
        (visit,) = self.pump.ask(CARE, ask.GetVisits(CARE.region, (visit_id,))).visits
        assert isinstance(visit.settlement, SettlementAnswer)
        return visit.settlement

    def reverse(self, request_id: str, target: str, name: str, at: Address = HOME) -> Result:
        return self.send(request_id, ask.ReverseRequest(target, name, at.region))

    def flow(self, *silent: Address) -> None:
        """Let messages arrive until none is left, but not at nodes that are silent."""
        nodes = [at for at in self.pump.world.plans if at not in silent]
        moved = True
        while moved:
            moved = False
            for at in nodes:
                moved = self.pump.publish(at) or moved
                moved = self.pump.deliver(at) or moved

    def balance(self, at: Address, account_id: str) -> int:
        (account,) = [
            row for row in self.pump.rows(at, at_insured.Account) if row.account_id == account_id
        ]
        return account.balance_fen

    def visit_state(self, visit_id: str) -> at_care.VisitState:
        (visit,) = [v for v in self.pump.rows(CARE, at_care.Visit) if v.visit_id == visit_id]
        return visit.state


@contextmanager
def counter_open(layout: Layout | None = None) -> Iterator[Counter]:
    counter = Counter(layout=layout)
    try:
        yield counter
    finally:
        counter.pump.close()
