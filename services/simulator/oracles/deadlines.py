"""What came to the log after its deadline had no effect, whatever anybody's clock says."""

from __future__ import annotations

from collections.abc import Iterator

from clearing.messages import Address, DebitRequested, SettleRequested
from clearing.ports import LogRecord
from services.insured_region import records as at_insured
from services.node import topics
from services.simulator.violation import Violation
from services.simulator.wire import envelope_of, id_of
from services.simulator.world import World

_DREW = (at_insured.DebitState.DEBITED, at_insured.DebitState.UNDONE)


def check_deadlines(world: World, at: Address) -> None:
    """Look at every request an insured region was sent. Raises ``Violation``."""
    settlements = world.disks[at].tables[at_insured.Settlement].records
    debits = world.disks[at].tables[at_insured.Debit].records
    for record in _first_copies(world, at):
        body = envelope_of(record.value).body
        if isinstance(body, SettleRequested) and record.appended_at > body.deadline:
            if (body.settlement_id,) in settlements:
                raise Violation("deadline_ignored", f"{at}: {body.settlement_id} was settled")
        elif isinstance(body, DebitRequested) and record.appended_at > body.deadline:
            debit = debits.get((body.debit_id,))
            if debit is not None and debit.state in _DREW:
                raise Violation("deadline_ignored", f"{at}: {body.debit_id} was drawn")


def _first_copies(world: World, at: Address) -> Iterator[LogRecord]:
    for place in world.log.partitions(topics.inbound(at)):
        seen: set[str] = set()
        for record in world.broker.records[place]:
            message_id = id_of(record.value)
            if message_id and message_id not in seen:
                seen.add(message_id)
                yield record
