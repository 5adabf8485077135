"""``python -m tests.bench.message_cost``: processor time of the message leg without servers.

Handlers, codecs, books and rows of the leg in one thread, over dictionaries: what a settlement
costs each role's nodes beside the database and the log. The settle requests are worked out and
encoded before anything is timed.

What the stores in memory take for themselves is found by asking them the same things once more,
and is subtracted; turning records into rows and back is measured on the records that were
written and read. A fixed loop measured in the same run tells how fast the processor was then.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import logging
import pstats
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from adapters.db.memory import MemoryDisk, MemoryStore
from adapters.host.clock import SystemClock
from adapters.host.ids import TimeOrderedIds
from adapters.wire.envelopes import decode_envelope
from clearing.messages import Address, Role
from clearing.ports import Key, LogRecord, NewRecord, Store
from services.network.roles import SPECS, Roles
from services.node import topics
from services.node.command import Delivery
from services.node.machine import NodeMachine, records_of
from tests.bench.asked_stores import AskedStore, AskedUnit, ask_again, rows_of
from tests.bench.on_servers.preparing import Preparation
from tests.bench.on_servers.workload import REGIONS, Sizes, Workload, make_workload
from tests.bench.process_use import machine_description
from tests.bench.table import markdown, row

SEED = 20250602
ROLES = (Role.INSURED, Role.CARE, Role.HOUSE)
REFERENCE_ROUNDS = 200_000

Around = Callable[[Role], AbstractContextManager[Any]]


class Stopwatch:
    """Adds up this process's processor time."""

    def __init__(self) -> None:
        self.spent_s = 0.0

    def __enter__(self) -> None:
        self._began_s = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.spent_s += time.process_time() - self._began_s


@dataclass(slots=True)
class Run:
    """Processor time of one run, in seconds: with the stores, of them, of rows, of the loop."""

    whole: Mapping[Role, Stopwatch] = field(
        default_factory=lambda: {role: Stopwatch() for role in ROLES}
    )
    stores: Mapping[Role, Stopwatch] = field(
        default_factory=lambda: {role: Stopwatch() for role in ROLES}
    )
    rows: Mapping[Role, Stopwatch] = field(
        default_factory=lambda: {role: Stopwatch() for role in ROLES}
    )
    loop: Stopwatch = field(default_factory=Stopwatch)


class InMemory:
    """The nodes' disks, as ``Preparation`` asks a network for them."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self.disks = {
            at: MemoryDisk(SPECS[role]) for role in ROLES for at in roles.addresses(role, REGIONS)
        }

    def open_store(self, address: Address) -> Store:
        """Open a node's disk."""
        return MemoryStore(self.disks[address])


class Leg:
    """The leg from settle requests on the log to the journal; may be run again and again."""

    def __init__(self, roles: Roles, workload: Workload, batch: int) -> None:
        self._roles = roles
        self._batch = batch
        self._network = InMemory(roles)
        with Preparation(self._network) as preparation:  # type: ignore[arg-type]  # disks do here
            preparation.register(workload)
            filings = preparation.filings()
            self._requests = preparation.settle(workload.visits)
        self._let_arrive(filings, lambda _: nullcontext(), MemoryStore)
        self._before: Mapping[Address, Mapping[type, Mapping[Key, Any]]] = {
            at: disk.backup() for at, disk in self._network.disks.items()
        }

    def restore(self) -> None:
        """Put every disk back to where the requests had been sent."""
        for at, disk in self._network.disks.items():
            disk.restore(self._before[at])

    def run(self, around: Around, kind: Callable[[MemoryDisk], Store] = MemoryStore) -> None:
        """Let every message arrive; ``around`` is entered for each batch of a role's node."""
        self._let_arrive(self._requests, around, kind)

    def _let_arrive(
        self, sent: Sequence[NewRecord], around: Around, kind: Callable[[MemoryDisk], Store]
    ) -> None:
        clock = SystemClock()
        ids = TimeOrderedIds(clock)
        waiting: dict[str, list[LogRecord]] = {}
        self._append(sent, waiting)
        machines = {
            at: self._roles.machine(at, kind(disk), clock, ids, replaying=True)
            for at, disk in self._network.disks.items()
        }
        while any(waiting.values()):
            for at, machine in machines.items():
                for topic in topics.read_by(at):
                    records = waiting.get(topic, [])
                    some, waiting[topic] = records[: self._batch], records[self._batch :]
                    if some:
                        with around(at.role):
                            outgoing = carry_out(machine, some)
                        self._append(outgoing, waiting)

    def _append(self, records: Sequence[NewRecord], waiting: dict[str, list[LogRecord]]) -> None:
        now = SystemClock().now()
        for each in records:
            there = waiting.setdefault(each.topic, [])
            there.append(LogRecord(each.topic, 0, len(there), each.key, each.value, now))

    def asked(self) -> dict[Address, list[AskedUnit]]:
        """Return what a run asks each node's store."""
        self.restore()
        stores: list[AskedStore] = []

        def noting(disk: MemoryDisk) -> Store:
            stores.append(AskedStore(disk))
            return stores[-1]

        self.run(lambda _: nullcontext(), noting)
        return {at: store.units for at, store in zip(self._network.disks, stores, strict=True)}

    def measure(self, asked: Mapping[Address, list[AskedUnit]]) -> Run:
        """Run once more, then only the stores, then only the rows."""
        run = Run()
        with run.loop:
            reference_loop()
        self.restore()
        gc.collect()
        self.run(run.whole.__getitem__)
        self.restore()
        for at, disk in self._network.disks.items():
            with run.stores[at.role]:
                ask_again(asked[at], disk)
            shapes = {record: kept.shape for record, kept in disk.tables.items()}
            work = rows_of(asked[at], shapes)
            with run.rows[at.role]:
                for each in work:
                    each.do()
        with run.loop:
            reference_loop()
        return run

    def profile(self, wanted: Role) -> pstats.Stats:
        """Return the profile of the batches of one role."""
        self.restore()
        profile = cProfile.Profile()
        self.run(lambda role: _Profiled(profile) if role is wanted else nullcontext())
        return pstats.Stats(profile)


class _Profiled:
    def __init__(self, profile: cProfile.Profile) -> None:
        self._profile = profile

    def __enter__(self) -> None:
        self._profile.enable()

    def __exit__(self, *_: object) -> None:
        self._profile.disable()


def carry_out(machine: NodeMachine, records: Sequence[LogRecord]) -> Sequence[NewRecord]:
    """Do what poller, worker and relay do with a batch, but for waiting for others."""
    deliveries = [Delivery(each, decode_envelope(each.value)) for each in records]
    result = machine.run(deliveries)
    sent = records_of(machine.in_turn(result))
    machine.mark_published([outgoing.sequence for outgoing in result.outgoing])
    return sent


def reference_loop() -> int:
    """Take a fixed amount of plain Python: a dictionary, a tuple, a sum."""
    known: dict[tuple[int, str], int] = {}
    total = 0
    for number in range(REFERENCE_ROUNDS):
        known[number & 1023, "key"] = number
        total += known[number & 511, "key"]
    return total


def main(arguments: Sequence[str]) -> int:
    """Prepare, measure, print; with ``--profile`` the functions that take most of it as well."""
    options = _options(arguments)
    logging.disable(logging.INFO)
    roles = Roles(None)
    sizes = Sizes(SEED, options.settlements, options.settlements)
    leg = Leg(roles, make_workload(sizes, roles.books), options.batch)
    gc.collect()
    gc.freeze()  # what was planned and prepared is no part of a node's process
    asked = leg.asked()
    runs = [leg.measure(asked) for _ in range(options.runs)]
    print(
        f"{machine_description()}; µs a settlement of {sizes.visits:,}, batches of {options.batch}"
    )
    print(markdown(_rows(runs, sizes.visits)))
    for role in ROLES if options.profile else ():
        print(f"\n{role}")
        stats = leg.profile(role)
        stats.sort_stats("tottime").print_stats(options.profile)
    return 0


def _rows(runs: Sequence[Run], settlements: int) -> list[Any]:
    def each(spent_s: Sequence[float]) -> list[float]:
        return [each_s * 1e6 / settlements for each_s in spent_s]

    rows, totals = [], [0.0] * len(runs)
    for role in ROLES:
        whole = each([run.whole[role].spent_s for run in runs])
        stores = each([run.stores[role].spent_s for run in runs])
        turned = each([run.rows[role].spent_s for run in runs])
        own = [all_of_it - store for all_of_it, store in zip(whole, stores, strict=True)]
        totals = [sum(parts) for parts in zip(totals, own, turned, strict=True)]
        rows += [row(f"{role}: handlers, codecs, machine", own, 0), row(f"{role}: rows", turned, 0)]
        rows.append(row(f"({role}: the store in memory, not counted)", stores, 0))
    loops = [run.loop.spent_s * 1e9 / (2 * REFERENCE_ROUNDS) for run in runs]
    rows.append(row("all that is counted", totals, 0))
    rows.append(row("a round of the reference loop, ns", loops, 0))
    rates = [total / loop for total, loop in zip(totals, loops, strict=True)]
    rows.append(row("all that is counted, in thousands of such rounds", rates, 2))
    return rows


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.message_cost", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--settlements", type=int, default=2_000)
    parser.add_argument("--batch", type=int, default=500, help="messages a transaction")
    parser.add_argument("--profile", type=int, default=0, help="so many functions of each role")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
