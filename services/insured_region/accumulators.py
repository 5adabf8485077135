"""A member's accumulators: always the sum of what live settlements and decisions added."""

from __future__ import annotations

from collections.abc import Mapping

from clearing.benefits.bundles.rerun import added
from clearing.errors import Malformed
from clearing.frozen import replace
from services.insured_region import commands
from services.insured_region.answers import AccumulatorsSeen, AllAccumulators
from services.insured_region.records import YearAccumulators
from services.node.context import Context

MAX_MEMBERS = 500


def of_year(context: Context, member_id: str, benefit_year: int) -> Mapping[str, int]:
    """Return the accumulators of a member's benefit year."""
    row = context.table(YearAccumulators).get(member_id, benefit_year)
    return {} if row is None else row.values


def add(
    context: Context, member_id: str, benefit_year: int, additions: Mapping[str, int], sign: int = 1
) -> None:
    """Add a settlement's additions, or with ``sign`` -1 subtract exactly them.

    A name that comes back to 0 goes: the accumulators are the same as if it had never been.
    """
    if not additions:
        return
    row = _row(context, member_id, benefit_year)
    values = added(row.values, additions, sign)
    context.table(YearAccumulators).put(replace(row, values=values))


def next_place(context: Context, member_id: str, benefit_year: int) -> int:
    """Take the next place of the year's chain: the order in which its claims were decided."""
    row = _row(context, member_id, benefit_year)
    context.table(YearAccumulators).put(replace(row, places=row.places + 1))
    return row.places + 1


def _row(context: Context, member_id: str, benefit_year: int) -> YearAccumulators:
    row = context.table(YearAccumulators).get(member_id, benefit_year)
    return YearAccumulators(member_id, benefit_year, {}) if row is None else row


def get_accumulators(command: commands.GetAccumulators, context: Context) -> AllAccumulators:
    """Show the accumulators of members, by benefit year; empty years are left out."""
    if len(command.member_ids) > MAX_MEMBERS:
        raise Malformed(
            "too_many",
            f"at most {MAX_MEMBERS} a call",
            f"每次最多{MAX_MEMBERS}",
            field="member_ids",
        )
    table = context.table(YearAccumulators)
    return AllAccumulators(
        tuple(
            AccumulatorsSeen(row.member_id, row.benefit_year, row.values)
            for member_id in command.member_ids
            for row in table.select(member_id=member_id)
            if row.values
        )
    )
