"""Settlements move as they may, live once, and are waited for as often as the load says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from clearing.errors import InvariantBroken
from clearing.messages import Address
from clearing.settlement import SettlementState, move
from services.care_region import records as at_care
from services.insured_region import records as at_insured
from services.simulator.oracles.watching import Change, Later
from services.simulator.violation import Violation
from services.simulator.world import World

_LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)


class SettlingWatch:
    """Watches the settlements of both sides."""

    def __init__(self, world: World, later: Later) -> None:
        self._world = world
        self._later = later
        self._effects: Counter[tuple[Any, ...]] = Counter()
        self._live: Counter[tuple[Any, ...]] = Counter()
        self._requested: Counter[tuple[Address, str]] = Counter()
        self.rules: Mapping[type, Change] = {
            at_care.Settlement: self._care_settlement,
            at_care.RegionLoad: self._region_load,
            at_insured.Settlement: self._insured_settlement,
        }

    def forget(self, address: Address) -> None:
        """See ``Watcher``."""
        for counts in (self._effects, self._live, self._requested):
            for key in [key for key in counts if key[0] == address]:
                del counts[key]

    def _effect(self, *key: Any) -> None:
        self._effects[key] += 1
        if self._effects[key] > 1:
            raise Violation("two_effects", f"a second settlement of {key}")

    def _moves(self, address: Address, before: Any, after: Any) -> None:
        """Count what lives on a visit, and hold a settlement to the moves there are."""
        if after is None:
            raise Violation("settlement_gone", f"{address}: {before}")
        region = address.region if isinstance(after, at_care.Settlement) else after.care_region
        visit = (address, region, after.visit_id)
        self._live[visit] += (after.state in _LIVE) - (before is not None and before.state in _LIVE)
        if self._live[visit] > 1:
            raise Violation("two_live_settlements", f"{address}: visit {after.visit_id}")
        if before is not None and not _reachable(before.state, after.state):
            raise Violation("state_moved", f"{address}: {before.state} to {after.state}")

    def _care_settlement(self, address: Address, before: Any, after: Any) -> None:
        if before is None:
            self._effect(address, after.institution_id, after.request_id)
        self._moves(address, before, after)
        waits = SettlementState.REQUESTED
        key = address, after.insured_region
        self._requested[key] += (after.state is waits) - (
            before is not None and before.state is waits
        )
        self._later("load", *key, check=partial(self._load_is_counted, *key))

    def _region_load(self, address: Address, _before: Any, after: Any) -> None:
        key = address, after.insured_region
        self._later("load", *key, check=partial(self._load_is_counted, *key))

    def _load_is_counted(self, address: Address, region: str) -> None:
        loads = self._world.rows(address, at_care.RegionLoad)
        waiting = sum(load.waiting for load in loads if load.insured_region == region)
        if waiting != self._requested[address, region]:
            raise Violation(
                "load_miscounted",
                f"{address}: {waiting} wait for {region}, not {self._requested[address, region]}",
            )

    def _insured_settlement(self, address: Address, before: Any, after: Any) -> None:
        if before is None:
            self._effect(address, after.care_region, after.institution_id, after.request_id)
        elif before.seal != after.seal:
            raise Violation("settlement_changed", f"{address}: {after.settlement_id}")
        self._moves(address, before, after)


@cache
def _reachable(state: SettlementState, to: SettlementState) -> bool:
    """Tell whether a settlement can come from one state to another in one commit, in any steps."""
    known, new = {state}, {state}
    while new:
        new = {after for before in new for after in SettlementState if _may_move(before, after)}
        new -= known
        known |= new
    return to in known


def _may_move(state: SettlementState, to: SettlementState) -> bool:
    try:
        move(state, to)
    except InvariantBroken:
        return False
    return True
