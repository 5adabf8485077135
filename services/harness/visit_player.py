"""Plays one visit's story through a care region's service.

Every step is idempotent, so a story that was cut short is played again from its beginning.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

from clearing.benefits.claim import CareType
from clearing.calendar import Instant
from clearing.errors import NotFound, Rejected
from protos.common.v1 import common_pb2
from services.harness import requests
from services.harness.corpus import Story, Visit
from services.harness.difference import DifferenceError, NodesUnreachable, expect
from services.harness.nodes_client import NodesClient
from services.harness.timeline import Part, VisitPart

UPLOAD_LINES = 500
MOST_ASKS = 50
"""How often an unknown answer is asked for, or an expired request made anew."""

HANG_UP_S = 0.002
PAUSE_S = 0.1


@dataclass(slots=True)
class PlayedVisit:
    """What is known of a visit that is being played; ids are the nodes' own."""

    visit_id: str = ""
    settlement_ids: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    settle_attempts: int = 0


class VisitPlayer:
    """Plays the parts of visits; knows nothing of what comes before or after them."""

    def __init__(self, nodes: NodesClient, *, most_asks: int = MOST_ASKS) -> None:
        self._nodes = nodes
        self._most_asks = most_asks

    async def play(self, event: VisitPart, played: PlayedVisit) -> None:
        """Play one part. Raises ``DifferenceError`` when a step is answered as it should not be."""
        if event.part is Part.SETTLE:
            await self._first_part(event.visit, played)
        elif event.part is Part.UNDO:
            await self._undo(event.visit, played, event.at)
        elif event.visit.story is Story.SETTLED_ANEW:
            await self._settle(event.visit, played, event.at)
        else:
            await self._reverse(event.visit, "restore", "cancel", event.at, "reversed")

    async def _first_part(self, visit: Visit, played: PlayedVisit) -> None:
        care = self._nodes.care
        with contextlib.suppress(NotFound):  # a member nobody registered is met at the counter too
            await self._nodes.call(care.LookUpMember, requests.look_up(visit))
        opened = await self._nodes.call(care.OpenVisit, requests.open_visit(visit))
        played.visit_id = opened.visit_id
        await self._upload(visit, played)
        if visit.story is Story.WITHDRAWN:
            request = requests.withdraw_visit(visit, played.visit_id)
            await self._nodes.call(care.CancelVisit, request)
            return
        if visit.care_type is CareType.INPATIENT:
            closing = requests.close_visit(visit, played.visit_id)
            await self._nodes.call(care.CloseVisit, closing)
        # What it says is not compared: after a crash the visit may have been settled before.
        await self._nodes.call(care.Quote, requests.quote(visit, played.visit_id))
        if visit.story is Story.REQUEST_LOST:
            await self._lose_request(visit, played)
        elif visit.story is Story.ANSWER_LOST:
            await self._lose_answer(visit, played)
        await self._settle(visit, played, visit.settle_at)

    async def _upload(self, visit: Visit, played: PlayedVisit) -> None:
        upload = self._nodes.care.UploadFeeLines
        if visit.refused_line is not None:
            request = requests.upload_lines(
                visit, played.visit_id, "lines.refused", [visit.refused_line]
            )
            await self._refused(visit, played, upload, request)
        voids = visit.story is Story.LINE_VOIDED
        first = visit.lines[:-1] if voids else visit.lines
        for number, start in enumerate(range(0, len(first), UPLOAD_LINES), 1):
            lines = first[start : start + UPLOAD_LINES]
            step = "lines" if number == 1 else f"lines.{number}"
            await self._nodes.call(
                upload, requests.upload_lines(visit, played.visit_id, step, lines)
            )
        if voids:
            voiding = requests.void_lines(visit, played.visit_id)
            await self._nodes.call(self._nodes.care.VoidFeeLines, voiding)
            again = requests.upload_lines(visit, played.visit_id, "lines.again", visit.lines[-1:])
            await self._nodes.call(upload, again)

    async def _refused(self, visit: Visit, played: PlayedVisit, method: Any, request: Any) -> None:
        try:
            await self._nodes.call(method, request)
        except Rejected as error:
            played.refusals.append(error.code)
            return
        raise DifferenceError(visit.key, request.header.request_id, "refused", "accepted")

    async def _lose_request(self, visit: Visit, played: PlayedVisit) -> None:
        """The counter gives a request up that never came; then it comes after all."""
        step = _settle_step(played)
        await self._reverse(visit, "reverse", step, visit.settle_at, "tombstoned")
        request = requests.settle(visit, played.visit_id, step, visit.settle_at)
        await self._refused(visit, played, self._nodes.care.Settle, request)

    async def _lose_answer(self, visit: Visit, played: PlayedVisit) -> None:
        """The counter hangs up, asks what became of it, and goes on as if it knew nothing."""
        step = _settle_step(played)
        played.settle_attempts -= 1  # the same request will be made again
        request = requests.settle(visit, played.visit_id, step, visit.settle_at)
        await self._nodes.lose_answer(self._nodes.care.Settle, request, HANG_UP_S)
        with contextlib.suppress(NotFound):  # it may never have arrived
            await self._nodes.call(self._nodes.care.GetOutcome, requests.outcome_of(visit, step))

    async def _settle(self, visit: Visit, played: PlayedVisit, at: Instant) -> None:
        """Settle, under the next request id as often as the insured region was too late."""
        for _ in range(self._most_asks):
            step = _settle_step(played)
            answer = await self._ask_settlement(visit, played, step, at)
            if answer.state != common_pb2.SETTLEMENT_STATE_EXPIRED:
                played.settlement_ids.append(answer.settlement_id)
                return
        raise NodesUnreachable(f"{visit.key} expired {self._most_asks} times")

    async def _ask_settlement(
        self, visit: Visit, played: PlayedVisit, step: str, at: Instant
    ) -> Any:
        request = requests.settle(visit, played.visit_id, step, at)
        times = 2 if visit.story is Story.DUPLICATE else 1
        for _ in range(self._most_asks):
            answers = await asyncio.gather(
                *(self._nodes.call(self._nodes.care.Settle, request) for _ in range(times))
            )
            unknown = common_pb2.SETTLEMENT_STATE_REQUESTED
            if all(answer.state != unknown for answer in answers):
                for answer in answers[1:]:
                    expect(visit.key, "answer to the duplicate", answers[0], answer)
                return answers[0]
            await asyncio.sleep(PAUSE_S)
        raise NodesUnreachable(f"{visit.key} stays unknown")

    async def _undo(self, visit: Visit, played: PlayedVisit, at: Instant) -> None:
        if visit.story is Story.REVERSED:
            target = _settle_step(played, advance=False)
            await self._reverse(visit, "reverse", target, at, "reversed")
            return
        request = requests.cancel_settlement(visit, played.settlement_ids[-1])
        for _ in range(self._most_asks):
            answer = await self._nodes.call(self._nodes.care.CancelSettlement, request)
            if answer.state == common_pb2.SETTLEMENT_STATE_CANCELLED:
                return
            await asyncio.sleep(PAUSE_S)
        state = common_pb2.SettlementState.Name(answer.state)
        raise DifferenceError(visit.key, "answer to the cancellation", "cancelled", state)

    async def _reverse(
        self, visit: Visit, step: str, target: str, at: Instant, expected: str
    ) -> None:
        request = requests.reverse(visit, step, target, at)
        for _ in range(self._most_asks):
            answer = await self._nodes.call(self._nodes.care.ReverseRequest, request)
            if answer.result != "pending":
                expect(visit.key, f"answer to {step}", expected, answer.result)
                return
            await asyncio.sleep(PAUSE_S)
        raise NodesUnreachable(f"{visit.key} stays unknown")


def _settle_step(played: PlayedVisit, *, advance: bool = True) -> str:
    """Return the next settle request's step, or the last one's."""
    if advance:
        played.settle_attempts += 1
    number = played.settle_attempts
    return "settle" if number == 1 else f"settle.{number}"
