"""What must hold after every step, looked at only where the step changed something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from clearing.errors import InvariantBroken
from clearing.journal import JournalLine
from clearing.messages import Address
from clearing.period import Period, PeriodState
from clearing.ports import TopicPartition
from clearing.position import Position, PositionKey, key_of, position_key
from clearing.settlement import SettlementState, move
from services.care_region import records as at_care
from services.insured_region import records as at_insured
from services.node.day_book import BookedLine
from services.node.records import (
    ConsumedOffset,
    Outgoing,
    ParkedRecord,
    RequestEntry,
    RequestStatus,
    SeenMessage,
)
from services.simulator.calls import Sent, said
from services.simulator.violation import Violation
from services.simulator.world import World

_LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)
_FINAL = (RequestStatus.ANSWERED, RequestStatus.REFUSED, RequestStatus.TOMBSTONE)
_ONCE = (SeenMessage, BookedLine, JournalLine)
"""Records that are written once and never again: a second write is a second effect."""

Change = Callable[[Address, Any, Any], None]


class Watch:
    """Sees every record that a commit of any node writes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._effects: Counter[tuple[Any, ...]] = Counter()
        self._live: Counter[tuple[Any, ...]] = Counter()
        self._requested: Counter[tuple[Address, str]] = Counter()
        self._added: dict[tuple[Address, str, int], Counter[str]] = {}
        self._drawn: Counter[tuple[Address, str]] = Counter()
        self._posted: dict[PositionKey, list[int]] = {}
        self._closed: set[str] = set()
        self._known: dict[TopicPartition, int] = {}
        self._in_the_log: set[bytes] = set()
        self._checks: dict[tuple[Any, ...], Callable[[], None]] = {}
        self.changes = 0
        self._rules: dict[type, Change] = {
            at_care.Settlement: self._care_settlement,
            at_care.RegionLoad: self._region_load,
            at_insured.Settlement: self._insured_settlement,
            at_insured.ManualCase: self._manual_case,
            at_insured.YearAccumulators: self._accumulators,
            at_insured.Debit: self._debit,
            at_insured.Account: self._account,
            Position: self._position,
            Period: self._period,
            RequestEntry: self._request,
            Outgoing: self._outgoing,
            ConsumedOffset: self._offset,
            ParkedRecord: self._parked,
        }
        for address, disk in world.disks.items():
            disk.watcher = partial(self._changed, address)

    def check(self, promised: list[Sent]) -> None:
        """Look at what was touched since the last time. Raises ``Violation``."""
        checks, self._checks = self._checks, {}
        for check in checks.values():
            check()
        for sent in promised:
            self._keeps_promise(sent)
        promised.clear()

    def _changed(self, address: Address, before: Any, after: Any) -> None:
        self.changes += 1
        record = type(before if after is None else after)
        if record in _ONCE:
            if before is not None:
                raise Violation("two_effects", f"{address}: {before} is written again: {after}")
            if record is JournalLine:
                self._journal_line(after)
            return
        rule = self._rules.get(record)
        if rule is not None:
            rule(address, before, after)

    def _later(self, *key: Any, check: Callable[[], None]) -> None:
        self._checks[key] = check

    def _record(self, address: Address, record: type, *key: Any) -> Any:
        return self._world.disks[address].tables[record].records.get(key)

    # --- requests

    def _request(self, address: Address, before: Any, after: Any) -> None:
        if before is not None and before.status in _FINAL and after != before:
            raise Violation("answer_changed", f"{address}: {before} becomes {after}")

    def _keeps_promise(self, sent: Sent) -> None:
        """What a caller was told must be on the disk by now."""
        entry = self._record(sent.at, RequestEntry, sent.scope, sent.request_id)
        kept = entry is not None and entry.status in _FINAL
        if kept and entry.status is RequestStatus.ANSWERED:
            body = self._world.answers.decode(entry.answer_kind, entry.body)
            kept = sent.final is not None and body == said(sent.final)
        if not kept:
            raise Violation("answer_not_kept", f"{sent}: told {sent.final}, kept {entry}")

    def _parked(self, address: Address, _before: Any, after: Any) -> None:
        if after is not None:
            raise Violation("message_parked", f"{address}: {after.code}: {after.reason}")

    # --- outbox and offsets

    def _outgoing(self, address: Address, before: Any, after: Any) -> None:
        if before is not None and after is not None:
            raise Violation("outbox_overwritten", f"{address}: row {before.sequence}")
        if after is None and before is not None and not self._in_log(before):
            raise Violation("message_lost", f"{address}: row {before.sequence} left unpublished")

    def _in_log(self, row: Outgoing) -> bool:
        for place, records in self._world.broker.records.items():
            known = self._known.get(place, 0)
            if known < len(records):
                self._in_the_log.update(record.value for record in records[known:])
                self._known[place] = len(records)
        return row.value in self._in_the_log

    def _offset(self, address: Address, before: Any, after: Any) -> None:
        if before is not None and (after is None or after.next_offset < before.next_offset):
            raise Violation("offset_back", f"{address}: {before} becomes {after}")

    # --- settlements

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
        load = self._record(address, at_care.RegionLoad, region)
        waiting = 0 if load is None else load.waiting
        if waiting != self._requested[address, region]:
            raise Violation(
                "load_miscounted",
                f"{address}: {waiting} wait for {region}, not {self._requested[address, region]}",
            )

    # --- accumulators and accounts

    def _insured_settlement(self, address: Address, before: Any, after: Any) -> None:
        if before is None:
            self._effect(address, after.care_region, after.institution_id, after.request_id)
        elif before.seal != after.seal:
            raise Violation("settlement_changed", f"{address}: {after.settlement_id}")
        self._moves(address, before, after)
        for record, sign in ((before, -1), (after, 1)):
            if record is not None and record.state is SettlementState.SETTLED:
                self._add(address, record, sign)

    def _manual_case(self, address: Address, before: Any, after: Any) -> None:
        for record, sign in ((before, -1), (after, 1)):
            if record is not None and record.state is at_insured.CaseState.DECIDED:
                self._add(address, record, sign)

    def _add(self, address: Address, record: Any, sign: int) -> None:
        key = address, record.member_id, record.benefit_year
        added = self._added.setdefault(key, Counter())
        for name, amount in record.additions.items():
            added[name] += sign * amount
        self._later("accumulators", *key, check=partial(self._are_the_sum, *key))

    def _accumulators(self, address: Address, _before: Any, after: Any) -> None:
        key = address, after.member_id, after.benefit_year
        self._later("accumulators", *key, check=partial(self._are_the_sum, *key))

    def _are_the_sum(self, address: Address, member_id: str, year: int) -> None:
        row = self._record(address, at_insured.YearAccumulators, member_id, year)
        added = self._added.get((address, member_id, year), Counter())
        expected = {name: amount for name, amount in added.items() if amount}
        kept = {} if row is None else dict(row.values)
        if kept != expected:
            raise Violation(
                "accumulators_wrong",
                f"{address}: {member_id} in {year} has {kept}, what lives added {expected}",
            )

    def _debit(self, address: Address, before: Any, after: Any) -> None:
        for record, sign in ((before, -1), (after, 1)):
            if record is not None and record.state is at_insured.DebitState.DEBITED:
                self._drawn[address, record.account_id] += sign * record.amount_fen
        self._account(address, None, after)

    def _account(self, address: Address, before: Any, after: Any) -> None:
        if isinstance(before, at_insured.Account) and before.opening_fen != after.opening_fen:
            raise Violation("account_wrong", f"{address}: {before} becomes {after}")
        key = address, after.account_id
        self._later("account", *key, check=partial(self._balances, *key))

    def _balances(self, address: Address, account_id: str) -> None:
        account = self._record(address, at_insured.Account, account_id)
        if account is None:
            return
        drawn = self._drawn[address, account_id]
        if not account.balance_fen == account.opening_fen - drawn >= 0:
            raise Violation("account_wrong", f"{address}: {account}, and {drawn} was drawn")

    # --- the journal

    def _journal_line(self, line: JournalLine) -> None:
        if line.period in self._closed:
            raise Violation("cut_off_broken", f"{line.line_id} enters {line.period} after its end")
        key = position_key(line)
        sums = self._posted.setdefault(key, [0, 0])
        sums[0] += line.amount_fen
        sums[1] += 1
        self._later("position", key, check=partial(self._is_posted, key))

    def _position(self, _address: Address, _before: Any, after: Any) -> None:
        key = key_of(after)
        self._later("position", key, check=partial(self._is_posted, key))

    def _is_posted(self, key: PositionKey) -> None:
        (house,) = (at for at in self._world.disks if at.role == "house")
        position = self._record(house, Position, *key)
        kept = [0, 0] if position is None else [position.amount_fen, position.lines]
        if kept != self._posted.get(key, [0, 0]):
            raise Violation(
                "position_wrong", f"{key} has {kept}, its lines give {self._posted.get(key)}"
            )

    def _period(self, _address: Address, before: Any, after: Any) -> None:
        if before is not None and before.state is PeriodState.CLOSED and after != before:
            raise Violation("cut_off_broken", f"{before} becomes {after}")
        if after.state is PeriodState.CLOSED:
            self._closed.add(after.period)


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
