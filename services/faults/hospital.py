"""Calls as a hospital's system makes them: it never takes silence for failure.

A call that finds nobody, or is not answered in time, is repeated under its own request id; of a
settle request it may first ask what became of it. Everything it is told goes into the ledger.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from clearing.benefits.claim import Fund
from clearing.errors import NotFound, Unavailable
from clearing.settlement import SettlementState
from protos.care.v1 import care_pb2
from protos.common.v1 import common_pb2
from services.faults.told import Event, RequestKey, Told, ToldSettlement, ToldUndo
from services.harness.difference import NodesUnreachable
from services.harness.nodes_client import Endpoints, NodesClient
from services.node.status import error_from

HANG_UP_S = 10
"""How long it waits for one answer before it hangs up."""

PATIENCE_S = 240
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0
ASKS_PERCENT = 50

_FUNDS = {common_pb2.Fund.Value(f"FUND_{fund.name}"): fund for fund in Fund}
_STATES = {
    common_pb2.SettlementState.Value(f"SETTLEMENT_STATE_{state.name}"): state
    for state in SettlementState
}


class Hospital(NodesClient):
    """Channels to the nodes, and what was told over them."""

    def __init__(self, endpoints: Endpoints, told: Told, seed: int) -> None:
        super().__init__(endpoints, patience_s=PATIENCE_S)
        self.told = told
        self._dice = random.Random(f"hospital:{seed}")

    async def call(self, method: Callable[..., Awaitable[Any]], request: Any) -> Any:
        """Call until somebody answers.

        Raises the node's own error, or ``NodesUnreachable`` when nobody answered this call for
        ``PATIENCE_S``.
        """
        began_s = time.monotonic()
        pause_s = FIRST_PAUSE_S
        while True:
            self.told.counts[Event.CALL] += 1
            try:
                answer = await method(request, timeout=HANG_UP_S)
            except grpc.aio.AioRpcError as failure:
                error = error_from(failure)
                if not isinstance(error, Unavailable):
                    self._note_refusal(request, error.code)
                    raise error from failure
                self.told.counts[Event.UNAVAILABLE] += 1
                if time.monotonic() - began_s > self._patience_s:
                    raise NodesUnreachable(str(failure.details())) from failure
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                if isinstance(request, care_pb2.SettleRequest):
                    await self._maybe_ask(request)
                self.told.counts[Event.REPEAT] += 1
            else:
                self._note(request, answer, began_s)
                return answer

    async def _maybe_ask(self, request: Any) -> None:
        """Ask what became of a settle request, as often as not; nothing is made of the answer."""
        if self._dice.randrange(100) >= ASKS_PERCENT:
            return
        self.told.counts[Event.OUTCOME] += 1
        header = request.header
        question = care_pb2.GetOutcomeRequest(
            care_region=header.region,
            institution_id=header.institution_id,
            request_id=header.request_id,
        )
        try:
            await self.care.GetOutcome(question, timeout=HANG_UP_S)
        except grpc.aio.AioRpcError as failure:
            error = error_from(failure)
            if not isinstance(error, Unavailable | NotFound):
                raise error from failure

    def _note(self, request: Any, answer: Any, began_s: float) -> None:
        if isinstance(request, care_pb2.SettleRequest):
            state = _STATES[answer.state]
            if state is SettlementState.REQUESTED:
                self.told.counts[Event.UNKNOWN] += 1
                return
            self.told.settled(_key(request), _settlement(answer, state))
            self.told.settles.append((began_s, time.monotonic()))
        elif isinstance(request, care_pb2.CancelSettlementRequest):
            if answer.state == common_pb2.SETTLEMENT_STATE_CANCELLED:
                self.told.undid(_key(request), ToldUndo("cancelled", answer.settlement_id))
            else:
                self.told.counts[Event.UNKNOWN] += 1
        elif isinstance(request, care_pb2.ReverseRequestRequest):
            if answer.result == "pending":
                self.told.counts[Event.UNKNOWN] += 1
                return
            header = request.header
            target = RequestKey(header.region, header.institution_id, request.target_request_id)
            undo = ToldUndo(answer.result, answer.settlement_id, target)
            self.told.undid(_key(request), undo)

    def _note_refusal(self, request: Any, code: str) -> None:
        if isinstance(request, care_pb2.SettleRequest):
            self.told.counts[Event.REFUSED] += 1
            self.told.refused[_key(request)] = code


def _key(request: Any) -> RequestKey:
    header = request.header
    return RequestKey(header.region, header.institution_id, header.request_id)


def _settlement(answer: Any, state: SettlementState) -> ToldSettlement:
    return ToldSettlement(
        answer.settlement_id,
        state,
        {_FUNDS[part.fund]: part.amount_fen for part in answer.payment.by_fund},
        answer.payment.account_fen,
    )
