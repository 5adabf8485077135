"""What callers were told, by request: an answer that was given must stay true for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clearing.benefits.claim import Fund
from clearing.money import Fen
from clearing.settlement import SettlementState


@dataclass(frozen=True, slots=True, order=True)
class RequestKey:
    """A request as the whole network knows it."""

    care_region: str
    institution_id: str
    request_id: str

    def __str__(self) -> str:
        return f"{self.care_region}/{self.institution_id}/{self.request_id}"


@dataclass(frozen=True, slots=True)
class ToldSettlement:
    """What a settle request was answered with."""

    settlement_id: str
    state: SettlementState
    by_fund: Mapping[Fund, Fen]
    account_fen: Fen


@dataclass(frozen=True, slots=True)
class ToldUndo:
    """What a reversal or cancellation was answered with; ``target`` is a reversal's."""

    result: str
    settlement_id: str
    target: RequestKey | None = None


class Event(StrEnum):
    """What is counted; the words are those of the report."""

    CALL = "calls"
    UNAVAILABLE = "calls that nobody answered, or with Unavailable"
    OUTCOME = "outcomes asked by request id"
    UNKNOWN = "answers *unknown*"
    REPEAT = "requests sent again under their own id"
    REPEATED_ANSWER = "final answers given more than once, all alike"
    REFUSED = "requests refused for good"


@dataclass(slots=True)
class Told:
    """The ledger of one run. Times in seconds of a monotonic clock."""

    settlements: dict[RequestKey, ToldSettlement] = field(default_factory=dict)
    undone: dict[RequestKey, ToldUndo] = field(default_factory=dict)
    refused: dict[RequestKey, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    counts: Counter[Event] = field(default_factory=Counter)
    settles: list[tuple[float, float]] = field(default_factory=list)
    """When each settle request was sent first, and when it got its final answer."""

    def settled(self, request: RequestKey, told: ToldSettlement) -> None:
        """Note a final answer to a settle request, and one that is not the first one's."""
        known = self.settlements.setdefault(request, told)
        if known is told:
            return
        self.counts[Event.REPEATED_ANSWER] += 1
        if known != told:
            self.changed.append(
                f"settlement {known.settlement_id}: request {request} was told {known}, then {told}"
            )

    def undid(self, request: RequestKey, told: ToldUndo) -> None:
        """Note a final answer to a cancellation or reversal."""
        known = self.undone.setdefault(request, told)
        if known is not told:
            self.counts[Event.REPEATED_ANSWER] += 1
        if known != told:
            self.changed.append(f"request {request} was told {known}, then {told}")
