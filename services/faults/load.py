"""Visits of a corpus at a steady pace, for as long as they are wanted.

Those that share a member or an account keep their order, as in a replay; many such groups run
at the same time. A visit that goes otherwise than its story says is a fault of the run and
does not end it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.files.corpus_files import LineReader
from adapters.files.rule_books import RuleBooks
from clearing.errors import YidiError
from services.faults.hospital import Hospital
from services.harness.compare import compare_filing
from services.harness.components import Component, components_of
from services.harness.corpus import Balances, FilingResult, FilingStep, Member, VisitResult
from services.harness.difference import DifferenceError
from services.harness.fields import Fields
from services.harness.filing_player import play_filing
from services.harness.folder import VISITS, CorpusFolder
from services.harness.generation.generate import generate
from services.harness.generation.settings import STORY_RATES, Settings
from services.harness.notation import read_visit
from services.harness.oracle import Oracle
from services.harness.registration import register
from services.harness.timeline import timeline
from services.harness.visit_player import PlayedVisit, VisitPlayer

TIMES_AS_OFTEN = 4
"""Stories of repeats, losses and undoing come so many times as often as in other corpora."""

MOST_ASKS = 2_000


class Load:
    """Plays a corpus through a hospital's calls."""

    def __init__(self, folder: Path, hospital: Hospital, *, per_s: int, in_flight: int) -> None:
        """``per_s`` visits are begun a second; ``in_flight`` groups run at a time."""
        self._folder = CorpusFolder(folder)
        self._hospital = hospital
        self._gap_s = 1 / per_s
        self._next_s = 0.0
        self._slots = asyncio.Semaphore(in_flight)
        self._player = VisitPlayer(hospital, most_asks=MOST_ASKS)
        visits = self._folder.visits_with_offsets()
        self._components = components_of(visits, self._folder.filings())
        self._care_regions: dict[str, str] = {}
        self._filed: dict[str, FilingResult] = {}
        self.played: dict[str, PlayedVisit] = {}
        self.faults: list[str] = []
        self.ran_out = False

    @property
    def visits(self) -> list[tuple[str, str]]:
        """The visits that were played, as care region and key."""
        return [(self._care_regions[key], key) for key in self.played]

    def members(self) -> Iterator[Member]:
        """Return everybody in the corpus."""
        return self._folder.members()

    async def register(self) -> None:
        """Make institutions and members known."""
        at = self._components[0].starts_at
        await register(self._hospital, self._folder.institutions(), self._folder.members(), at)

    async def run(self, enough: asyncio.Event) -> None:
        """Play until it is enough; groups that were begun are played to their end."""
        reader = LineReader(self._folder.path / VISITS)
        try:
            async with asyncio.TaskGroup() as group:
                for component in self._components:
                    await self._slots.acquire()
                    if enough.is_set():
                        break
                    group.create_task(self._play(component, reader))
                else:
                    self.ran_out = True
        finally:
            reader.close()

    async def _play(self, component: Component, reader: LineReader) -> None:
        try:
            await self._play_in_order(component, reader)
        except YidiError as error:
            self.faults.append(f"{error.code}: {error.message_en}")
        finally:
            self._slots.release()

    async def _play_in_order(self, component: Component, reader: LineReader) -> None:
        visits = (Fields.of(reader.at(offset)).take(read_visit) for offset in component.offsets)
        filing_ids: dict[str, str] = {}
        for event in timeline(component.filings, visits):
            if isinstance(event, FilingStep):
                got = await play_filing(self._hospital, event, filing_ids)
                self._filed[event.key] = got
                continue
            key = event.visit.key
            if key not in self.played:
                await self._turn()
                self._care_regions[key] = event.visit.care_region
            await self._player.play(event, self.played.setdefault(key, PlayedVisit()))

    async def _turn(self) -> None:
        """Wait for the next visit's turn; turns that were missed are not made up for."""
        now_s = time.monotonic()
        self._next_s = max(self._next_s + self._gap_s, now_s)
        await asyncio.sleep(self._next_s - now_s)

    def expected(self, rules: RuleBooks) -> tuple[dict[str, VisitResult], Balances]:
        """Return what a sequential pass over what was played comes to, from the first entry."""
        oracle = Oracle(rules, self._folder.institutions(), self._folder.members())
        filings = [step for step in self._folder.filings() if step.key in self._filed]
        visits = (one for one in self._folder.visits_by_time() if one.key in self.played)
        results: dict[str, VisitResult] = {}
        for event in timeline(filings, visits):
            if isinstance(event, FilingStep):
                self._compare(oracle.file(event))
                continue
            result = oracle.play(event)
            if result is not None:
                results[result.key] = result
        return results, oracle.balances()

    def _compare(self, expected: FilingResult) -> None:
        try:
            compare_filing(expected, self._filed[expected.key])
        except DifferenceError as error:
            self.faults.append(error.message_en)


def make_corpus(seed: int, visits: int, out: Path) -> Sequence[str]:
    """Write a corpus with many repeats and undoings; return its stories, counted."""
    rates = {story: TIMES_AS_OFTEN * rate for story, rate in STORY_RATES.items()}
    stories = generate(Settings(seed, visits, f"f{seed}", rates), out, RuleBooks(), _untold)
    return [f"{story} {count}" for story, count in sorted(stories.items())]


def _untold(_done: int) -> None:
    """Nobody watches."""
