"""Who lives in the simulated network: regions, members, accounts, hospitals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from clearing.benefits.claim import CareType, HospitalLevel, Scheme
from clearing.calendar import Instant, instant_at
from clearing.enrolment.spans import EnrolmentSpan
from clearing.messages import Address
from services.care_region import commands as ask
from services.insured_region import commands as desk
from services.simulator.plans import NodePlan, care, care_plan, house_plan, insured, insured_plan

HOSPITAL = "H1"
DESK = "desk"
CARE = (care("310000"), care("980100"))
HOME, OTHER, THIRD = insured("990100"), insured("330213"), insured("970100")
"""Two regions whose members travel, and one that only holds an account others share."""

INSURED = (HOME, OTHER, THIRD)
ITEMS = ("X0001", "X0105", "X0201")
MONTHS = (6, 7)
"""Months of the visits of one year: the clearing house has two periods open."""


@dataclass(frozen=True, slots=True)
class Patient:
    """A member who travels. ``accounts`` are account and region; ``""`` is their own."""

    member_id: str
    at: Address
    year: int
    care_type: CareType
    accounts: tuple[tuple[str, str], ...]


PATIENTS = (
    Patient("E1", HOME, 2023, CareType.OUTPATIENT, (("", ""), ("A-E2", ""), ("A-T1", "970100"))),
    Patient("E2", HOME, 2023, CareType.OUTPATIENT, (("", ""), ("A-T1", "970100"))),
    Patient("E3", HOME, 2023, CareType.INPATIENT, (("", ""),)),
    Patient("R1", OTHER, 2020, CareType.INPATIENT, (("", ""),)),
)
OPENING_FEN = {
    (HOME, "A-E1"): 900_000,
    (HOME, "A-E2"): 2_345,
    (HOME, "A-E3"): 500_000,
    (THIRD, "A-T1"): 600_000,
}
_SHARED_WITH = {"A-E2": ("E1",), "A-T1": ("E1", "E2")}
_BORN = date(1980, 5, 1)
_EMPLOYEE = EnrolmentSpan(
    Scheme.EMPLOYEE, "active", date(2023, 1, 1), date(2024, 12, 31), date(2022, 12, 1)
)
_RESIDENT = EnrolmentSpan(
    Scheme.RESIDENT, "adult_a", date(2020, 1, 1), date(2020, 12, 31), date(2019, 11, 1)
)


def plans() -> list[NodePlan]:
    """Return the plans of every node."""
    return [
        *(care_plan(at.region) for at in CARE),
        *(insured_plan(at.region) for at in INSURED),
        house_plan(),
    ]


def registrations() -> Iterator[tuple[Address, str, Any, Instant]]:
    """Yield what is registered before anything else: node, scope, command, business time."""
    day = instant_at(date(2023, 6, 1))
    institution = ask.InstitutionEntry(HOSPITAL, "医院", HospitalLevel.TERTIARY)
    for at in CARE:
        yield at, HOSPITAL, ask.RegisterInstitutions((institution,)), day
    holders = (("E1", HOME), ("E2", HOME), ("E3", HOME), ("T1", THIRD))
    for at in (HOME, THIRD):
        members = tuple(_employee(name, at) for name, where in holders if where == at)
        yield at, DESK, desk.RegisterMembers(members), day
    resident = desk.MemberEntry("R1", OTHER.region, _BORN, (), (_RESIDENT,))
    yield OTHER, DESK, desk.RegisterMembers((resident,)), day


def _employee(name: str, at: Address) -> desk.MemberEntry:
    account = f"A-{name}"
    return desk.MemberEntry(
        name,
        at.region,
        _BORN,
        (),
        (_EMPLOYEE,),
        account,
        OPENING_FEN[at, account],
        _SHARED_WITH.get(account, ()),
    )
