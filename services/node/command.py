"""What comes in and what goes out of a node's machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from clearing.calendar import Instant
from clearing.errors import YidiError
from clearing.frozen import quick
from clearing.messages import Envelope, LinesReported
from clearing.ports import LogRecord


@quick
@dataclass(frozen=True, slots=True)
class RequestMeta:
    """Who asks, under which id, and when it happened for the business."""

    scope: str
    request_id: str
    business_time: Instant | None


@quick
@dataclass(frozen=True, slots=True)
class Request:
    """A call of the node's service. ``meta`` is ``None`` for a query: it writes nothing.

    ``is_hop`` is whether other nodes have to do their parts before it is answered.
    """

    payload: Any
    meta: RequestMeta | None
    trace_parent: str = ""
    is_hop: bool = False
    weight: ClassVar[int] = 1


@quick
@dataclass(frozen=True, slots=True)
class Delivery:
    """A record of the log; ``envelope`` is ``None`` where ``error`` says why it is unreadable."""

    record: LogRecord
    envelope: Envelope | None
    error: YidiError | None = None
    is_hop: ClassVar[bool] = True

    @property
    def weight(self) -> int:
        """How many messages it stands for: lines that are told together count one each."""
        if self.envelope is not None and isinstance(self.envelope.body, LinesReported):
            return max(1, len(self.envelope.body.lines))
        return 1


Command = Request | Delivery


@quick
@dataclass(frozen=True, slots=True)
class Answered:
    """The request's answer, now or from an earlier time."""

    body: Any


@quick
@dataclass(frozen=True, slots=True)
class Failed:
    """The request was refused, for good, or could not be taken, and may be sent again."""

    error: YidiError


@quick
@dataclass(frozen=True, slots=True)
class Waiting:
    """The answer depends on another node; it will be completed under this key."""

    scope: str
    request_id: str


@quick
@dataclass(frozen=True, slots=True)
class Consumed:
    """A delivery that was processed, ignored as a repeat, or parked."""


@quick
@dataclass(frozen=True, slots=True)
class HeldBack:
    """A delivery that was not looked at, nor counted as read: the node has stopped consuming."""


Result = Answered | Failed | Waiting | Consumed | HeldBack
Final = Answered | Failed


def internal() -> YidiError:
    """Return what callers are told of an error of the node itself."""
    return YidiError(
        "internal", "an error of the node itself; it was logged", "节点内部错误, 已记录"
    )


class _Pending:
    """What a handler returns when the answer comes later."""


PENDING = _Pending()
