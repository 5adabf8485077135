"""Makes corpora of what is there: expectations anew, and several corpora in one."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge as merged
from pathlib import Path

from adapters.files.corpus_files import corpus_file_error
from adapters.files.rule_books import RuleBooks
from services.harness.compare import compare_balances, compare_filing, compare_visit
from services.harness.corpus import FilingResult, Institution, Manifest, VisitResult
from services.harness.difference import DifferenceError
from services.harness.expectations import expected_results
from services.harness.folder import CorpusFolder, CorpusWriter
from services.harness.oracle import Oracle


def merge_corpora(folders: Sequence[CorpusFolder], out: Path, name: str, rules: RuleBooks) -> None:
    """Write one corpus of several, with its expectations.

    Institutions may stand in several of them alike; nothing else may. Also gives a single
    hand-written corpus its expectations; then ``out`` must be another folder.
    """
    if out.resolve() in {folder.path.resolve() for folder in folders}:
        raise corpus_file_error(str(out), "is read from", "不能写入正在读取的文件夹")
    with CorpusWriter(out) as writer:
        known: dict[tuple[str, str], Institution] = {}
        for folder in folders:
            for one in folder.institutions():
                key = one.care_region, one.institution_id
                if known.setdefault(key, one) != one:
                    raise corpus_file_error(
                        f"institutions.jsonl: {one.institution_id}", "differs", "机构信息不一致"
                    )
        for key in sorted(known):
            writer.institution(known[key])
        members = [member for folder in folders for member in folder.members()]
        for member in members:
            writer.member(member)
        for step in merged(*(folder.filings() for folder in folders), key=lambda one: one.at):
            writer.filing(step)
        every = (folder.visits_by_time() for folder in folders)
        for visit in merged(*every, key=lambda one: one.settle_at):
            writer.visit(visit)
        writer.flush()
        oracle = Oracle(rules, known.values(), members)
        for result in expected_results(CorpusFolder(out), oracle):
            writer.result(result)
        illustrative = any(folder.says_illustrative() for folder in folders)
        settings = {"made_of": ", ".join(folder.path.name for folder in folders)}
        writer.finish(
            oracle.balances(),
            Manifest(name, dict(sorted(writer.counts.items())), None, settings, {}, illustrative),
        )


def check_expectations(folder: CorpusFolder, rules: RuleBooks) -> int:
    """Compare the expectations that a corpus has with a fresh sequential pass.

    Returns how many results are equal. Raises ``DifferenceError`` naming the first that isn't.
    """
    oracle = Oracle(rules, folder.institutions(), folder.members())
    fresh = list(expected_results(folder, oracle))
    wanted = {_key(result): result for result in folder.results()}
    for result in fresh:
        known = wanted.pop(_key(result), None)
        if isinstance(result, VisitResult) and isinstance(known, VisitResult):
            compare_visit(known, result, with_filing=True)
        elif isinstance(result, FilingResult) and isinstance(known, FilingResult):
            compare_filing(known, result)
        else:
            raise DifferenceError(result.key, "expectation", "there", "missing")
    if wanted:
        raise DifferenceError(min(wanted)[1], "expectation", "of something", "of nothing")
    compare_balances(folder.balances(), oracle.balances())
    return len(fresh)


def _key(result: VisitResult | FilingResult) -> tuple[bool, str]:
    return isinstance(result, FilingResult), result.key
