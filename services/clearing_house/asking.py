"""The part of ``ReconcileDay`` that waits: ask every region, open what differs, submit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Hashable, Iterable, Mapping
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
from services.node.rpc import Ask
from services.node.status import error_from

logger = logging.getLogger(__name__)

AT_ONCE = 16

Bucket = tuple[str, str]
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
        observation = await self._observe(command.on, own)
        answer: DayReconciliation = await ask(
            house, replace(request, payload=command.observed(observation))
        )
        return answer

    async def _observe(self, on: date, own: DayTotals) -> Observation:
        nodes = self._directory.nodes()
        totals, _ = await self._ask_all(
            {node: day_totals(self._directory, node, on) for node in nodes}
        )
        care = _of_role(totals, Role.CARE)
        insured = _of_role(totals, Role.INSURED)
        differing = [
            (pair.care_region, pair.insured_region)
            for pair in compare_totals(care, insured, own.totals)
            if not pair.agrees and comparable(pair, totals)
        ]
        opened, silent = await self._open(on, differing)
        return Observation(
            care_totals=tuple(care),
            insured_totals=tuple(insured),
            opened=opened,
            asked=frozenset(nodes),
            answered=frozenset(totals) - silent,
            last_report=own.last_report,
        )

    async def _open(
        self, on: date, buckets: Iterable[Bucket]
    ) -> tuple[dict[Bucket, RemoteLines], set[Address]]:
        """Return the lines of some buckets, and the nodes that have not shown theirs."""
        lines, refused = await self._ask_all(
            {
                (role, bucket): day_lines(self._directory, role, *bucket, on)
                for bucket in buckets
                for role in (Role.CARE, Role.INSURED)
            }
        )
        opened = {
            bucket: RemoteLines(found, lines[Role.INSURED, bucket])
            for (role, bucket), found in lines.items()
            if role is Role.CARE and (Role.INSURED, bucket) in lines
        }
        silent = {
            Address(role, bucket[0] if role is Role.CARE else bucket[1]) for role, bucket in refused
        }
        return opened, silent

    async def _ask_all(
        self, questions: Mapping[KeyT, Coroutine[Any, Any, AnswerT]]
    ) -> tuple[dict[KeyT, AnswerT], dict[KeyT, str]]:
        """Return the answers, and the code of each refusal, by the question's key."""
        answers: dict[KeyT, AnswerT] = {}
        refused: dict[KeyT, str] = {}

        async def answer(key: KeyT, question: Coroutine[Any, Any, AnswerT]) -> None:
            async with self._turn:
                try:
                    answers[key] = await question
                except grpc.RpcError as error:
                    refused[key] = error_from(error).code
                except YidiError as error:
                    refused[key] = error.code

        await asyncio.gather(*(answer(key, question) for key, question in questions.items()))
        for key, code in refused.items():
            logger.warning("reconciliation: no answer from %s: %s", key, code)
        return answers, refused


def _of_role(totals: Mapping[Address, list[DayTotal]], role: Role) -> list[DayTotal]:
    return [total for node, found in totals.items() if node.role is role for total in found]
