"""Bugs planted on purpose: the simulator has to find each of them, or it would find nothing.

A bug replaces a piece of the real nodes, or of the process around them, while a run lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from adapters.db.memory import MemoryStore, MemoryTable, MemoryUnit
from services.care_region import asking_again
from services.care_region import settle as care_settle
from services.care_region import undo as care_undo
from services.clearing_house import posting
from services.insured_region import accumulators, debits, decide
from services.insured_region import undo as insured_undo
from services.node import machine, redelivery
from services.node.context import Context
from services.node.held_keys import HeldKeys
from services.node.inbox import Inbox
from services.node.machine import NodeMachine
from services.node.shared_machine import SharedMachine
from services.simulator.planted import letters, nodes, processes, several
from services.simulator.planted.nodes import Patch, nothing
from services.simulator.process import Process
from services.simulator.reading import Reading


@dataclass(frozen=True, slots=True)
class Bug:
    """What is wrong, in words, and the pieces that make it so.

    It is found within ``seeds`` seeds of 1,000 steps, counted from seed 0.
    """

    words: str
    seeds: int
    patches: tuple[Patch, ...]


BUGS: Mapping[str, Bug] = {
    "offset_before_commit": Bug(
        "the log is told of an offset when a record is read, and its word is taken at start",
        5,
        (
            Patch(Process, "read", processes.read_and_note),
            Patch(Reading, "first", processes.trust_the_log),
        ),
    ),
    "outbox_row_forgotten": Bug(
        "a node that starts doesn't look for outbox rows left unpublished",
        5,
        (Patch(NodeMachine, "__init__", processes.forget_outbox),),
    ),
    "marked_before_append": Bug(
        "outbox rows are removed although the log didn't take them",
        5,
        (Patch(Process, "publish", processes.mark_before_append),),
    ),
    "published_under_new_id": Bug(
        "what is published again gets a new message id",
        5,
        (Patch(Process, "publish", processes.mint_anew),),
    ),
    "failed_delivery_skipped": Bug(
        "messages of a batch that failed are not tried again",
        5,
        (Patch(Process, "_failed", processes.drop_deliveries),),
    ),
    "answer_before_commit": Bug(
        "a commit is acknowledged before it is on the disk",
        5,
        (
            Patch(MemoryUnit, "commit", processes.commit_later),
            Patch(MemoryStore, "begin", processes.commit_the_last_one),
        ),
    ),
    "unsure_commit_ignored": Bug(
        "a commit that failed is taken not to have been written",
        5,
        (Patch(NodeMachine, "_batch", processes.never_unsure),),
    ),
    "message_check_skipped": Bug(
        "a message that was seen is carried out again",
        5,
        (Patch(machine, "consume", nodes.forget_message),),
    ),
    "second_effect_after_restart": Bug(
        "messages seen are remembered in memory only",
        5,
        (
            Patch(NodeMachine, "__init__", processes.remember_nothing),
            Patch(machine, "consume", nodes.forget_what_others_saw),
        ),
    ),
    "request_check_skipped": Bug(
        "a repeated request is carried out again",
        5,
        (Patch(Inbox, "take", nodes.forget_request),),
    ),
    "tombstone_ignored": Bug(
        "a request that was reversed before it came is carried out",
        5,
        (
            Patch(Inbox, "take", nodes.forget_tombstone),
            Patch(decide, "on_settle_requested", nodes.forget_care_request),
        ),
    ),
    "accumulator_not_restored": Bug(
        "undoing a settlement leaves the accumulators as they are",
        5,
        (Patch(accumulators, "add", nodes.never_subtract),),
    ),
    "restoration_not_added": Bug(
        "reversing a cancellation doesn't add to the accumulators again",
        20,
        (Patch(insured_undo, "_move", nodes.never_add_again),),
    ),
    "account_not_given_back": Bug(
        "undoing a debit leaves the account's balance as it is",
        5,
        (Patch(debits, "on_debit_undo_requested", nodes.keep_balance),),
    ),
    "answer_not_kept": Bug(
        "what is asked for again is undone again",
        10,
        (
            Patch(insured_undo, "answered_again", nodes.never_answered),
            Patch(debits, "given_back_again", nodes.never_answered),
        ),
    ),
    "never_asked_again": Bug(
        "an undoing whose message nobody could read is never asked for again",
        5,
        (Patch(asking_again, "overdue", nodes.nothing_overdue),),
    ),
    "undo_not_booked": Bug(
        "the care side doesn't book the line that takes a settlement back",
        5,
        (Patch(care_undo, "_book", nothing),),
    ),
    "reversal_invented": Bug(
        "a reversal is said to be done before the insured region has done it",
        5,
        (Patch(care_undo, "_known_already", nodes.say_reversed),),
    ),
    "wait_not_ended": Bug(
        "a region's answer doesn't end the wait on it",
        5,
        (Patch(care_settle, "no_longer_waiting", nothing),),
    ),
    "stale_writer_not_refused": Bug(
        "a transaction is committed though another has changed its records meanwhile",
        20,
        (Patch(MemoryTable, "check_moved_on", nothing),),
    ),
    "turn_not_awaited": Bug(
        "a process publishes its rows before those that others wrote before them",
        10,
        (Patch(SharedMachine, "in_turn", several.publish_at_once),),
    ),
    "adopted_backwards": Bug(
        "rows that a process left are published by another one in the wrong order",
        20,
        (Patch(SharedMachine, "leftovers", several.adopt_backwards),),
    ),
    "adopted_too_soon": Bug(
        "a row of another process is adopted before one of its key that waits for its turn",
        20,
        (Patch(SharedMachine, "leftovers", several.adopt_anything),),
    ),
    "generation_reused": Bug(
        "processes number their outbox rows alike",
        10,
        (Patch(SharedMachine, "_claimed", several.claim_the_first),),
    ),
    "decided_under_new_ids": Bug(
        "what a restored node decides again goes out under new ids",
        20,
        (Patch(Context, "_minted_as", nodes.mint_anew),),
    ),
    "restored_late": Bug(
        "a restored node compares deadlines with its clock",
        20,
        (Patch(Context, "past", nodes.judge_by_the_clock),),
    ),
    "broker_offset_trusted": Bug(
        "a restored node reads on where the log was told it stands",
        20,
        (Patch(Reading, "first", processes.trust_the_log),),
    ),
    "held_key_forgotten": Bug(
        "messages behind a parked one are carried out",
        10,
        (Patch(HeldKeys, "holds", letters.hold_nothing),),
    ),
    "replayed_out_of_order": Bug(
        "messages behind a parked one are replayed from the last to the first",
        10,
        (Patch(redelivery, "_place", letters.last_first),),
    ),
    "replayed_past_deadline": Bug(
        "a request replayed after its deadline takes effect",
        20,
        (Patch(redelivery, "_inside", letters.in_no_hurry),),
    ),
    "limits_ignored": Bug(
        "a node goes on however many messages are parked",
        60,
        (Patch(HeldKeys, "__init__", letters.stop_at_nothing),),
    ),
    "stopped_for_good": Bug(
        "a node that stopped consuming never goes on",
        20,
        (Patch(NodeMachine, "_watch_limits", letters.stop_for_good),),
    ),
    "deadline_ignored": Bug(
        "a request is carried out however late it comes",
        10,
        (Patch(Context, "past", nodes.never_past),),
    ),
    "cut_off_ignored": Bug(
        "a line is posted to the period of its month, closed or not",
        10,
        (Patch(posting, "posting_for", nodes.see_no_end),),
    ),
}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant a bug for as long as the context lasts; ``""`` plants none."""
    patches = BUGS[name].patches if name else ()
    before = [(patch, getattr(patch.owner, patch.name)) for patch in patches]
    try:
        for patch, old in before:
            setattr(patch.owner, patch.name, patch.make(old))
        yield
    finally:
        for patch, old in before:
            setattr(patch.owner, patch.name, old)
