"""Messages that a node fails at until it is mended, as a bug in its handlers would make it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from services.node.context import Context
from services.node.limits import ParkingLimits
from services.node.role import Handler
from services.simulator.plans import NodePlan

TIGHT = ParkingLimits(max_unresolved=3, max_share_bp=2_500, window=16)
"""Limits that a run reaches: a node stops consuming at so many letters, or failures of late."""


class Fault(Exception):
    """What a handler with a bug raises."""


def with_fault(plan: NodePlan, failing: Collection[str], limits: ParkingLimits | None) -> NodePlan:
    """Return the plan of a node that fails at the messages with these ids, while they are there."""
    handlers: Mapping[type, Handler] = plan.role.handlers
    faulty = {body: _faulty(handler, failing) for body, handler in handlers.items()}
    return replace(plan, role=replace(plan.role, handlers=faulty), limits=limits)


def _faulty(handler: Handler, failing: Collection[str]) -> Handler:
    def handle(payload: Any, context: Context) -> Any:
        if context.cause in failing:
            raise Fault
        return handler(payload, context)

    return handle
