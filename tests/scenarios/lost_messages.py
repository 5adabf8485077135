"""Messages that arrive other than they were sent, and giving up those that nobody can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.messages import Address
from services.node.desk_letters import DiscardDeadLetter, ListDeadLetters
from tests.network_pump import answer_of
from tests.services.care_region.counter import NOON, Counter

Change = Callable[[Any], Any]


def unreadable(_body: Any) -> bytes:
    """Return what makes a message unreadable, put before its bytes."""
    return b"\xff"


def flow_changing(counter: Counter, sender: Address, kind: type, change: Change) -> None:
    """Let messages arrive, those of a kind as they are after ``change``."""
    moved = True
    while moved:
        moved = False
        for at in counter.pump.world.plans:
            if at == sender:
                rows = counter.pump.world.process(at).unpublished
                rows[:] = [_changed(row, kind, change) for row in rows]
            moved = counter.pump.publish(at) or moved
            moved = counter.pump.deliver(at) or moved


def flow_losing(counter: Counter, sender: Address, kind: type) -> None:
    """Let messages arrive, those of a kind so that nobody can read them."""
    flow_changing(counter, sender, kind, unreadable)


def _changed(row: Any, kind: type, change: Change) -> Any:
    envelope = decode_envelope(row.value)
    if not isinstance(envelope.body, kind):
        return row
    body = change(envelope.body)
    if isinstance(body, bytes):
        return replace(row, value=body + row.value)
    return replace(row, value=encode_envelope(replace(envelope, body=body)))


def parked_letter(counter: Counter, at: Address) -> Any:
    """Return the one message that leads others, if any, among a node's dead letters."""
    letters = counter.pump.ask(at, ListDeadLetters()).letters
    (letter,) = [each for each in letters if each.state == "parked"]
    return letter


def discard(counter: Counter, at: Address) -> None:
    """Give that message up and let everything arrive."""
    gone = DiscardDeadLetter(parked_letter(counter, at).id, "ops", "cannot be mended")
    answer_of(counter.pump.request(at, gone, "ops", f"discard-{gone.id}", NOON))
    counter.flow()
