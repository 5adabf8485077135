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
    loads = context.table(RegionLoad)
    load = loads.get(insured_region) or RegionLoad(insured_region, 0)
    if load.waiting >= most:
        raise Unavailable(
            "region_behind",
            f"{insured_region} has {load.waiting} unanswered requests; repeat later",
            f"参保地 {insured_region} 积压 {load.waiting} 笔未应答, 请稍后重试",
        )
    loads.put(replace(load, waiting=load.waiting + 1))


def no_longer_waiting(insured_region: str, context: Context) -> None:
    """Count one wait on a region less."""
    loads = context.table(RegionLoad)
    load = loads.get(insured_region)
    if load is not None:
        loads.put(replace(load, waiting=load.waiting - 1))
