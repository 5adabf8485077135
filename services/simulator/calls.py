"""Requests as callers see them: sent, perhaps for nothing, told or not, sent again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clearing.calendar import Instant
from clearing.errors import Conflict, Malformed, NotFound, Rejected, Unavailable, YidiError
from clearing.messages import Address
from clearing.settlement import SettlementState
from services.care_region.answers import ReversalAnswer, SettlementAnswer
from services.node.command import Answered, Failed, Final, Request, RequestMeta, Result, Waiting
from services.simulator.violation import Violation

PASSING = (Conflict, Unavailable, Malformed, NotFound)
"""Refusals that are never stored: the same request may fare better later."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a request at some moment: that it is accepted, that it is answered."""

    accepted: bool
    answered: bool


@dataclass(slots=True, eq=False)
class Sent:
    """A request as it was sent, to be sent again word for word, and what its caller knows.

    ``accepted`` is set once a node has said that it waits or has answered it; from then on it
    must come to exactly one answer.
    """

    at: Address
    scope: str
    request_id: str
    payload: Any
    business_time: Instant
    number: int = 0
    tries: int = 0
    accepted: bool = False
    final: Final | None = None
    last: Result | None = None

    def request(self) -> Request:
        """Return what goes over the wire, the same each time."""
        return Request(self.payload, RequestMeta(self.scope, self.request_id, self.business_time))

    def known(self) -> Known:
        """Return what the caller knows now: a call made now may not be told less."""
        return Known(self.accepted, self.final is not None)

    def hear(self, result: Result, known: Known) -> bool:
        """Take note of what a node says; tell whether it's the final answer, heard first now.

        ``known`` is what was known when this call was made. Of two calls under way together one
        may be told of an earlier state than the other, whichever is told first.
        Raises ``Violation`` where it is not what was said before.
        """
        if self.final is None:
            self.last = result
        if _waits(result):
            if known.answered:
                raise Violation("answer_forgotten", f"{self}: it was answered and waits again")
            self.accepted = True
            return False
        if isinstance(result, Failed):
            if type(result.error) is YidiError:
                raise Violation("internal_error", f"{self}: {result.error}")
            if isinstance(result.error, PASSING) or not isinstance(result.error, Rejected):
                if known.answered and not isinstance(result.error, Unavailable):
                    raise Violation("answer_forgotten", f"{self}: answered, now {result.error}")
                return False
        assert isinstance(result, Answered | Failed)
        self.accepted = True
        if self.final is None:
            self.final = result
            return True
        if said(self.final) != said(result):
            raise Violation("two_answers", f"{self}: first {said(self.final)}, then {said(result)}")
        return False

    @property
    def answer(self) -> Any:
        """What it was answered, ``None`` where it was refused or isn't answered yet."""
        return self.final.body if isinstance(self.final, Answered) else None

    def __str__(self) -> str:
        """Name the request: ``q12 Settle of H1 at care/310000``."""
        return f"{self.request_id} {type(self.payload).__name__} of {self.scope} at {self.at}"


def _waits(result: Result) -> bool:
    """Tell whether a caller was told that the answer is still to come, and perhaps why."""
    if isinstance(result, Waiting):
        return True
    body = result.body if isinstance(result, Answered) else None
    if isinstance(body, SettlementAnswer):
        return body.state is SettlementState.REQUESTED
    return isinstance(body, ReversalAnswer) and body.result == "pending"


def said(final: Final) -> Any:
    """Return what two answers are compared by."""
    if isinstance(final, Failed):
        return type(final.error), str(final.error), final.error.field
    return final.body
