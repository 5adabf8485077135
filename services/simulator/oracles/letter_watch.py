"""Messages are carried out in the order of their keys, set aside for a reason, and never late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from clearing.messages import Address, DebitRequested, SettleRequested
from clearing.settlement import SettlementState
from services.insured_region import records as at_insured
from services.node.records import LetterState, ParkedRecord, SeenMessage
from services.simulator.oracles.log_order import OutboxWatch
from services.simulator.oracles.watching import Change, Later
from services.simulator.violation import Violation
from services.simulator.wire import envelope_of, id_of
from services.simulator.world import World

_UNRESOLVED = (LetterState.PARKED, LetterState.BEHIND)
_WITHOUT_EFFECT = (SettlementState.EXPIRED, SettlementState.REFUSED)
_DREW = (at_insured.DebitState.DEBITED, at_insured.DebitState.UNDONE)


class LetterWatch:
    """Watches what is read, what is set aside, and what becomes of that."""

    def __init__(self, world: World, later: Later, outbox: OutboxWatch) -> None:
        self._world = world
        self._later = later
        self._outbox = outbox
        self._reached: dict[tuple[Address, str, str], int] = {}
        self._unresolved: Counter[Address] = Counter()
        self.rules: Mapping[type, Change] = {
            SeenMessage: self._seen,
            ParkedRecord: self._parked,
        }

    def forget(self, address: Address) -> None:
        """See ``Watcher``."""
        del self._unresolved[address]
        self._reached = {key: at for key, at in self._reached.items() if key[0] != address}
        # What the database holds comes by id, not in the order in which it was read.
        for row in self._world.rows(address, SeenMessage):
            topic, key, offset = self._outbox.first_copy(row.message_id)
            line = address, topic, key
            self._reached[line] = max(self._reached.get(line, -1), offset)

    def _seen(self, address: Address, _before: Any, after: Any) -> None:
        if after is None:
            return
        topic, key, offset = self._outbox.first_copy(after.message_id)
        line = address, topic, key
        if self._reached.get(line, -1) > offset:
            raise Violation("key_out_of_order", f"{line}: {after.message_id} is late")
        self._reached[line] = offset

    def _parked(self, address: Address, before: Any, after: Any) -> None:
        if after is None:
            raise Violation("letter_gone", f"{address}: {before}")
        waited = before is not None and before.state in _UNRESOLVED
        self._unresolved[address] += (after.state in _UNRESOLVED) - waited
        if after.state is LetterState.PARKED:
            self._is_poison(address, after)
            self._later("limits", address, check=partial(self._within_limits, address))
        elif after.state is LetterState.REPLAYED and waited:
            self._later("replay", address, after.offset, check=partial(self._late, address, after))

    def _is_poison(self, address: Address, letter: ParkedRecord) -> None:
        if letter.message_id not in self._world.poisoned and id_of(letter.value):
            raise Violation("message_parked", f"{address}: {letter.code}: {letter.reason}")

    def _within_limits(self, address: Address) -> None:
        """Nobody goes on beyond the limits; two processes may each park one before they know."""
        limits = self._world.limits
        if limits is None or self._world.layout.shared(address):
            return
        if self._unresolved[address] > limits.max_unresolved:
            raise Violation("limits_passed", f"{address}: {self._unresolved[address]} letters")

    def _late(self, address: Address, letter: ParkedRecord) -> None:
        """A request replayed after its deadline has no effect any more."""
        body = envelope_of(letter.value).body
        assert letter.acted_at is not None
        if isinstance(body, SettleRequested) and letter.acted_at > body.deadline:
            settled = self._world.record(address, at_insured.Settlement, body.settlement_id)
            if settled is not None and settled.state not in _WITHOUT_EFFECT:
                raise Violation("deadline_ignored", f"{address}: {body.settlement_id} was settled")
        elif isinstance(body, DebitRequested) and letter.acted_at > body.deadline:
            debit = self._world.record(address, at_insured.Debit, body.debit_id)
            if debit is not None and debit.state in _DREW:
                raise Violation("deadline_ignored", f"{address}: {body.debit_id} was drawn")
