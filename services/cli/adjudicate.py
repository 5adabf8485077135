"""``yidi adjudicate FILE|-``: decide claims from JSON, without any node.

All or nothing: the first malformed claim ends the call with exit code 2, its field on stderr
and nothing on stdout. Ordinary answers (paid, refused, manual) are exit code 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.files.region_files import RegionFiles
from clearing.benefits.adjudicate import benefit_year
from clearing.benefits.claim import Claim, Decision, Explained, Outcome
from clearing.benefits.claim_input import Accumulators, read_claim
from clearing.benefits.policies import Library
from clearing.errors import YidiError
from clearing.money import format_yuan
from services.cli import exit_codes, failures
from services.cli.json_document import print_json, read_json


def adjudicate_command(path: str, chain: bool, rules: Path | None = None) -> int:
    """Decide the claims of a file (``-`` is standard input), print results, return exit code.

    With ``chain`` an array is one member's history: each claim takes the accumulators that the
    one before returned. ``rules`` is a folder of region folders instead of the packaged one.
    """
    try:
        library = Library(RegionFiles(rules))
        data = read_json(path)
        results = [result_of(decided) for decided in decide_claims(library, data, chain)]
    except YidiError as error:
        return failures.say(error)
    print_json(results if isinstance(data, list) else results[0])
    return exit_codes.OK


@dataclass(frozen=True, slots=True)
class Decided:
    """A claim with its decision; ``books`` are the member's accumulators after it."""

    claim: Claim
    before: Mapping[str, int]
    decision: Decision
    books: Accumulators
    illustrative: bool


def decide_claims(library: Library, data: Any, chain: bool) -> list[Decided]:
    """Decide one claim, or each of an array. Raises ``Malformed`` for the first bad one."""
    if not isinstance(data, list):
        return [_decide(library, *read_claim(data, library.categories))]
    claims = [read_claim(item, library.categories, f"[{i}]") for i, item in enumerate(data)]
    results: list[Decided] = []
    for claim, books in claims:
        before = results[-1].books if chain and results else books
        results.append(_decide(library, claim, before))
    return results


def result_of(decided: Decided) -> dict[str, Any]:
    """Return a decision as the command prints it."""
    return _result(decided.decision, decided.claim, decided.books, decided.illustrative)


def _decide(library: Library, claim: Claim, books: Accumulators) -> Decided:
    policy = library.policy(claim.insured_region)
    book = f"{claim.insured_region}/{benefit_year(policy, claim):04d}"
    before = books.get(book, {})
    decision = library.adjudicate(claim, before, explain=True)
    after = books
    if decision.additions:
        sums = {**before}
        for name, amount in decision.additions.items():
            sums[name] = sums.get(name, 0) + amount
        after = {**books, book: sums}
    return Decided(claim, before, decision, after, policy is not None and policy.illustrative)


def _result(
    decision: Decision, claim: Claim, books: Accumulators, illustrative: bool
) -> dict[str, Any]:
    decided = decision.outcome is not Outcome.MANUAL

    def money(amount_fen: int) -> str | None:
        return format_yuan(amount_fen) if decided else None

    return {
        "outcome": decision.outcome.value,
        "code": decision.code,
        "flags": list(decision.flags),
        "fund": money(decision.fund_fen),
        "personal": money(claim.total_fen - decision.fund_fen),
        "deductible": money(decision.deductible_fen),
        "by_fund": {fund.value: format_yuan(a) for fund, a in decision.by_fund.items()},
        "account_limit": money(decision.account_limit_fen),
        **{
            name: format_yuan(amount_fen)
            for name, amount_fen in (
                ("recoverable", decision.recoverable_fen),
                ("quota", decision.quota_fen),
            )
            if amount_fen
        },
        "accumulators": books,
        "bundles": {"policy": decision.bundle_hash or None},
        "illustrative": illustrative,
        "explanation": [_step(step, decided) for step in decision.explanation],
    }


def _step(step: Explained, decided: bool) -> dict[str, Any]:
    return {
        "step": step.step,
        "table": step.table,
        "edition": step.edition,
        "source": step.source,
        "rule": f"{step.rule_zh} / {step.rule_en}",
        "inputs": dict(step.inputs),
        "amount": format_yuan(step.amount_fen) if decided else None,
        "running": format_yuan(step.running_fen) if decided else None,
    }
