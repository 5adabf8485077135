"""What a what-if changes: sums over claims, by group and over members, exact to the 分.

A claim that only a person can decide (``manual``) has no amount. Where that is so on one side
only, its amount on the other side is part of that side's sum, and the outcomes tell how much of
the difference is due to it; a member with such a claim neither wins nor loses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clearing.benefits.claim import Fund, Outcome
from clearing.benefits.evaluators.decisions import OUTCOMES
from clearing.benefits.steps.op import PAYING_FUNDS
from clearing.money import Fen
from services.backtest.groups import DECILES, Codes, Ints, counts, deciles, sums


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions on all claims: ``outcome`` indexes ``OUTCOMES``, ``code`` indexes ``codes``.

    ``by_fund`` has a row a claim and a column for each of ``PAYING_FUNDS``.
    """

    outcome: Codes
    code: Codes
    codes: Sequence[str]
    by_fund: Ints

    @property
    def fund_fen(self) -> Ints:
        """What all funds pay together for each claim."""
        total: Ints = self.by_fund.sum(axis=1, dtype=np.int64)
        return total

    def fund_fen_at(self, row: int) -> Fen:
        """Return what all funds pay together for one claim."""
        return int(self.by_fund[row].sum())


@dataclass(frozen=True, slots=True)
class Grouping:
    """Claims by something: ``codes`` index ``names``."""

    names: Sequence[str]
    codes: Codes


@dataclass(frozen=True, slots=True)
class Amounts:
    """Claims of one kind: how many, what they cost, and what the funds pay before and after."""

    name: str
    claims: int
    changed: int
    cost_fen: Fen
    before_fen: Fen
    after_fen: Fen

    @property
    def change_fen(self) -> Fen:
        """What the funds pay more."""
        return self.after_fen - self.before_fen


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """Claims whose outcome (or its code) isn't the same on both sides."""

    before: Outcome
    before_code: str
    after: Outcome
    after_code: str
    claims: int
    before_fen: Fen
    after_fen: Fen


@dataclass(frozen=True, slots=True)
class MemberGroup:
    """Members of one kind: how many, and what the funds pay more for them."""

    members: int
    change_fen: Fen


@dataclass(frozen=True, slots=True)
class Effect:
    """The whole effect.

    ``groups`` has ``decile`` too, and ``decile_costs`` the lowest and the highest total cost in
    each; ``members`` is by ``winners``, ``losers``, ``unchanged`` and ``unclear``.
    """

    total: Amounts
    by_fund: Mapping[Fund, tuple[Fen, Fen]]
    groups: Mapping[str, Sequence[Amounts]]
    outcomes: Sequence[OutcomeChange]
    members: Mapping[str, MemberGroup]
    decile_costs: Mapping[str, tuple[Fen, Fen]]


def effect_of(
    before: Decided,
    after: Decided,
    cost_fen: Ints,
    member: Codes,
    groupings: Mapping[str, Grouping],
) -> Effect:
    """Return the effect; ``member`` numbers the members from 0."""
    old, new = before.fund_fen, after.fund_fen
    changed = (old != new) | (before.outcome != after.outcome)
    figures = (int(changed.sum()), int(cost_fen.sum()), int(old.sum()), int(new.sum()))
    by_fund = {
        fund: (int(before.by_fund[:, i].sum()), int(after.by_fund[:, i].sum()))
        for i, fund in enumerate(PAYING_FUNDS)
    }
    number = deciles(cost_fen)
    by_decile = Grouping(tuple(str(i + 1) for i in range(DECILES)), number)
    every = {**groupings, "decile": by_decile}
    return Effect(
        Amounts("total", len(cost_fen), *figures),
        {fund: both for fund, both in by_fund.items() if any(both)},
        {name: _amounts(each, changed, cost_fen, old, new) for name, each in every.items()},
        _outcomes(before, after, old, new),
        _members(before, after, new - old, member),
        _decile_costs(cost_fen, number),
    )


def _amounts(
    by: Grouping, changed: Codes, cost_fen: Ints, old: Ints, new: Ints
) -> Sequence[Amounts]:
    size = len(by.names)
    columns = (
        counts(by.codes, size),
        sums(changed.astype(np.int64), by.codes, size),
        *(sums(values, by.codes, size) for values in (cost_fen, old, new)),
    )
    rows = zip(by.names, *(column.tolist() for column in columns), strict=True)
    return tuple(Amounts(*row) for row in rows if row[1])


def _decile_costs(cost_fen: Ints, number: Codes) -> Mapping[str, tuple[Fen, Fen]]:
    parts = ((str(i + 1), cost_fen[number == i]) for i in range(DECILES))
    return {name: (int(part.min()), int(part.max())) for name, part in parts if part.size}


def _outcomes(before: Decided, after: Decided, old: Ints, new: Ints) -> Sequence[OutcomeChange]:
    """Return the changes of outcome, the most frequent first."""
    # Codes of both sides are numbered apart, so names are compared.
    names = sorted({*before.codes, *after.codes})
    number = {name: i for i, name in enumerate(names)}
    old_code = np.array([number[name] for name in before.codes], dtype=np.int64)[before.code]
    new_code = np.array([number[name] for name in after.codes], dtype=np.int64)[after.code]
    differ = np.flatnonzero((before.outcome != after.outcome) | (old_code != new_code))
    bases = (len(OUTCOMES), len(names), len(OUTCOMES), len(names))
    sides = (before.outcome, old_code, after.outcome, new_code)
    kinds = np.ravel_multi_index(tuple(each[differ] for each in sides), bases)
    unique, kind = np.unique(kinds, return_inverse=True)
    size = len(unique)
    rows = zip(
        zip(*(part.tolist() for part in np.unravel_index(unique, bases)), strict=True),
        counts(kind, size).tolist(),
        sums(old[differ], kind, size).tolist(),
        sums(new[differ], kind, size).tolist(),
        strict=True,
    )
    changes = [
        OutcomeChange(OUTCOMES[a], names[b], OUTCOMES[c], names[d], *figures)
        for (a, b, c, d), *figures in rows
    ]
    return sorted(changes, key=lambda each: (-each.claims, each.before_code, each.after_code))


def by_kind(before: Decided, after: Decided, member: Codes) -> Mapping[str, Codes]:
    """Tell for each member, by number, whether it is of a kind: who wins, loses, or neither."""
    size = int(member.max(initial=-1)) + 1
    change = sums(after.fund_fen - before.fund_fen, member, size)
    manual = OUTCOMES.index(Outcome.MANUAL)
    one_sided = (before.outcome == manual) != (after.outcome == manual)
    unclear = counts(member[one_sided], size) > 0
    return {
        "winners": ~unclear & (change > 0),
        "losers": ~unclear & (change < 0),
        "unchanged": ~unclear & (change == 0),
        "unclear": unclear,
    }


def _members(
    before: Decided, after: Decided, change: Ints, member: Codes
) -> Mapping[str, MemberGroup]:
    by_member = sums(change, member, int(member.max(initial=-1)) + 1)
    return {
        name: MemberGroup(int(which.sum()), int(by_member[which].sum()))
        for name, which in by_kind(before, after, member).items()
    }
