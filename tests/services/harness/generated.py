"""Generated corpora for the harness's tests, made once a process."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from adapters.files.rule_books import RuleBooks
from services.harness.corpus import Story
from services.harness.folder import CorpusFolder
from services.harness.generation.generate import generate
from services.harness.generation.settings import STORY_RATES, Settings

MANY_STORIES = dict.fromkeys(STORY_RATES, 700)
_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@cache
def rules() -> RuleBooks:
    """Return the packaged rules."""
    return RuleBooks()


@cache
def generated(
    seed: int,
    settlements: int,
    *,
    many_stories: bool = True,
    without: frozenset[Story] = frozenset(),
) -> CorpusFolder:
    """Return a generated corpus; don't write into it."""
    kept = tempfile.TemporaryDirectory(prefix="yidi-corpus-")
    _KEPT.append(kept)
    every = MANY_STORIES if many_stories else STORY_RATES
    rates = {story: rate for story, rate in every.items() if story not in without}
    out = Path(kept.name)
    generate(Settings(seed, settlements, rates=rates), out, rules(), lambda _: None)
    return CorpusFolder(out)


def stories_of(corpus: CorpusFolder) -> set[Story]:
    """Return the stories that occur."""
    return {visit.story for visit in corpus.visits()}
