"""Totals of a business day, for hospitals and for the clearing house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from clearing.calendar import civil_date
from services.care_region import commands
from services.care_region.records import Settlement
from services.node import day_book
from services.node.context import Context
from services.node.day_book import BookedLine


def get_day_totals(command: commands.GetDayTotals, context: Context) -> day_book.DayTotals:
    """Return the buckets of a day on the care side, of one institution or of all."""
    return day_book.totals(_lines(command.on, command.institution_id, context))


def list_day_lines(command: commands.ListDayLines, context: Context) -> day_book.DayLines:
    """Return the lines of one insured region's bucket of a day."""
    lines = _lines(command.on, command.institution_id, context)
    wanted = command.insured_region
    return day_book.shown([line for line in lines if wanted in ("", line.payer_region)])


def _lines(on: date | None, institution_id: str, context: Context) -> Sequence[BookedLine]:
    day = on or civil_date(context.now)
    lines = context.table(BookedLine).select(on=day)
    mine = [line for line in lines if line.side == "care"]
    if not institution_id:
        return mine
    settlements = context.table(Settlement).get_many({(line.settlement_id,) for line in mine})
    return [
        line for line in mine if settlements[line.settlement_id,].institution_id == institution_id
    ]
