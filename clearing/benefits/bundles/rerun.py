"""Running a member's chain of a benefit year again under other rules.

Each claim of the chain is decided again on the accumulators as they would have been, had the
rules been there from the start; what the rules do not touch (claims of earlier days, recorded
manual decisions) stands with what it added. Nothing is rewritten by it: the outcome says what
would have been paid, for manual reimbursement or recovery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from clearing.benefits.claim import Claim, Decision, Fund, Outcome
from clearing.errors import RuleError
from clearing.money import Fen


class Remedy(StrEnum):
    """What the insured region does about a difference."""

    NONE = "none"
    REIMBURSE = "reimburse"  # the member gets the difference (零星报销)
    RECOVER = "recover"  # the member gives it back (追回)
    BETWEEN_FUNDS = "between_funds"  # the member's part is the same, the funds' parts are not
    CASE = "case"  # a person decides its open manual case, now with an amount to go by
    PERSON = "person"  # the new rules give no amount; a person looks at it


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """One entry of the chain. With a claim it is decided again, else ``additions`` stand."""

    place: int
    entry_id: str
    claim: Claim | None = None
    additions: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Redecided:
    """A claim decided again, and the accumulators it was decided on."""

    entry_id: str
    before: Mapping[str, int]
    outcome: Outcome
    code: str
    by_fund: Mapping[Fund, Fen]
    additions: Mapping[str, int]
    bundle_hash: str


def rerun(
    benefit_year: int,
    entries: Iterable[ChainEntry],
    decide: Callable[[Claim, Mapping[str, int]], Decision],
) -> Iterator[Redecided]:
    """Yield every claim of the chain as it is decided now, in the order of the chain."""
    values: dict[str, int] = {}
    for entry in sorted(entries, key=lambda each: each.place):
        if entry.claim is None:
            _add(values, entry.additions or {})
            continue
        again = _decided(entry, entry.claim, dict(values), benefit_year, decide)
        _add(values, again.additions)
        yield again


def remedy_of(
    old: Outcome, old_by_fund: Mapping[Fund, Fen], new: Outcome, new_by_fund: Mapping[Fund, Fen]
) -> Remedy:
    """Return what is to be done where a claim came to one thing and comes to another now.

    ``old`` is ``manual`` only while its case is open.
    """
    if old is Outcome.MANUAL:
        return Remedy.NONE if new is Outcome.MANUAL else Remedy.CASE
    if new is Outcome.MANUAL:
        return Remedy.PERSON
    difference = difference_of(old_by_fund, new_by_fund)
    total_fen = sum(difference.values())
    if total_fen > 0:
        return Remedy.REIMBURSE
    if total_fen < 0:
        return Remedy.RECOVER
    return Remedy.BETWEEN_FUNDS if difference else Remedy.NONE


def difference_of(old: Mapping[Fund, Fen], new: Mapping[Fund, Fen]) -> dict[Fund, Fen]:
    """Return new less old for every fund where they differ."""
    both = {fund: new.get(fund, 0) - old.get(fund, 0) for fund in Fund}
    return {fund: amount_fen for fund, amount_fen in both.items() if amount_fen}


def added(values: Mapping[str, int], additions: Mapping[str, int], sign: int = 1) -> dict[str, int]:
    """Return accumulators or additions with others added; what comes to 0 is left out."""
    total = dict(values)
    _add(total, additions, sign)
    return total


def _decided(
    entry: ChainEntry,
    claim: Claim,
    before: dict[str, int],
    benefit_year: int,
    decide: Callable[[Claim, Mapping[str, int]], Decision],
) -> Redecided:
    try:
        decision = decide(claim, before)
    except RuleError as error:
        return _undecided(entry, before, error.code, "")
    if decision.benefit_year != benefit_year:
        # Its accumulators would be those of another year's chain.
        return _undecided(entry, before, "benefit_year_moves", decision.bundle_hash)
    return Redecided(
        entry.entry_id,
        before,
        decision.outcome,
        decision.code or "",
        dict(decision.by_fund),
        dict(decision.additions),
        decision.bundle_hash,
    )


def _undecided(entry: ChainEntry, before: dict[str, int], code: str, bundle: str) -> Redecided:
    return Redecided(entry.entry_id, before, Outcome.MANUAL, code, {}, {}, bundle)


def _add(values: dict[str, int], additions: Mapping[str, int], sign: int = 1) -> None:
    for name, amount in additions.items():
        value = values.get(name, 0) + sign * amount
        if value:
            values[name] = value
        else:
            values.pop(name, None)
