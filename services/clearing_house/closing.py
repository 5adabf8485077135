"""Closing a period: no line enters it any more."""

from __future__ import annotations

from clearing.chain import ChainHead
from clearing.frozen import replace
from clearing.journal import JournalLine
from clearing.period import FIRST_EPOCH, Period, PeriodState
from clearing.ports import UnitOfWork
from services.clearing_house.chains import head


def close_period(period: str, uow: UnitOfWork) -> None:
    """Close a month's period (``YYYY-MM``); one that is closed stays as it is.

    A batch that another process works out meanwhile has read that the period is open. Both write
    where the journal ends, so whichever commits second is refused and starts anew.
    """
    periods = uow.table(Period)
    known = periods.get(period) or Period(period, PeriodState.OPEN, FIRST_EPOCH)
    if known.state is PeriodState.CLOSED:
        return
    periods.put(replace(known, state=PeriodState.CLOSED, epoch=known.epoch + 1))
    uow.table(ChainHead).put(head(uow, JournalLine))
