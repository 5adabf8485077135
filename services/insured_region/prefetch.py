"""What a batch of messages will read of an insured region's database, read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clearing.filing import FilingRecord
from clearing.messages import (
    DebitRequested,
    DebitUndoRequested,
    SettleRequested,
    UndoRequested,
)
from clearing.ports import UnitOfWork
from services.insured_region import commands
from services.insured_region.records import (
    Account,
    CareRequest,
    Debit,
    LiveSettlement,
    Member,
    Settlement,
    YearAccumulators,
)
from services.insured_region.rules import want_publications
from services.insured_region.undo_answers import want_answers


def before_settling(asked: Sequence[SettleRequested], unit: UnitOfWork) -> Iterator[None]:
    """Read members with their filings and accumulators, and whether a request came before.

    The benefit year is most often that of the discharge; another one is read when it is known.
    """
    unit.table(CareRequest).want(
        (each.care_region, each.institution_id, each.request_id) for each in asked
    )
    unit.table(LiveSettlement).want((each.care_region, each.visit_id) for each in asked)
    _want_members([each.member_id for each in asked], unit)
    unit.table(YearAccumulators).want((each.member_id, each.discharged_on.year) for each in asked)
    yield


def before_quoting(asked: Sequence[commands.QuoteClaim], unit: UnitOfWork) -> Iterator[None]:
    """Read members with their filings and accumulators."""
    facts = [each.facts for each in asked]
    _want_members([each.member_id for each in facts], unit)
    unit.table(YearAccumulators).want((each.member_id, each.discharged_on.year) for each in facts)
    yield


def before_looking_up(
    asked: Sequence[commands.LookUpEntitlement], unit: UnitOfWork
) -> Iterator[None]:
    """Read members with their filings and accounts."""
    _want_members([each.member_id for each in asked], unit)
    yield
    members = unit.table(Member).get_many((each.member_id,) for each in asked).values()
    unit.table(Account).want((each.account_id,) for each in members if each.account_id)
    yield


def _want_members(member_ids: Sequence[str], unit: UnitOfWork) -> None:
    want_publications(unit)
    unit.table(Member).want((member_id,) for member_id in member_ids)
    unit.table(FilingRecord).want_by("member_id", member_ids)


def before_undoing(asked: Sequence[UndoRequested], unit: UnitOfWork) -> Iterator[None]:
    """Read what is to be undone, and whether a request came before."""
    unit.table(CareRequest).want(
        (each.care_region, each.institution_id, request_id)
        for each in asked
        for request_id in (each.request_id, each.target_request_id)
    )
    unit.table(Settlement).want((each.settlement_id,) for each in asked if each.settlement_id)
    want_answers(((each.care_region, each.undo_id) for each in asked), unit)
    yield


def before_debiting(
    asked: Sequence[DebitRequested | DebitUndoRequested], unit: UnitOfWork
) -> Iterator[None]:
    """Read accounts, and whether a debit came before."""
    unit.table(Debit).want((each.debit_id,) for each in asked)
    unit.table(Account).want((each.account_id,) for each in asked)
    want_answers(
        (
            (each.care_region, each.debit_undo_id)
            for each in asked
            if isinstance(each, DebitUndoRequested)
        ),
        unit,
    )
    yield
