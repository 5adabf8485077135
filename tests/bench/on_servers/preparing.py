"""Bringing a network to where its settle requests are worked out and wait in the outboxes.

The nodes are driven here, in one process and in large batches; what they write is what they
would have written behind their services. Their messages are appended later, all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from itertools import groupby
from typing import Any

from adapters.host.clock import SystemClock
from adapters.host.ids import TimeOrderedIds
from clearing.benefits.claim import CareType
from clearing.messages import Address, Role
from clearing.ports import NewRecord
from services.harness import requests
from services.harness.corpus import Visit
from services.network.roles import Roles
from services.node.command import Answered, Failed, Request, Waiting
from services.node.machine import NodeMachine, records_of
from services.node.records import Outgoing
from services.node.shared_machine import SharedMachine
from tests.bench.child import BenchError
from tests.bench.on_servers.network import BenchNetwork
from tests.bench.on_servers.workload import Workload

MEMBERS_A_CALL = 500
BATCH = 500
UPLOAD_LINES = 500


class Reader:
    """Turns messages of the services into the machine's requests, as the services do."""

    def __init__(self, roles: Roles) -> None:
        self._bound = {
            bound.request_type: bound
            for endpoints in roles.endpoints.values()
            for bound in endpoints
        }

    def read(self, message: Any) -> tuple[Address, Request]:
        """Return the node that a message is for, and the request."""
        return self._bound[type(message)].read(message)


class Preparation:
    """Drives the machines of a network; use as a context manager."""

    def __init__(self, network: BenchNetwork) -> None:
        self._network = network
        self._reader = Reader(network.roles)
        self._clock = SystemClock()
        self._ids = TimeOrderedIds(self._clock)
        self._machines: dict[Address, NodeMachine] = {}
        self._open = ExitStack()

    def __enter__(self) -> Preparation:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def register(self, workload: Workload) -> None:
        """Register institutions and members, and file."""
        made: list[Any] = []
        for region, some in groupby(workload.institutions, lambda one: one.care_region):
            made.append(
                requests.register_institutions(f"houses-{region}", list(some), workload.began)
            )
        members = (person.member for person in workload.people)
        for region, everybody in groupby(members, lambda one: one.insured_region):
            for number, some_of_them in enumerate(_chunks(list(everybody), MEMBERS_A_CALL)):
                name = f"members-{region}-{number}"
                made.append(requests.register_members(name, some_of_them, workload.began))
        self._carry_out(made)
        filings = [requests.filing_request(step, "") for step in workload.filings]
        self._carry_out(filings, expected=Waiting)

    def settle(self, visits: Sequence[Visit]) -> list[NewRecord]:
        """Open, upload, close and ask to settle; return the messages to be appended.

        They are in about the order of the visits, whichever node sent them, and noted as
        published: whoever asked for them appends them.
        """
        ids = self.upload(visits)
        asked = [requests.settle(one, ids[one.key], "settle", one.settle_at) for one in visits]
        self._carry_out(asked, expected=Waiting)
        placed = [
            (at / len(rows), number, row)
            for number, rows in enumerate(self._take_outgoing_of(Role.CARE))
            for at, row in enumerate(rows)
        ]
        return records_of([row for _, _, row in sorted(placed, key=lambda each: each[:2])])

    def filings(self) -> list[NewRecord]:
        """Return what insured regions tell themselves of filings, noted as published.

        For those who run no relay; without this call it stays in the outboxes.
        """
        return [
            record for rows in self._take_outgoing_of(Role.INSURED) for record in records_of(rows)
        ]

    def upload(self, visits: Sequence[Visit]) -> dict[str, str]:
        """Bring visits to where they can be settled; return their ids by key."""
        opened = self._carry_out([requests.open_visit(one) for one in visits])
        ids = {one.key: answer.visit_id for one, answer in zip(visits, opened, strict=True)}
        for most in range(0, max(len(one.lines) for one in visits), UPLOAD_LINES):
            self._carry_out(
                requests.upload_lines(
                    one, ids[one.key], f"lines.{most}", one.lines[most : most + UPLOAD_LINES]
                )
                for one in visits
                if len(one.lines) > most
            )
        self._carry_out(
            requests.close_visit(one, ids[one.key])
            for one in visits
            if one.care_type is CareType.INPATIENT
        )
        return ids

    def _take_outgoing_of(self, role: Role) -> list[list[Outgoing]]:
        machines = self._machines.items()
        return [self._take_outgoing(machine) for node, machine in machines if node.role is role]

    def _take_outgoing(self, machine: NodeMachine) -> list[Outgoing]:
        rows = list(machine.unpublished)
        machine.mark_published([row.sequence for row in rows])
        machine.flush_published()
        machine.unpublished.clear()
        return rows

    def _carry_out(self, messages: Iterable[Any], expected: type = Answered) -> list[Any]:
        """Carry requests out, node by node; return their answers in the order given."""
        by_node: dict[Address, list[tuple[int, Request]]] = {}
        count = 0
        for message in messages:
            address, request = self._reader.read(message)
            by_node.setdefault(address, []).append((count, request))
            count += 1
        answers: list[Any] = [None] * count
        for address, placed in by_node.items():
            machine = self._machine(address)
            for some in _chunks(placed, BATCH):
                result = machine.run([request for _, request in some])
                machine.unpublished.extend(result.outgoing)
                for (at, _), got in zip(some, result.results, strict=True):
                    if isinstance(got, Failed):
                        raise BenchError(f"{address} refused to prepare: {got.error}")
                    if not isinstance(got, expected):
                        raise BenchError(f"{address} answered {got} while preparing")
                    answers[at] = got.body if isinstance(got, Answered) else None
        return answers

    def _machine(self, address: Address) -> NodeMachine:
        if address not in self._machines:
            machine = self._network.roles.machine(
                address,
                self._network.open_store(address),
                self._clock,
                self._ids,
                replaying=True,
                kind=SharedMachine,
            )
            self._open.enter_context(closing(machine))
            self._machines[address] = machine
        return self._machines[address]


def _chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
