"""Reads everything back from the nodes after a replay."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from protos.care.v1 import care_pb2
from protos.house.v1 import house_pb2
from protos.insured.v1 import insured_pb2
from services.harness.compare import compare_positions
from services.harness.corpus import AccountKey, Balances, Member, PositionKey, VisitResult, YearKey
from services.harness.difference import DifferenceError, NodesUnreachable
from services.harness.nodes_client import NodesClient
from services.harness.readings import position_key, visit_result
from services.harness.visit_player import PlayedVisit

CALL_ITEMS = 500
JOURNAL_PAGE = 5_000
AT_ONCE = 16
STILL_S = 20.0
"""How long the house's journal may stand still before what it shows is taken as final."""

PAUSE_S = 0.2

ItemT = TypeVar("ItemT")
Positions = dict[PositionKey, tuple[int, int]]


async def visit_results(
    nodes: NodesClient, visits: Iterable[tuple[str, str]], finished: Mapping[str, PlayedVisit]
) -> AsyncIterator[VisitResult]:
    """Read visits, given as care region and key, and return how they ended, in that order."""
    for chunk in _chunks(visits, AT_ONCE * CALL_ITEMS):
        by_region: dict[str, list[str]] = defaultdict(list)
        for care_region, key in chunk:
            by_region[care_region].append(finished[key].visit_id)
        answers = await asyncio.gather(
            *(
                nodes.call(
                    nodes.care.GetVisits,
                    care_pb2.GetVisitsRequest(care_region=region, visit_ids=ids),
                )
                for region, every in by_region.items()
                for ids in _chunks(every, CALL_ITEMS)
            )
        )
        seen = {visit.visit_id: visit for answer in answers for visit in answer.visits}
        for _, key in chunk:
            played = finished[key]
            if played.visit_id not in seen:
                raise DifferenceError(key, "visit", "known to the care region", "unknown")
            yield visit_result(key, seen[played.visit_id], played)


async def knows_visits(
    nodes: NodesClient, visits: Sequence[tuple[str, str]], finished: Mapping[str, PlayedVisit]
) -> bool:
    """Tell whether the nodes have these visits at all."""
    for care_region, key in visits:
        request = care_pb2.GetVisitsRequest(
            care_region=care_region, visit_ids=[finished[key].visit_id]
        )
        answer = await nodes.call(nodes.care.GetVisits, request)
        if len(answer.visits) != 1:
            return False
    return True


async def member_balances(nodes: NodesClient, members: Iterable[Member]) -> Balances:
    """Read the accumulators of all members and the balances of their accounts."""
    balances = Balances()
    by_region: dict[str, list[str]] = defaultdict(list)
    holders: list[tuple[AccountKey, str]] = []
    for member in members:
        by_region[member.insured_region].append(member.member_id)
        if member.account_id:
            account = AccountKey(member.insured_region, member.account_id)
            holders.append((account, member.member_id))
    for region, ids in by_region.items():
        for chunk in _chunks(ids, CALL_ITEMS):
            answer = await nodes.call(
                nodes.insured.GetAccumulators,
                insured_pb2.GetAccumulatorsRequest(insured_region=region, member_ids=chunk),
            )
            for row in answer.accumulators:
                values = {name: value for name, value in row.values.items() if value}
                if values:
                    year = YearKey(region, row.member_id, row.benefit_year)
                    balances.accumulators[year] = values
    for group in _chunks(holders, AT_ONCE):
        answers = await asyncio.gather(
            *(
                nodes.call(
                    nodes.insured.GetMember,
                    insured_pb2.GetMemberRequest(
                        insured_region=account.account_region, member_id=member_id
                    ),
                )
                for account, member_id in group
            )
        )
        for (account, _), seen in zip(group, answers, strict=True):
            balances.accounts[account] = seen.account_balance_fen
    return balances


class JournalReader:
    """Reads the house's journal onwards and adds up the lines of some settlements."""

    def __init__(self, nodes: NodesClient, settlement_ids: Iterable[str]) -> None:
        self._nodes = nodes
        self._ours = frozenset(settlement_ids)
        self._sequence = 0
        self._all: Positions = {}
        self.positions: Positions = {}

    async def read_on(self) -> int:
        """Read what was posted since the last time; return how many lines that were."""
        found = 0
        while True:
            answer = await self._nodes.call(
                self._nodes.house.ListJournalLines,
                house_pb2.ListJournalLinesRequest(
                    after_sequence=self._sequence, limit=JOURNAL_PAGE
                ),
            )
            for line in answer.lines:
                self._sequence = line.sequence
                found += 1
                key = position_key(line)
                _add(self._all, key, line.amount_fen)
                if line.settlement_id in self._ours:
                    _add(self.positions, key, line.amount_fen)
            if not answer.next_after_sequence:
                return found

    async def wait_for(self, expected: Positions, tell: Callable[[int], None]) -> None:
        """Read until the positions are as expected or the journal has stood still for long."""
        total = sum(lines for _, lines in expected.values())
        changed_at = time.monotonic()
        while True:
            if await self.read_on():
                changed_at = time.monotonic()
            tell(max(total - sum(lines for _, lines in self.positions.values()), 0))
            if self.positions == expected or time.monotonic() - changed_at > STILL_S:
                return
            await asyncio.sleep(PAUSE_S)

    async def check_house(self) -> None:
        """Compare the house's positions with its own journal, whoever else is in it."""
        for _ in range(10):
            answer = await self._nodes.call(
                self._nodes.house.ListPositions, house_pb2.ListPositionsRequest()
            )
            if await self.read_on() == 0:
                shown = {position_key(p): (p.amount_fen, p.lines) for p in answer.positions}
                compare_positions(self._all, shown)
                return
        raise NodesUnreachable("the journal never rests")


def _add(positions: Positions, key: PositionKey, amount_fen: int) -> None:
    before_fen, lines = positions.get(key, (0, 0))
    positions[key] = (before_fen + amount_fen, lines + 1)


def _chunks(items: Iterable[ItemT], size: int) -> Iterable[list[Any]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
