"""What a batch of messages will read of an insured region's database, read at once."""

from __future__ import annotations

from collections.abc import Sequence

from clearing.filing import FilingRecord
from clearing.messages import (
    DebitRequested,
    DebitUndoRequested,
    SettleRequested,
    UndoRequested,
)
from clearing.ports import UnitOfWork
from services.insured_region.records import (
    Account,
    CareRequest,
    Debit,
    LiveSettlement,
    Member,
    Settlement,
    YearAccumulators,
)


def before_settling(asked: Sequence[SettleRequested], unit: UnitOfWork) -> None:
    """Read members with their filings and accumulators, and whether a request came before.

    The benefit year is most often that of the discharge; another one is read when it is known.
    """
    unit.table(CareRequest).get_many(
        (each.care_region, each.institution_id, each.request_id) for each in asked
    )
    unit.table(LiveSettlement).get_many((each.care_region, each.visit_id) for each in asked)
    unit.table(Member).get_many((each.member_id,) for each in asked)
    unit.table(FilingRecord).select_many("member_id", (each.member_id for each in asked))
    unit.table(YearAccumulators).get_many(
        (each.member_id, each.discharged_on.year) for each in asked
    )


def before_undoing(asked: Sequence[UndoRequested], unit: UnitOfWork) -> None:
    """Read what is to be undone, and whether a request came before."""
    unit.table(CareRequest).get_many(
        (each.care_region, each.institution_id, request_id)
        for each in asked
        for request_id in (each.request_id, each.target_request_id)
    )
    unit.table(Settlement).get_many((each.settlement_id,) for each in asked if each.settlement_id)


def before_debiting(asked: Sequence[DebitRequested | DebitUndoRequested], unit: UnitOfWork) -> None:
    """Read accounts, and whether a debit came before."""
    unit.table(Debit).get_many((each.debit_id,) for each in asked)
    unit.table(Account).get_many((each.account_id,) for each in asked)
