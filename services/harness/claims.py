"""The claims of a corpus: what its visits put to the policies, as the sequential pass has them."""

from __future__ import annotations

from adapters.files.rule_books import RuleBooks
from clearing.benefits.claim import Claim
from clearing.benefits.claim_set import ClaimSet, claim_set_of
from services.harness.corpus import FilingStep, FinalState, Story, VisitResult
from services.harness.folder import CorpusFolder
from services.harness.oracle import Oracle
from services.harness.timeline import Part, VisitPart, timeline

_STANDING = frozenset({FinalState.SETTLED, FinalState.REFUSED, FinalState.MANUAL})


def claims_of(folder: CorpusFolder, rules: RuleBooks) -> ClaimSet:
    """Return the claims of all visits that stand in the end, in the order of their settlement.

    A visit that was undone or withdrawn is left out, and so is one that never came before a
    policy (a member not covered, a filing in the way). Raises ``CorpusFileError``.
    """
    folder.manifest()  # a torn corpus has none
    oracle = Oracle(rules, folder.institutions(), folder.members())
    settled: dict[str, tuple[int, str, Claim]] = {}
    standing: list[tuple[int, str, Claim]] = []
    for number, event in enumerate(timeline(folder.filings(), folder.visits_by_time())):
        if isinstance(event, FilingStep):
            oracle.file(event)
            continue
        visit = event.visit
        ruling = oracle.rule(visit, event.at) if _settles(event) else None
        result = oracle.play(event)
        if ruling is not None and ruling.claim is not None:
            settled[visit.key] = number, visit.member_id, ruling.claim
        if result is not None:
            last = settled.pop(visit.key, None)
            if last is not None and _stands(result):
                standing.append(last)
    return claim_set_of([(member, claim) for _, member, claim in sorted(standing, key=_number)])


def _settles(event: VisitPart) -> bool:
    story = event.visit.story
    if event.part is Part.SETTLE:
        return story is not Story.WITHDRAWN
    return event.part is Part.AGAIN and story is Story.SETTLED_ANEW


def _stands(result: VisitResult) -> bool:
    return result.state in _STANDING


def _number(entry: tuple[int, str, Claim]) -> int:
    return entry[0]
