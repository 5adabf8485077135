"""What a handler sees of the world: one unit of work, two times, ids, an outbox.

Ids that a message's handling mints are made from the message's own: whoever carries it out
again, on a database restored from a backup, gives the same ids, and readers of what it sends
know that they have read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeVar

from clearing.calendar import Instant
from clearing.errors import InvariantBroken, YidiError
from clearing.frozen import replace
from clearing.messages import HOUSE, Address, Body, Envelope, LineReported
from clearing.ports import Ids, Table, UnitOfWork
from services.node import topics
from services.node.command import Answered, Failed, Final, RequestMeta
from services.node.records import RequestEntry, RequestStatus

RecordT = TypeVar("RecordT")


@dataclass(slots=True)
class Context:
    """Given to each handler; lives as long as its command.

    ``now`` is the node's clock. ``logged_at`` is logged time: when a message was appended to
    the log, and ``now`` for everything else; deadlines are compared with that, so that a
    message carried out again is as late as it was. ``business_time`` is the request's or the
    message's, carried unchanged into everything this command sends. ``meta`` is set for
    requests only, ``cause`` (its id) for messages only. ``process`` tells this process from
    others that host the node.
    """

    address: Address
    uow: UnitOfWork
    ids: Ids
    now: Instant
    logged_at: Instant
    business_time: Instant
    encode_answer: Any
    meta: RequestMeta | None = None
    cause: str = ""
    correlation_id: str = ""
    trace_parent: str = ""
    unhurried: bool = False
    process: str = "1"
    sent: list[tuple[str, str, Envelope]] = field(default_factory=list)
    reported: list[Envelope] = field(default_factory=list)
    completed: dict[tuple[str, str], Final] = field(default_factory=dict)
    _minted: dict[str, int] = field(default_factory=dict)

    def past(self, deadline: Instant) -> bool:
        """Tell whether a deadline in logged time has passed; in a replay none ever does."""
        return not self.unhurried and self.logged_at > deadline

    def mint(self, kind: str) -> str:
        """Return a new identifier; ``kind`` is its readable prefix."""
        return self._minted_as(kind, kind)

    def _minted_as(self, kind: str, what: str) -> str:
        """Return an id; of a message's it is the same each time, and sorts beside its cause.

        It is this node's alone: a copy of a message may reach another node as well.
        """
        if not self.cause:
            return self.ids.mint(kind)
        count = self._minted[what] = self._minted.get(what, 0) + 1
        text = f"{self.cause} {what} {count} {self.address}"
        root = self.cause.partition("-")[2].partition(".")[0]
        return f"{kind}-{root}.{blake2b(text.encode(), digest_size=6).hexdigest()}"

    def table(self, record: type[RecordT]) -> Table[RecordT]:
        """Return a table inside this command's transaction."""
        return self.uow.table(record)

    def send(
        self,
        receiver: Address,
        key: str,
        body: Body,
        *,
        correlation_id: str,
        topic: str | None = None,
        business_time: Instant | None = None,
    ) -> None:
        """Put a message in the outbox; it leaves once this transaction is committed.

        ``key`` is the member, or the account for debits: it fixes what stays in order.
        """
        envelope = self._enveloped(receiver, body, correlation_id, business_time)
        self.sent.append((topic or topics.inbound(receiver), key, envelope))

    def report(self, line: LineReported) -> None:
        """Tell the clearing house of a line, in one message with the others of this batch."""
        self.reported.append(self._enveloped(HOUSE, line, line.settlement_id, None))

    def _enveloped(
        self, receiver: Address, body: Body, correlation_id: str, business_time: Instant | None
    ) -> Envelope:
        return Envelope(
            message_id=self._minted_as("msg", type(body).__name__),
            correlation_id=correlation_id,
            sender=self.address,
            receiver=receiver,
            business_time=self.business_time if business_time is None else business_time,
            sent_at=self.now,
            body=body,
            trace_parent=self.trace_parent,
        )

    def complete(self, scope: str, request_id: str, outcome: Any | YidiError) -> None:
        """Give a pending request its answer, or its refusal; both stay so for good."""
        requests = self.table(RequestEntry)
        entry = requests.get(scope, request_id)
        if entry is None or entry.status is not RequestStatus.PENDING:
            raise InvariantBroken(
                "request_not_pending",
                f"request {request_id} of {scope} has no open answer to complete",
                f"请求 {request_id} 没有待完成的应答",
            )
        requests.put(self.entry_with(entry, outcome))
        final: Final = Failed(outcome) if isinstance(outcome, YidiError) else Answered(outcome)
        self.completed[scope, request_id] = final

    def tell_unknown(self, scope: str, request_id: str, view: Any, reason: YidiError) -> None:
        """Tell whoever waits for a request that it is not known yet, and why.

        The request stays pending, and its answer is still to come; one that is not pending is
        left alone. A repeat of it is told ``view`` at once.
        """
        requests = self.table(RequestEntry)
        entry = requests.get(scope, request_id)
        if entry is None or entry.status is not RequestStatus.PENDING:
            return
        kind, body = self.encode_answer(view)
        requests.put(
            replace(
                entry,
                answer_kind=kind,
                body=body,
                code=reason.code,
                message_en=reason.message_en,
                message_zh=reason.message_zh,
            )
        )
        self.completed[scope, request_id] = Answered(view)

    def entry_with(self, entry: RequestEntry, outcome: Any | YidiError) -> RequestEntry:
        """Return the inbox row with its outcome filled in."""
        if isinstance(outcome, YidiError):
            return replace(
                entry,
                status=RequestStatus.REFUSED,
                answer_kind=type(outcome).__name__,
                body=b"",
                code=outcome.code,
                message_en=outcome.message_en,
                message_zh=outcome.message_zh,
                field=outcome.field or "",
            )
        kind, body = self.encode_answer(outcome)
        return replace(
            entry,
            status=RequestStatus.ANSWERED,
            answer_kind=kind,
            body=body,
            code="",
            message_en="",
            message_zh="",
        )
