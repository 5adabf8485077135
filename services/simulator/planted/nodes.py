"""Pieces of planted bugs in the nodes themselves: inbox, handlers, accumulators, posting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clearing.messages import Address
from services.care_region.answers import ReversalAnswer
from services.insured_region.records import Account, CareRequest, RequestKind
from services.node.records import RequestEntry, RequestStatus, SeenMessage


@dataclass(frozen=True, slots=True)
class Patch:
    """What to replace: ``name`` of ``owner``, by what ``make`` gives for the old one."""

    owner: Any
    name: str
    make: Callable[[Any], Any]


def nothing(_old: Any) -> Any:
    """Do nothing at all."""
    return lambda *_args, **_options: None


def forget_message(old: Any) -> Any:
    """Carry a message out whether or not it was seen."""

    def consume(delivery: Any, batch: Any) -> Any:
        if delivery.envelope is not None:
            batch.unit.table(SeenMessage).delete(delivery.envelope.message_id)
        return old(delivery, batch)

    return consume


seen_since_start: dict[Address, set[str]] = {}


def forget_what_others_saw(old: Any) -> Any:
    """Know only the messages that this process has seen."""

    def consume(delivery: Any, batch: Any) -> Any:
        seen = seen_since_start[batch.around.address]
        if delivery.envelope is not None and delivery.envelope.message_id not in seen:
            seen.add(delivery.envelope.message_id)
            batch.unit.table(SeenMessage).delete(delivery.envelope.message_id)
        return old(delivery, batch)

    return consume


def forget_request(old: Any) -> Any:
    """Carry a request out whether or not it was before."""

    def take(self: Any, command: Any, batch: Any) -> Any:
        if command.meta is not None:
            batch.unit.table(RequestEntry).delete(command.meta.scope, command.meta.request_id)
        return old(self, command, batch)

    return take


def forget_tombstone(old: Any) -> Any:
    """Carry a request out though it was reversed before it came."""

    def take(self: Any, command: Any, batch: Any) -> Any:
        if command.meta is not None:
            requests = batch.unit.table(RequestEntry)
            known = requests.get(command.meta.scope, command.meta.request_id)
            if known is not None and known.status is RequestStatus.TOMBSTONE:
                requests.delete(command.meta.scope, command.meta.request_id)
        return old(self, command, batch)

    return take


def forget_care_request(old: Any) -> Any:
    """Decide a settle request though its tombstone came before it."""

    def on_settle_requested(asked: Any, context: Any, **options: Any) -> None:
        requests = context.table(CareRequest)
        key = asked.care_region, asked.institution_id, asked.request_id
        known = requests.get(*key)
        if known is not None and known.kind is RequestKind.TOMBSTONE:
            requests.delete(*key)
        old(asked, context, **options)

    return on_settle_requested


def never_subtract(old: Any) -> Any:
    """Add to accumulators and never take away."""

    def add(context: Any, member_id: str, year: int, additions: Any, sign: int = 1) -> None:
        if sign > 0:
            old(context, member_id, year, additions, sign)

    return add


def never_add_again(old: Any) -> Any:
    """Subtract what was undone, and never add what was restored."""

    def move(settlement: Any, sign: int, context: Any) -> None:
        if sign < 0:
            old(settlement, sign, context)

    return move


def keep_balance(old: Any) -> Any:
    """Undo a debit and leave the balance."""

    def on_debit_undo_requested(asked: Any, context: Any) -> None:
        accounts = context.table(Account)
        account = accounts.get(asked.account_id)
        old(asked, context)
        if account is not None:
            accounts.put(account)

    return on_debit_undo_requested


def never_answered(_old: Any) -> Any:
    """Take what is asked again for something new."""
    return lambda *_args: False


def nothing_overdue(_old: Any) -> Any:
    """Wait for answers for good."""
    return lambda _context: ()


def say_reversed(old: Any) -> Any:
    """Answer a reversal at once, and ask nobody."""

    def known_already(target: Any, settlement: Any, context: Any) -> Any:
        known = old(target, settlement, context)
        return known or ReversalAnswer("reversed", settlement.settlement_id, settlement.state)

    return known_already


def never_past(_old: Any) -> Any:
    """Say of every deadline that it is to come."""
    return lambda *_args: False


def judge_by_the_clock(_old: Any) -> Any:
    """Compare deadlines with when a message is carried out."""
    return lambda self, deadline: not self.unhurried and self.now > deadline


def mint_anew(_old: Any) -> Any:
    """Give what a message's handling makes another id each time."""
    return lambda self, kind, _what: self.ids.mint(kind)


def see_no_end(old: Any) -> Any:
    """Post as if every period were open."""
    return lambda business_time, _period_of: old(business_time, lambda _period: None)
