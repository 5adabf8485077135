"""The claims whose payment changes most, each explained under both rules by the interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clearing.benefits.adjudicate import benefit_year
from clearing.benefits.claim import Claim, Decision
from clearing.benefits.claim_set import ClaimSet
from clearing.benefits.policies import Library
from clearing.errors import InvariantBroken
from services.backtest.effect import Decided


@dataclass(frozen=True, slots=True)
class LargestChange:
    """A claim and its two decisions, with explanations; ``row`` counts from 1."""

    row: int
    member_id: str
    claim: Claim
    before: Decision
    after: Decision

    @property
    def change_fen(self) -> int:
        """What the funds pay more."""
        return self.after.fund_fen - self.before.fund_fen


def largest_rows(before: Decided, after: Decided, count: int) -> Sequence[int]:
    """Return the rows of the largest changes of payment, the first row first among equals."""
    size = np.abs(after.fund_fen - before.fund_fen)
    rows = np.argsort(-size, kind="stable")[:count]
    return [row for row in rows.tolist() if size[row]]


def largest_changes(
    libraries: tuple[Library, Library],
    claims: ClaimSet,
    decided: tuple[Decided, Decided],
    count: int,
) -> Sequence[LargestChange]:
    """Return the largest changes, explained.

    The interpreter decides the member's claims anew up to this one. Raises ``InvariantBroken``
    where it comes to another amount than the columns did.
    """
    changes = []
    for row in largest_rows(*decided, count):
        before, after = (
            _explained(library, claims, row, each)
            for library, each in zip(libraries, decided, strict=True)
        )
        member = claims.member_at(row)
        changes.append(LargestChange(row + 1, member, claims.columns.claim(row), before, after))
    return changes


def _explained(library: Library, claims: ClaimSet, row: int, decided: Decided) -> Decision:
    decision = next(one for at, one in interpreted(library, claims, row) if at == row)
    if decision.fund_fen != int(decided.fund_fen_at(row)):
        raise InvariantBroken(
            "evaluators_differ",
            f"row {row + 1}: the interpreter pays {decision.fund_fen}, the columns "
            f"{decided.fund_fen_at(row)} 分",
            f"第 {row + 1} 行: 逐步计算与批量计算的金额不一致",
        )
    return decision


def interpreted(library: Library, claims: ClaimSet, row: int) -> Iterator[tuple[int, Decision]]:
    """Decide the claims of the member who has the claim at ``row``, in order, explained."""
    books: dict[int, dict[str, int]] = {}
    for at in claims.rows_of(row).tolist():
        claim = claims.columns.claim(at)
        policy = library.policy(claim.insured_region)
        book = books.setdefault(benefit_year(policy, claim), {})
        decision = library.adjudicate(claim, book, explain=at == row)
        for name, amount in decision.additions.items():
            book[name] = book.get(name, 0) + amount
        yield at, decision
