"""The part of ``ReconcileDay`` that waits: ask every region, open what differs, submit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import grpc

from clearing.comparison import compare_totals
from clearing.errors import YidiError
from clearing.messages import Address, Role
from clearing.reconcile import DayTotal
from services.clearing_house.answers import DayReconciliation, DayTotals
from services.clearing_house.commands import (
    HouseDayTotals,
    Observation,
    ReconcileDay,
    RemoteLines,
)
from services.clearing_house.directory import Directory, day_lines, day_totals
from services.clearing_house.reconciling import comparable
from services.node.command import Request

logger = logging.getLogger(__name__)

AT_ONCE = 16
Ask = Callable[[Address, Request], Awaitable[Any]]
AnswerT = TypeVar("AnswerT")
KeyT = TypeVar("KeyT", bound=Hashable)


class DayReconciler:
    """Answers ``ReconcileDay``: a composed method of the house's service.

    The regions are only read, so a repeat may ask them again; what is kept is kept by the
    command at the end, once for each request id.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, read: tuple[Address, Request], ask: Ask) -> DayReconciliation:
        """Return the reconciliation of the day that the request names."""
        house, request = read
        command: ReconcileDay = request.payload
        own: DayTotals = await ask(house, Request(HouseDayTotals(command.on), None))
        observation = await self._observe(command.on, own.totals)
        answer: DayReconciliation = await ask(
            house, replace(request, payload=command.observed(observation))
        )
        return answer

    async def _observe(self, on: date, own: Iterable[DayTotal]) -> Observation:
        asked = [
            Address(role, region)
            for region in self._directory.regions()
            for role in (Role.CARE, Role.INSURED)
        ]
        totals = await self._ask_all(
            {node: day_totals(self._directory, node, on) for node in asked}
        )
        care = _of_role(totals, Role.CARE)
        insured = _of_role(totals, Role.INSURED)
        answered = frozenset(totals)
        wanted = {
            (role, pair.care_region, pair.insured_region): day_lines(
                self._directory, role, pair.care_region, pair.insured_region, on
            )
            for pair in compare_totals(care, insured, own)
            if not pair.agrees and comparable(pair, answered)
            for role in (Role.CARE, Role.INSURED)
        }
        lines = await self._ask_all(wanted)
        silent = {
            Address(role, care_region if role is Role.CARE else insured_region)
            for role, care_region, insured_region in wanted.keys() - lines.keys()
        }
        opened = {
            (care_region, insured_region): RemoteLines(
                lines[Role.CARE, care_region, insured_region],
                lines[Role.INSURED, care_region, insured_region],
            )
            for role, care_region, insured_region in lines
            if role is Role.CARE and (Role.INSURED, care_region, insured_region) in lines
        }
        return Observation(tuple(care), tuple(insured), opened, frozenset(asked), answered - silent)

    async def _ask_all(
        self, questions: Mapping[KeyT, Coroutine[Any, Any, AnswerT]]
    ) -> dict[KeyT, AnswerT]:
        """Return the answers of those that answered, by the question's key."""
        answers = await asyncio.gather(
            *(self._answer(key, question) for key, question in questions.items())
        )
        return dict(found for found in answers if found is not None)

    async def _answer(
        self, key: KeyT, question: Coroutine[Any, Any, AnswerT]
    ) -> tuple[KeyT, AnswerT] | None:
        try:
            async with self._turn:
                return key, await question
        except (grpc.RpcError, YidiError) as error:
            logger.warning("reconciliation: no answer from %s: %s", key, error)
            return None


def _of_role(totals: Mapping[Address, list[DayTotal]], role: Role) -> list[DayTotal]:
    return [total for node, found in totals.items() if node.role is role for total in found]
