"""Generates a corpus with its expectations, in order of time and in bounded memory.

The sequential pass runs along: it says what each visit comes to, so that only what has taken
effect is undone, and its results are the expectations.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from enum import IntEnum
from pathlib import Path

from adapters.files.rule_books import RuleBooks
from clearing.benefits.claim import CareType, Outcome
from clearing.calendar import Instant, day_bounds
from services.harness.corpus import FilingStep, Manifest, Story, Visit
from services.harness.folder import CorpusWriter
from services.harness.generation.days import expected_visits, visits_by_day
from services.harness.generation.dice import Dice
from services.harness.generation.fees import FeeMaker
from services.harness.generation.institutions import institutions
from services.harness.generation.journeys import Journeys, care_mix
from services.harness.generation.people import Person, make_families, people_of
from services.harness.generation.profiles import PROFILES, Profile
from services.harness.generation.settings import Settings
from services.harness.generation.stories import with_story
from services.harness.oracle import Oracle
from services.harness.timeline import Part, VisitPart

_STRANGERS = 10
"""Visits per 10,000 of people whom the insured region doesn't know."""


class _Rank(IntEnum):
    """Order at one instant, as ``timeline`` has it."""

    FILING = 0
    LATER_PART = 1
    VISIT = 2


_Event = FilingStep | VisitPart | Visit


class Generator:
    """Makes one corpus."""

    def __init__(self, settings: Settings, rules: RuleBooks, writer: CorpusWriter) -> None:
        self._settings = settings
        self._writer = writer
        self._dice = Dice(settings.seed)
        self._fees = FeeMaker(self._dice)
        self._journeys = Journeys(rules, settings.prefix, self._dice)
        self._people = self._make_people()
        everybody = [person.member for people in self._people.values() for person in people]
        every_institution = list(institutions())
        for one in every_institution:
            writer.institution(one)
        for member in everybody:
            writer.member(member)
        self._oracle = Oracle(rules, every_institution, everybody)
        self._waiting: list[tuple[Instant, int, int, _Event]] = []
        self._entered = 0
        self.stories: Counter[Story] = Counter()

    def run(self, tell: Callable[[int], None]) -> None:
        """Generate everything; ``tell`` is told how many visits are written."""
        for people in self._people.values():
            for step in self._journeys.long_term(people):
                self._enter(step.at, _Rank.FILING, step)
        for day, count, profiles in visits_by_day(PROFILES, self._settings.settlements):
            mix = care_mix(profiles)
            for _ in range(count):
                self._plan(*self._dice.weighted(mix), day)
            self._write_until(day_bounds(day)[1])
            tell(self._writer.counts["visits"])
        self._write_until(None)
        self._writer.finish(self._oracle.balances(), self._manifest())

    def _make_people(self) -> dict[Profile, list[Person]]:
        visits = expected_visits(PROFILES, self._settings.settlements)
        people = {
            profile: people_of(profile, visits[profile.region], self._settings.prefix, self._dice)
            for profile in PROFILES
        }
        make_families([person for group in people.values() for person in group], self._dice)
        return people

    def _plan(self, profile: Profile, care_type: CareType, day: date) -> None:
        person = self._dice.early(self._people[profile])
        journey = self._journeys.journey(person, care_type, day, "")
        if journey.filing is not None:
            self._enter(journey.filing.at, _Rank.FILING, journey.filing)
        self._enter(journey.visit.settle_at, _Rank.VISIT, journey.visit)

    def _enter(self, at: Instant, rank: _Rank, event: _Event, number: int | None = None) -> None:
        """Put an event in its place; ``number`` decides among equals."""
        self._entered += 1
        place = self._entered if number is None else number
        heapq.heappush(self._waiting, (at, rank, place, event))

    def _write_until(self, end: Instant | None) -> None:
        while self._waiting and (end is None or self._waiting[0][0] < end):
            event = heapq.heappop(self._waiting)[3]
            if isinstance(event, FilingStep):
                self._writer.filing(event)
                self._writer.result(self._oracle.file(event))
            elif isinstance(event, Visit):
                self._write_visit(event)
            else:
                self._play(event)

    def _write_visit(self, planned: Visit) -> None:
        number = self._writer.counts["visits"] + 1
        visit = _named(planned, f"{self._settings.prefix}-{number:07d}", self._dice)
        visit = with_story(visit, self._settings.rates, self._outcome, self._fees, self._dice)
        self.stories[visit.story] += 1
        self._writer.visit(visit)
        later = [
            VisitPart(visit, part, at, last=False)
            for part, at in ((Part.UNDO, visit.undo_at), (Part.AGAIN, visit.again_at))
            if at is not None
        ]
        self._play(VisitPart(visit, Part.SETTLE, visit.settle_at, last=not later))
        for part in later:
            last = part is later[-1]
            event = VisitPart(visit, part.part, part.at, last)
            self._enter(event.at, _Rank.LATER_PART, event, number * 4 + event.part)

    def _play(self, event: VisitPart) -> None:
        result = self._oracle.play(event)
        if result is not None:
            self._writer.result(result)

    def _outcome(self, visit: Visit) -> Outcome:
        return self._oracle.rule(visit, visit.settle_at).outcome

    def _manifest(self) -> Manifest:
        return Manifest(
            self._settings.prefix,
            dict(sorted(self._writer.counts.items())),
            self._settings.seed,
            {"settlements": str(self._settings.settlements), "tag": self._settings.tag},
            {story.value: rate for story, rate in self._settings.rates.items()},
            illustrative=True,
        )


def _named(visit: Visit, key: str, dice: Dice) -> Visit:
    if dice.happens(_STRANGERS, 10_000):
        return replace(visit, key=key, member_id=f"{key}-nobody", account=None)
    return replace(visit, key=key)


def generate(
    settings: Settings, out: Path, rules: RuleBooks, tell: Callable[[int], None]
) -> Counter[Story]:
    """Write a corpus into a folder and return how often each story occurs."""
    with CorpusWriter(out) as writer:
        generator = Generator(settings, rules, writer)
        generator.run(tell)
        return generator.stories
