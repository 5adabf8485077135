"""Reading at once what the commands of a batch would read one by one.

A batch of several hundred commands asks the database for a row a few thousand times; nearly all
of these rows follow from what the commands say. They are read ahead into the batch's own unit
of work, so nothing is read of another moment, and a handler that needs more reads it itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from clearing.ports import UnitOfWork
from services.node.command import Command, Delivery
from services.node.held_keys import want_held_keys
from services.node.records import RequestEntry, SeenMessage
from services.node.role import Role


def prefetch(commands: Sequence[Command], role: Role, unit: UnitOfWork) -> None:
    """Read what a batch will need, in as many round trips as one thing leads to another."""
    payloads = _want_own(commands, role, unit)
    known = role.prefetch
    readers = [known[kind](found, unit) for kind, found in payloads.items() if kind in known]
    while True:
        readers = [reader for reader in readers if _goes_on(reader)]
        unit.read_wanted()
        if not readers:
            return


def _goes_on(reader: Iterator[None]) -> bool:
    try:
        next(reader)
    except StopIteration:
        return False
    return True


def _want_own(commands: Sequence[Command], role: Role, unit: UnitOfWork) -> dict[type, list[Any]]:
    """Want what a node of any role needs; return the payloads by their type."""
    payloads: dict[type, list[Any]] = {}
    message_ids, request_ids, reads_on = [], [], False
    for command in commands:
        if isinstance(command, Delivery):
            reads_on = True
            if (envelope := command.envelope) is not None:
                message_ids.append((envelope.message_id,))
                payloads.setdefault(type(envelope.body), []).append(envelope.body)
            continue
        if command.meta is not None:
            request_ids.append((command.meta.scope, command.meta.request_id))
        payloads.setdefault(type(command.payload), []).append(command.payload)
    unit.table(RequestEntry).want(request_ids)
    if role.want_scopes is not None:
        role.want_scopes({scope for scope, _ in request_ids}, unit)
    if reads_on:
        unit.table(SeenMessage).want(message_ids)
        want_held_keys(unit)
    return payloads
