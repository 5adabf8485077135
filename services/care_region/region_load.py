"""How many settle requests wait for each insured region: a dead one holds only so many."""

from __future__ import annotations

from clearing.errors import Unavailable
from clearing.frozen import replace
from services.care_region.records import RegionLoad
from services.node.context import Context

MAX_WAITING = 2_000
"""For each insured region, unless a process is told another number."""


def wait_for(insured_region: str, most: int, context: Context) -> None:
    """Count one more wait on a region. Raises ``Unavailable`` when ``most`` wait already."""
    waiting = waiting_for(insured_region, context)
    if waiting >= most:
        raise Unavailable(
            "region_behind",
            f"{insured_region} has {waiting} unanswered requests; repeat later",
            f"参保地 {insured_region} 积压 {waiting} 笔未应答, 请稍后重试",
        )
    _count(insured_region, 1, context)


def no_longer_waiting(insured_region: str, context: Context) -> None:
    """Count one wait on a region less."""
    _count(insured_region, -1, context)


def waiting_for(insured_region: str, context: Context) -> int:
    """Return how many settle requests wait for a region, whichever process took them."""
    loads = context.table(RegionLoad).select(insured_region=insured_region)
    return sum(load.waiting for load in loads)


def _count(insured_region: str, more: int, context: Context) -> None:
    loads = context.table(RegionLoad)
    load = loads.get(insured_region, context.process) or RegionLoad(
        insured_region, context.process, 0
    )
    loads.put(replace(load, waiting=load.waiting + more))
