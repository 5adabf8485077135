"""Reading at once what the commands of a batch would read one by one.

A batch of several hundred commands asks the database for a row a few thousand times; nearly all
of these rows follow from what the commands say. They are read ahead into the batch's own unit
of work, so nothing is read of another moment, and a handler that needs more reads it itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clearing.ports import UnitOfWork
from services.node.command import Command, Delivery
from services.node.records import ConsumedOffset, RequestEntry, SeenMessage

Prefetch = Callable[[Sequence[Any], UnitOfWork], None]
"""Reads what payloads of one type will need."""


def prefetch(
    commands: Sequence[Command], by_type: Mapping[type, Prefetch], unit: UnitOfWork
) -> None:
    """Read what a batch will need; one command alone reads for itself."""
    if sum(command.weight for command in commands) < 2:
        return
    deliveries = [command for command in commands if isinstance(command, Delivery)]
    envelopes = [each.envelope for each in deliveries if each.envelope is not None]
    metas = [each.meta for each in commands if not isinstance(each, Delivery)]
    places = {(each.record.topic, each.record.partition) for each in deliveries}
    unit.table(ConsumedOffset).get_many(places)
    unit.table(SeenMessage).get_many((each.message_id,) for each in envelopes)
    unit.table(RequestEntry).get_many(
        (meta.scope, meta.request_id) for meta in metas if meta is not None
    )
    payloads: dict[type, list[Any]] = {}
    for envelope in envelopes:
        payloads.setdefault(type(envelope.body), []).append(envelope.body)
    for command in commands:
        if not isinstance(command, Delivery):
            payloads.setdefault(type(command.payload), []).append(command.payload)
    for kind, found in payloads.items():
        if kind in by_type:
            by_type[kind](found, unit)
