"""Replays a corpus through the nodes' public services and compares all that comes of it.

Components run at the same time, each in its own order; a bounded number of visits is in flight.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from adapters.files.corpus_files import LineReader, corpus_file_error
from clearing.calendar import Instant
from services.harness.checkpoint import Checkpoint
from services.harness.compare import compare_balances, compare_filing, compare_visit
from services.harness.components import Component, components_of
from services.harness.corpus import Balances, FilingResult, FilingStep, Visit, VisitResult
from services.harness.fields import Fields
from services.harness.filing_player import play_filing
from services.harness.folder import VISITS, CorpusFolder
from services.harness.nodes_client import NodesClient
from services.harness.notation import read_visit
from services.harness.read_back import JournalReader, knows_visits, member_balances, visit_results
from services.harness.registration import register
from services.harness.report import report_line
from services.harness.timeline import timeline
from services.harness.visit_player import PlayedVisit, VisitPlayer

IN_FLIGHT = 128


class Progress(Protocol):
    """Told how far the replay is."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of ``total`` items."""

    def at(self, done: int) -> None:
        """Say how many items of the stage are done."""


@dataclass(slots=True)
class ReplayOutcome:
    """What the nodes have at the end, equal to what was expected.

    ``report`` has each visit's key and line. ``played_s`` is how long the visits took;
    ``resumed`` visits had been finished by an earlier run.
    """

    visits: int = 0
    resumed: int = 0
    played_s: float = 0.0
    states: Counter[str] = field(default_factory=Counter)
    balances: Balances = field(default_factory=Balances)
    report: list[tuple[str, str]] = field(default_factory=list)


class _Expected:
    """What a corpus expects, by key."""

    def __init__(self, folder: CorpusFolder) -> None:
        self.visits: dict[str, VisitResult] = {}
        self.filings: dict[str, FilingResult] = {}
        for result in folder.results():
            if isinstance(result, FilingResult):
                self.filings[result.key] = result
            else:
                self.visits[result.key] = result

    def check(self, visits: Sequence[tuple[str, str]], filings: Sequence[FilingStep]) -> None:
        """Raise ``CorpusFileError`` unless it speaks of exactly this corpus."""
        keys = {key for _, key in visits} ^ self.visits.keys()
        keys |= {step.key for step in filings} ^ self.filings.keys()
        if keys:
            raise corpus_file_error(
                f"expected.jsonl: {min(keys)}",
                "is expected and not there, or there and not expected",
                "预期与语料不一致",
            )


class Replay:
    """One replay of a corpus. ``speed`` is how many times real time; 0 is as fast as it goes."""

    def __init__(
        self,
        folder: CorpusFolder,
        nodes: NodesClient,
        checkpoint: Checkpoint,
        progress: Progress,
        *,
        in_flight: int = IN_FLIGHT,
        speed: int = 0,
        shuffle: int | None = None,
    ) -> None:
        """``shuffle`` is a seed for the order in which components begin; ``None``: by time."""
        self._folder = folder
        self._nodes = nodes
        self._checkpoint = checkpoint
        self._progress = progress
        self._speed = speed
        self._shuffle = shuffle
        self._slots = asyncio.Semaphore(in_flight)
        self._player = VisitPlayer(nodes)
        self._expected = _Expected(folder)
        self._visits: list[tuple[str, str]] = []
        self._began_at = 0.0
        self._first_at = Instant(0)

    async def run(self) -> ReplayOutcome:
        """Replay and compare.

        Raises ``DifferenceError`` for the first thing that is not as expected, ``CorpusFileError``
        for a corpus that can't be read, ``NodesUnreachable`` when nobody answers.
        """
        filings = self._folder.filings()
        components = components_of(self._offsets(), filings)
        self._expected.check(self._visits, filings)
        if components:
            self._first_at = components[0].starts_at
        if self._shuffle is not None:
            random.Random(self._shuffle).shuffle(components)
        await self._resume()
        outcome = ReplayOutcome(len(self._visits), len(self._checkpoint.finished))
        self._began_at = time.monotonic()
        await register(
            self._nodes, self._folder.institutions(), self._folder.members(), self._first_at
        )
        await self._play(components)
        outcome.played_s = time.monotonic() - self._began_at
        await self._compare(outcome)
        return outcome

    def _offsets(self) -> Iterator[tuple[int, Visit]]:
        for offset, visit in self._folder.visits_with_offsets():
            self._visits.append((visit.care_region, visit.key))
            yield offset, visit

    async def _resume(self) -> None:
        """Go on where an earlier run was, unless these nodes know nothing of it."""
        finished = self._checkpoint.finished
        done = [visit for visit in self._visits if visit[1] in finished]
        if done and not await knows_visits(self._nodes, [done[0], done[-1]], finished):
            self._checkpoint.forget()

    async def _play(self, components: Sequence[Component]) -> None:
        self._progress.stage("visits", len(self._visits))
        self._progress.at(len(self._checkpoint.finished))
        reader = LineReader(self._folder.path / VISITS)
        try:
            async with asyncio.TaskGroup() as group:
                for component in components:
                    await self._until(component.starts_at)
                    await self._slots.acquire()
                    group.create_task(self._play_component(component, reader))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            reader.close()
            self._checkpoint.sync()

    async def _play_component(self, component: Component, reader: LineReader) -> None:
        """Play the events of a component one after the other; gives its slot back."""
        visits = (Fields.of(reader.at(offset)).take(read_visit) for offset in component.offsets)
        under_way: dict[str, PlayedVisit] = {}
        filing_ids: dict[str, str] = {}
        finished = self._checkpoint.finished
        try:
            for event in timeline(component.filings, visits):
                await self._wait_without_slot(event.at)
                if isinstance(event, FilingStep):
                    got = await play_filing(self._nodes, event, filing_ids)
                    compare_filing(self._expected.filings[event.key], got)
                elif event.visit.key not in finished:
                    key = event.visit.key
                    played = under_way.setdefault(key, PlayedVisit())
                    await self._player.play(event, played)
                    if event.last:
                        self._checkpoint.finish(key, under_way.pop(key))
                        self._progress.at(len(finished))
        finally:
            self._slots.release()

    async def _wait_without_slot(self, at: Instant) -> None:
        """Timed: let others play until it's time."""
        if self._seconds_until(at) > 0:
            self._slots.release()
            await self._until(at)
            await self._slots.acquire()

    async def _until(self, at: Instant) -> None:
        seconds = self._seconds_until(at)
        if seconds > 0:
            await asyncio.sleep(seconds)

    def _seconds_until(self, at: Instant) -> float:
        if not self._speed:
            return 0.0
        due = self._began_at + (at - self._first_at) / 1000 / self._speed
        return due - time.monotonic()

    async def _compare(self, outcome: ReplayOutcome) -> None:
        finished = self._checkpoint.finished
        self._progress.stage("results", len(self._visits))
        async for got in visit_results(self._nodes, self._visits, finished):
            compare_visit(self._expected.visits[got.key], got)
            outcome.states[got.state.value] += 1
            outcome.report.append((got.key, report_line(got)))
            self._progress.at(len(outcome.report))
        expected = self._folder.balances()
        outcome.balances = await member_balances(self._nodes, self._folder.members())
        ours = (one for played in finished.values() for one in played.settlement_ids)
        journal = JournalReader(self._nodes, ours)
        total = sum(lines for _, lines in expected.positions.values())
        self._progress.stage("journal lines", total)
        await journal.wait_for(
            expected.positions, lambda missing: self._progress.at(total - missing)
        )
        outcome.balances.positions = journal.positions
        compare_balances(expected, outcome.balances)
        await journal.check_house()
