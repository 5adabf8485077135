"""Every figure a process tells, in one place: type, labels, meaning, and when to worry.

Labels are few and their values are known beforehand: roles, regions, methods, topics, codes of
the house. Never a member, an institution, a request or anything else that grows with use.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a figure moves: up only, up and down, or as a spread of single readings."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. ``name`` ends with its unit; ``worry`` says when a person should look."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    meaning: str
    worry: str
    buckets: tuple[float, ...] = ()


CALL_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 25.0)
"""Up to the 25 s after which a waiting caller is answered *unknown*."""

DISK_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
COUNTS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)

PROCESS = Metric(
    "yidi_process_info",
    Kind.GAUGE,
    ("role", "slot"),
    "1; which role this process plays, and in which slot",
    "absent: the process does not run or cannot be reached",
)
CALLS = Metric(
    "yidi_grpc_requests_total",
    Kind.COUNTER,
    ("service", "method", "code"),
    "gRPC calls answered, by the status code they were answered with",
    "INTERNAL or DATA_LOSS at all; UNAVAILABLE for minutes",
)
CALL_TIME = Metric(
    "yidi_grpc_request_seconds",
    Kind.HISTOGRAM,
    ("service", "method"),
    "time from a call's arrival to its answer, waiting for other nodes included",
    "the 99th percentile of Settle nears the 25 s after which callers are told unknown",
    CALL_SECONDS,
)
CALLS_RUNNING = Metric(
    "yidi_grpc_requests_running",
    Kind.GAUGE,
    ("service",),
    "gRPC calls that have arrived and are not answered yet",
    "it grows and does not come down",
)
BATCH_SIZE = Metric(
    "yidi_batch_commands",
    Kind.HISTOGRAM,
    ("role",),
    "commands carried out in one transaction; the load decides",
    "it stays at its limit: the process cannot keep up",
    COUNTS,
)
BATCH_WORK = Metric(
    "yidi_batch_work_seconds",
    Kind.HISTOGRAM,
    ("role",),
    "time to work out one batch, its writes sent to the database, before the commit",
    "seconds: the database is slow or the rules are",
    DISK_SECONDS,
)
BATCH_COMMIT = Metric(
    "yidi_batch_commit_seconds",
    Kind.HISTOGRAM,
    ("role",),
    "time the database takes to make one batch durable",
    "above 0.1 s for minutes: the disk of the database is the limit",
    DISK_SECONDS,
)
BATCHES_REPEATED = Metric(
    "yidi_batches_without_effect_total",
    Kind.COUNTER,
    ("node", "code"),
    "batches that had no effect and are tried again or apart, by what the database said",
    "database_moved_on often: processes of one node get in each other's way; any other code",
)
COMMANDS = Metric(
    "yidi_commands_total",
    Kind.COUNTER,
    ("node", "result"),
    "requests and messages carried out: answered, failed, waiting, consumed, heldback",
    "heldback: the node has stopped consuming; failed beside no answered",
)
SENT = Metric(
    "yidi_messages_sent_total",
    Kind.COUNTER,
    ("node", "kind"),
    "messages put in the outbox, by kind",
    "SettleRequested grows and SettlementDecided does not",
)
DECISIONS = Metric(
    "yidi_decisions_total",
    Kind.COUNTER,
    ("node", "result"),
    "settlements an insured region decided: paid, refused, manual or expired",
    "expired: requests reach the node too late; manual jumps after rules were published",
)
OUTBOX_ROWS = Metric(
    "yidi_outbox_rows",
    Kind.GAUGE,
    ("node",),
    "committed messages of this process that the log does not have yet",
    "it grows: the log takes nothing; beyond 50000 new requests are refused",
)
OUTBOX_AGE = Metric(
    "yidi_outbox_oldest_age_seconds",
    Kind.GAUGE,
    ("node",),
    "how long the oldest of these messages has waited; 0 where none does",
    "above 5 s: settlements of this node wait; above 20 s they expire",
)
APPEND_TIME = Metric(
    "yidi_log_append_seconds",
    Kind.HISTOGRAM,
    (),
    "time until the log has confirmed one append of any number of messages",
    "above 1 s: the brokers are slow or a replica is away",
    DISK_SECONDS,
)
APPENDED = Metric(
    "yidi_log_records_appended_total",
    Kind.COUNTER,
    (),
    "messages the log has confirmed",
    "it stands still while yidi_outbox_rows grows",
)
APPENDS_FAILED = Metric(
    "yidi_log_append_failures_total",
    Kind.COUNTER,
    (),
    "appends that the log did not confirm in time; they are repeated",
    "it grows: the brokers do not answer",
)
LAG = Metric(
    "yidi_consumer_lag_records",
    Kind.GAUGE,
    ("node", "topic", "partition"),
    "messages of a partition held here that this node has yet to take up, as far as its "
    "client knows; what it has taken up and not carried out is in yidi_queue_commands",
    "it grows for minutes: the node is behind; settle requests older than 20 s expire",
)
QUEUE = Metric(
    "yidi_queue_commands",
    Kind.GAUGE,
    (),
    "requests and messages that wait for their batch in this process",
    "near 5000: new requests are refused as overloaded",
)
WAITING = Metric(
    "yidi_waiting_requests",
    Kind.GAUGE,
    ("node",),
    "requests whose callers wait here for another node's answer",
    "it grows: an insured region does not answer",
)
CONSUMING = Metric(
    "yidi_node_consuming",
    Kind.GAUGE,
    ("node",),
    "1 while the node takes messages, 0 once too many are set aside",
    "0: see yidi dead-letters",
)
HALTED = Metric(
    "yidi_node_halted",
    Kind.GAUGE,
    ("node",),
    "1 once the node's books broke: it writes nothing any more",
    "1: call whoever answers for the books, and start nothing anew before",
)
DEAD_LETTERS = Metric(
    "yidi_dead_letters",
    Kind.GAUGE,
    ("node", "state"),
    "messages set aside: parked ones failed, those behind wait for an earlier one of their key",
    "any: yidi dead-letters list says why",
)
BREAKS = Metric(
    "yidi_breaks_open",
    Kind.GAUGE,
    ("node",),
    "differences between the books that nobody has resolved or accepted",
    "any that stays past its day; all of them before a cut-off",
)
UNANSWERED = Metric(
    "yidi_undoings_unanswered",
    Kind.GAUGE,
    ("node",),
    "undoings that another region was asked for again, or has set aside, of the 1,000 due first",
    "any for an hour: that region is away, or a message is set aside there or here (dead-letters)",
)
LOOK_FAILURES = Metric(
    "yidi_looks_failed_total",
    Kind.COUNTER,
    ("node",),
    "times that what waits for a person could not be counted; the figures are then old",
    "it grows: the node's database does not answer",
)

METRICS: tuple[Metric, ...] = (
    PROCESS,
    CALLS,
    CALL_TIME,
    CALLS_RUNNING,
    BATCH_SIZE,
    BATCH_WORK,
    BATCH_COMMIT,
    BATCHES_REPEATED,
    COMMANDS,
    SENT,
    DECISIONS,
    OUTBOX_ROWS,
    OUTBOX_AGE,
    APPEND_TIME,
    APPENDED,
    APPENDS_FAILED,
    LAG,
    QUEUE,
    WAITING,
    CONSUMING,
    HALTED,
    DEAD_LETTERS,
    BREAKS,
    UNANSWERED,
    LOOK_FAILURES,
)
"""Beside these the endpoint tells what the Python client knows of the process itself: its start
time (a later one is a restart), processor time, memory and open files (``process_…``)."""
