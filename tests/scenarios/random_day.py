"""A counter, an agency and an unreliable network, all drawn from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from clearing.benefits.claim import CareType, Fund, HospitalLevel, Scheme
from clearing.calendar import Instant, instant_at
from clearing.enrolment.spans import EnrolmentSpan
from clearing.errors import Conflict, Rejected, Unavailable
from clearing.messages import Address
from services.care_region import commands as ask
from services.care_region import records as at_care
from services.insured_region import commands as desk
from services.insured_region import records as at_insured
from services.node.command import Failed, Final, Result, Waiting
from tests.network_pump import NetworkPump
from tests.region_nodes import answers, care, care_plan, insured, insured_plan

HOSPITAL = "H1"
CARE = care("310000")
HOME, OTHER, THIRD = insured("990100"), insured("330213"), insured("970100")


@dataclass(frozen=True, slots=True)
class Patient:
    member_id: str
    at: Address
    day: date
    accounts: tuple[tuple[str, str], ...]  # account and region; "" is the own one


PATIENTS = (
    Patient("E1", HOME, date(2023, 6, 1), (("", ""), ("A-E2", ""), ("A-THIRD", "970100"))),
    Patient("E2", HOME, date(2023, 6, 1), (("", ""), ("A-THIRD", "970100"))),
    Patient("R1", OTHER, date(2020, 6, 1), (("", ""),)),
)
OPENING_FEN = {(HOME, "A-E1"): 20_000, (HOME, "A-E2"): 2_345, (THIRD, "A-THIRD"): 80_000}


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """A request as it was sent, to be sent again word for word."""

    at: Address
    scope: str
    request_id: str
    payload: Any
    business_time: Instant


class RandomDay:
    """Draws what people do next and keeps what they were answered."""

    def __init__(self, seed: int) -> None:
        plans = [care_plan("310000"), *(insured_plan(at.region) for at in (HOME, OTHER, THIRD))]
        self.pump = NetworkPump(plans, answers(), seed=seed)
        self.random = self.pump.random
        self.answered: dict[Sent, Final] = {}
        self.open_requests: list[Sent] = []
        self.visits: list[tuple[Patient, str]] = []
        self.line_nos: dict[str, int] = {}
        self.undoable: list[Sent] = []  # settle and cancel requests
        self._count = 0
        self._register()

    def play(self, actions: int) -> None:
        """Do so many things, with the network moving in between, then let it come to rest."""
        for _ in range(actions):
            self._act()
            for _ in range(self.random.choice([0, 1, 3, 20])):
                self.pump.step()
        self.pump.settle_down()
        for sent in self.open_requests:
            self.send(sent)
        for sent in list(self.answered):
            self.send(sent)

    def send(self, sent: Sent) -> Result:
        """Send a request; whatever was answered before must be answered again."""
        result = self.pump.request(
            sent.at, sent.payload, sent.scope, sent.request_id, sent.business_time
        )
        if isinstance(result, Waiting):
            if sent not in self.open_requests:
                self.open_requests.append(sent)
        elif isinstance(result, Failed) and isinstance(result.error, (Conflict, Unavailable)):
            assert sent not in self.answered, (sent, result.error)
        else:
            final = self.answered.setdefault(sent, result)  # type: ignore[arg-type]  # a request never gives Consumed
            assert _said(final) == _said(result), sent
        return result

    def _register(self) -> None:
        employee = EnrolmentSpan(
            Scheme.EMPLOYEE, "active", date(2023, 1, 1), date(2024, 12, 31), date(2022, 12, 1)
        )
        resident = EnrolmentSpan(
            Scheme.RESIDENT, "adult_a", date(2020, 1, 1), date(2020, 12, 31), date(2019, 11, 1)
        )
        born = date(1980, 5, 1)
        shared = {"A-E1": (), "A-E2": ("E1",), "A-THIRD": ("E1", "E2")}
        members = {
            HOME: [
                desk.MemberEntry(
                    name,
                    HOME.region,
                    born,
                    (),
                    (employee,),
                    account,
                    OPENING_FEN[HOME, account],
                    shared[account],
                )
                for name, account in (("E1", "A-E1"), ("E2", "A-E2"))
            ],
            OTHER: [desk.MemberEntry("R1", OTHER.region, born, (), (resident,))],
            THIRD: [
                desk.MemberEntry(
                    "T1",
                    THIRD.region,
                    born,
                    (),
                    (employee,),
                    "A-THIRD",
                    OPENING_FEN[THIRD, "A-THIRD"],
                    shared["A-THIRD"],
                )
            ],
        }
        day = instant_at(date(2023, 6, 1))
        for at, entries in members.items():
            self._new(at, "desk", desk.RegisterMembers(tuple(entries)), day)
        institution = ask.InstitutionEntry(HOSPITAL, "医院", HospitalLevel.TERTIARY)
        self._new(CARE, HOSPITAL, ask.RegisterInstitutions((institution,)), day)

    def _new(self, at: Address, scope: str, payload: Any, moment: Instant) -> tuple[Sent, Result]:
        self._count += 1
        sent = Sent(at, scope, f"q{self._count}", payload, moment)
        return sent, self.send(sent)

    def _at_counter(self, patient: Patient, payload: Any) -> tuple[Sent, Result]:
        hour = self.random.randrange(24)
        return self._new(CARE, HOSPITAL, payload, instant_at(patient.day, hour))

    def _act(self) -> None:
        acts = (
            (5, self._open),
            (3, self._change_lines),
            (10, self._settle),
            (4, self._cancel),
            (5, self._reverse),
            (4, self._repeat),
            (2, self._decide_case),
            (1, self._withdraw),
        )
        weights, doings = zip(*acts, strict=True)
        self.random.choices(doings, weights)[0]()

    def _open(self) -> None:
        patient = self.random.choice(PATIENTS)
        opening = ask.OpenVisit(
            patient.at.region, patient.member_id, CareType.OUTPATIENT, patient.day
        )
        if patient.at == OTHER:  # away from home and not filed: a person decides
            opening = ask.OpenVisit(
                patient.at.region,
                patient.member_id,
                CareType.INPATIENT,
                patient.day,
                records_verified=self.random.random() < 0.3,
            )
        _, result = self._at_counter(patient, opening)
        visit_id = result.body.visit_id  # type: ignore[union-attr]  # opening is never refused here
        if opening.care_type is CareType.INPATIENT:
            self._at_counter(patient, ask.CloseVisit(visit_id, patient.day))
        self.visits.append((patient, visit_id))
        self._upload(patient, visit_id)

    def _upload(self, patient: Patient, visit_id: str) -> None:
        lines = []
        for _ in range(self.random.randint(1, 3)):
            number = self.line_nos[visit_id] = self.line_nos.get(visit_id, 0) + 1
            code = self.random.choice(["X0001", "X0105", "X0201"])
            fen = self.random.randint(1, 300_000)
            lines.append(ask.FeeLineEntry(number, code, 10_000, fen * 10_000, fen))
        self._at_counter(patient, ask.UploadFeeLines(visit_id, tuple(lines)))

    def _change_lines(self) -> None:
        patient, visit_id = self._some_visit()
        if visit_id and self.random.random() < 0.5:
            self._at_counter(patient, ask.VoidFeeLines(visit_id, (self.line_nos[visit_id],)))
        elif visit_id:
            self._upload(patient, visit_id)

    def _settle(self) -> None:
        patient, visit_id = self._some_visit()
        if not visit_id:
            return
        account_id, region = self.random.choice(patient.accounts)
        uses = self.random.random() < 0.7
        settle = ask.Settle(visit_id, uses, account_id, region)
        self._undo_later(*self._at_counter(patient, settle))

    def _cancel(self) -> None:
        settlements = self.pump.rows(CARE, at_care.Settlement)
        if settlements:
            settlement = self.random.choice(settlements[-4:])
            patient = next(p for p in PATIENTS if p.member_id == settlement.member_id)
            cancel = ask.CancelSettlement(settlement.settlement_id)
            self._undo_later(*self._at_counter(patient, cancel))

    def _undo_later(self, sent: Sent, result: Result) -> None:
        if isinstance(result, Waiting):
            self.undoable.append(sent)

    def _reverse(self) -> None:
        if not self.undoable:
            return
        target = self.random.choice(self.undoable[-5:])
        visit_id = getattr(target.payload, "visit_id", "")
        if isinstance(target.payload, ask.CancelSettlement):
            known = {row.settlement_id: row for row in self.pump.rows(CARE, at_care.Settlement)}
            visit_id = known[target.payload.settlement_id].visit_id
        patient = next(who for who, visit in self.visits if visit == visit_id)
        never_came = self.random.random() < 0.15
        request_id = f"never-{self._count}" if never_came else target.request_id
        reversal = ask.ReverseRequest(request_id, patient.member_id, patient.at.region)
        self._at_counter(patient, reversal)
        if never_came and self.random.random() < 0.5:
            late = Sent(CARE, HOSPITAL, request_id, ask.Settle(visit_id), target.business_time)
            result = self.send(late)
            assert isinstance(result, Failed)
            assert isinstance(result.error, Rejected)
            assert result.error.code == "request_reversed"

    def _repeat(self) -> None:
        sent = [*self.answered, *self.open_requests]
        self.send(self.random.choice(sent))

    def _decide_case(self) -> None:
        cases = self.pump.rows(OTHER, at_insured.ManualCase)
        if cases:
            case = self.random.choice(cases)
            decision = desk.DecideManualCase(
                case.case_id, {Fund.POOLED: 1}, {"inpatient/fees": 1}, "a clerk", "seen the papers"
            )
            self._new(OTHER, "desk", decision, instant_at(date(2020, 6, 2)))

    def _withdraw(self) -> None:
        patient, visit_id = self._some_visit()
        if visit_id:
            self._at_counter(patient, ask.CancelVisit(visit_id))

    def _some_visit(self) -> tuple[Patient, str]:
        if not self.visits:
            return PATIENTS[0], ""
        return self.random.choice(self.visits[-4:])


def _said(final: Any) -> Any:
    if isinstance(final, Failed):
        return (type(final.error), str(final.error), final.error.field)
    return final.body
