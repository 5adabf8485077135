"""Runs the sequential pass over a whole corpus."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.files.rule_books import RuleBooks
from services.harness.corpus import Balances, FilingResult, FilingStep, VisitResult
from services.harness.folder import CorpusFolder
from services.harness.oracle import Oracle
from services.harness.timeline import timeline


def expected_results(folder: CorpusFolder, oracle: Oracle) -> Iterator[VisitResult | FilingResult]:
    """Return what must come of every filing step and visit, in the order they end in."""
    for event in timeline(folder.filings(), folder.visits_by_time()):
        if isinstance(event, FilingStep):
            yield oracle.file(event)
        else:
            result = oracle.play(event)
            if result is not None:
                yield result


def expect_all(
    folder: CorpusFolder, rules: RuleBooks
) -> tuple[list[VisitResult | FilingResult], Balances]:
    """Return everything that must come of a corpus."""
    oracle = Oracle(rules, folder.institutions(), folder.members())
    results = list(expected_results(folder, oracle))
    return results, oracle.balances()
