"""What people do: visits, settlements, their undoing, repeats, questions, decisions by hand.

Whoever acts knows only what they were told. Each deed draws all it needs from one number, so
that it can be done again in a shorter trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from clearing.benefits.claim import CareType, Fund
from clearing.calendar import Instant, instant_at
from clearing.errors import NotFound, Unavailable, YidiError
from clearing.filing import FilingCategory
from clearing.messages import Address
from clearing.settlement import SettlementState
from services.care_region import answers as told_by_care
from services.care_region import commands as ask
from services.insured_region import commands as desk
from services.node.command import Failed, Request, Result
from services.simulator import town
from services.simulator.calls import Known, Sent
from services.simulator.process import Process
from services.simulator.town import DESK, HOSPITAL, Patient
from services.simulator.violation import Violation
from services.simulator.world import World, answer_of

RECENT = 6
"""How far back people reach: what is under way together is where things go wrong."""


@dataclass(slots=True, eq=False)
class Journey:
    """A visit as the counter knows it: its opening, and every settling and undoing asked for."""

    patient: Patient
    at: Address
    day: date
    opening: Sent
    lines: int = 0
    undoable: list[Sent] = field(default_factory=list)

    @property
    def visit_id(self) -> str:
        """The visit's id, ``""`` until the counter was told it."""
        answer = self.opening.answer
        return answer.visit_id if answer is not None else ""


class People:
    """Everybody outside the nodes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sent: list[Sent] = []
        self.promised: list[Sent] = []
        """Requests whose final answer was heard since the oracles last looked."""

        self.doing = ""
        """What was done last, in words."""

        self._open: dict[str, Sent] = {}
        self._journeys: list[Journey] = []
        self._cases: list[str] = []
        self._never_came: list[tuple[str, Journey]] = []
        self.deeds: Mapping[str, Callable[[Random], None]] = {
            "open": self._open_visit,
            "upload": self._upload,
            "void": self._void,
            "close": self._close,
            "settle": self._settle,
            "cancel": self._cancel,
            "reverse": self._reverse,
            "come_late": self._come_late,
            "repeat": self._repeat,
            "ask": self._ask_outcome,
            "decide": self._decide_case,
            "withdraw": self._withdraw,
            "file": self._file,
            "revoke": self._revoke,
        }

    def register(self) -> None:
        """Register institutions, members and accounts, before anything goes wrong."""
        for at, scope, command, moment in town.registrations():
            self._new(at, scope, command, moment)

    def send(self, sent: Sent) -> None:
        """Send a request, again perhaps; a node that is down refuses the connection."""
        process = self._some_process(sent)
        if process is None:
            return
        sent.tries += 1
        known = sent.known()

        def hear(result: Result) -> None:
            self._hear(sent, result, known)

        process.call(sent.request(), hear)

    def _some_process(self, sent: Sent) -> Process | None:
        """Return the process that a call reaches now: the next time another one, where it can."""
        running = self._world.processes(sent.at)
        return running[(sent.number + sent.tries) % len(running)] if running else None

    def still_open(self) -> list[Sent]:
        """Return the requests that nobody has given a final answer to."""
        return list(self._open.values())

    def _hear(self, sent: Sent, result: Result, known: Known) -> None:
        if not sent.hear(result, known):
            return
        self._open.pop(sent.request_id, None)
        self.promised.append(sent)
        answer = sent.answer
        if (
            isinstance(sent.payload, ask.Settle)
            and isinstance(answer, told_by_care.SettlementAnswer)
            and answer.state is SettlementState.MANUAL
        ):
            self._cases.append(answer.settlement_id)

    def _new(self, at: Address, scope: str, payload: Any, moment: Instant) -> Sent:
        return self._say(Sent(at, scope, f"q{len(self.sent) + 1}", payload, moment))

    def _say(self, sent: Sent) -> Sent:
        sent.number = len(self.sent)
        self.sent.append(sent)
        self._open[sent.request_id] = sent
        self.doing = str(sent)
        self.send(sent)
        return sent

    def _at_counter(self, journey: Journey, payload: Any, random: Random) -> Sent:
        moment = instant_at(journey.day, random.randrange(24))
        return self._new(journey.at, HOSPITAL, payload, moment)

    def _some(self, random: Random, wanted: Callable[[Journey], bool]) -> Journey | None:
        found = [each for each in self._journeys[-RECENT:] if each.visit_id and wanted(each)]
        return random.choice(found) if found else None

    # --- deeds

    def _open_visit(self, random: Random) -> None:
        patient, at = random.choice(town.PATIENTS), random.choice(town.CARE)
        day = date(patient.year, random.choice(town.MONTHS), random.randint(1, 28))
        opening = ask.OpenVisit(
            patient.at.region,
            patient.member_id,
            patient.care_type,
            day,
            records_verified=random.random() < 0.5,
            emergency=random.random() < 0.3,
        )
        sent = self._new(at, HOSPITAL, opening, instant_at(day, random.randrange(24)))
        self._journeys.append(Journey(patient, at, day, sent))

    def _upload(self, random: Random) -> None:
        journey = self._some(random, lambda _: True)
        if journey is None:
            return self._open_visit(random)
        lines = []
        for _ in range(random.randint(1, 3)):
            journey.lines += 1
            fen = random.randint(1, 300_000)
            code = random.choice(town.ITEMS)
            lines.append(ask.FeeLineEntry(journey.lines, code, 10_000, fen * 10_000, fen))
        self._at_counter(journey, ask.UploadFeeLines(journey.visit_id, tuple(lines)), random)
        return None

    def _void(self, random: Random) -> None:
        journey = self._some(random, lambda each: each.lines > 1)
        if journey is not None:
            number = random.randint(1, journey.lines)
            self._at_counter(journey, ask.VoidFeeLines(journey.visit_id, (number,)), random)

    def _close(self, random: Random) -> None:
        journey = self._some(random, lambda each: each.patient.care_type is CareType.INPATIENT)
        if journey is not None:
            self._at_counter(journey, ask.CloseVisit(journey.visit_id, journey.day), random)

    def _settle(self, random: Random) -> None:
        anyhow = random.random() < 0.2
        journey = self._some(random, lambda each: anyhow or _may_be_settled(each))
        if journey is None:
            return self._upload(random)
        account_id, region = random.choice(journey.patient.accounts)
        settle = ask.Settle(journey.visit_id, random.random() < 0.7, account_id, region)
        journey.undoable.append(self._at_counter(journey, settle, random))
        return None

    def _cancel(self, random: Random) -> None:
        settled = self._some(random, lambda each: bool(_settlements(each)))
        if settled is None:
            return self._settle(random)
        cancel = ask.CancelSettlement(_settlements(settled)[-1])
        settled.undoable.append(self._at_counter(settled, cancel, random))
        return None

    def _reverse(self, random: Random) -> None:
        journey = self._some(random, lambda each: bool(_maybe_done(each)))
        if journey is None:
            return
        done = _maybe_done(journey)[-3:]
        target = done[-1] if random.random() < 0.6 else random.choice(done)
        request_id = target.request_id
        if random.random() < 0.15:
            request_id = f"never-{len(self.sent)}"
            self._never_came.append((request_id, journey))
        patient = journey.patient
        reversal = ask.ReverseRequest(request_id, patient.member_id, patient.at.region)
        self._at_counter(journey, reversal, random)

    def _come_late(self, random: Random) -> None:
        """Send the settle request now that a reversal has named before."""
        if not self._never_came:
            return self._reverse(random)
        request_id, journey = self._never_came.pop(random.randrange(len(self._never_came)))
        moment = instant_at(journey.day, random.randrange(24))
        self._say(Sent(journey.at, HOSPITAL, request_id, ask.Settle(journey.visit_id), moment))
        return None

    def _repeat(self, random: Random) -> None:
        unknown = list(self._open.values())
        if unknown and random.random() < 0.7:
            sent = random.choice(unknown)
        elif self.sent:
            sent = random.choice(self.sent)
        else:
            return
        self.doing = f"{sent}, again"
        self.send(sent)

    def _ask_outcome(self, random: Random) -> None:
        """Ask what became of a request; what was answered before is never unknown again."""
        asked = [each for each in self.sent[-40:] if isinstance(each.payload, _ANSWERED_LATE)]
        if not asked:
            return
        sent = random.choice(asked)
        process = self._some_process(sent)
        if process is None:
            return
        self.doing = f"outcome of {sent}"
        query = ask.GetOutcome(sent.at.region, sent.scope, sent.request_id)
        known = sent.known()
        process.call(Request(query, None), lambda result: _check_outcome(sent, result, known))

    def _decide_case(self, random: Random) -> None:
        if not self._cases:
            return self._settle(random)
        case = random.choice(self._cases[-RECENT:])
        decision = desk.DecideManualCase(
            case, {Fund.POOLED: 1}, {"inpatient/fees": random.randint(1, 9)}, "clerk", "papers seen"
        )
        at = random.choice((town.HOME, town.OTHER))
        self._new(at, DESK, decision, instant_at(date(2023, 6, 2)))
        return None

    def _withdraw(self, random: Random) -> None:
        journey = self._some(random, lambda _: True)
        if journey is not None:
            self._at_counter(journey, ask.CancelVisit(journey.visit_id), random)

    def _file(self, random: Random) -> None:
        patient, at = random.choice(town.PATIENTS), random.choice(town.CARE)
        day = date(patient.year, random.choice(town.MONTHS), random.randint(1, 28))
        category = random.choice(list(FilingCategory))
        filing = desk.FileRemoteCare(
            patient.member_id, category, at.region, day, committed=random.random() < 0.5
        )
        self._new(patient.at, DESK, filing, instant_at(day))

    def _revoke(self, random: Random) -> None:
        filed = [each for each in self.sent if isinstance(each.payload, desk.FileRemoteCare)]
        known = [each for each in filed[-RECENT:] if each.answer is not None]
        if not known:
            return self._file(random)
        sent = random.choice(known)
        day = sent.payload.approved_on + timedelta(days=random.randrange(200))
        self._new(sent.at, DESK, desk.RevokeFiling(sent.answer.filing_id, day), instant_at(day))
        return None


_ANSWERED_LATE = (ask.Settle, ask.CancelSettlement, ask.ReverseRequest)


def _may_be_settled(journey: Journey) -> bool:
    """Tell whether a counter would try to settle: there are lines and nothing seems to stand."""
    last = journey.undoable[-1] if journey.undoable else None
    stands = last is not None and isinstance(last.payload, ask.Settle) and last.answer is not None
    return journey.lines > 0 and not stands


def _maybe_done(journey: Journey) -> list[Sent]:
    """Return the requests that may have had an effect, as far as the counter knows."""
    return [each for each in journey.undoable if not isinstance(each.last, Failed)]


def _settlements(journey: Journey) -> list[str]:
    """Return the settlements of a visit that its counter was told of."""
    answers = (sent.answer for sent in journey.undoable[-3:])
    return [each.settlement_id for each in answers if each is not None]


def _check_outcome(sent: Sent, result: Result, known: Known) -> None:
    try:
        outcome = answer_of(result)
    except NotFound:
        outcome = None
    except Unavailable:
        return
    except YidiError as error:
        raise Violation("internal_error", f"outcome of {sent}: {error}") from error
    if known.accepted and outcome is None:
        raise Violation("request_lost", f"{sent}: it was accepted, and nobody knows of it")
    if known.answered and (outcome is None or outcome.pending):
        raise Violation("answer_forgotten", f"{sent}: it was answered and is unknown again")
