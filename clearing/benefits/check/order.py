"""Who must not get less than whom: lower levels, better filings, home, retirees.

Two combinations that differ in that one thing are compared wherever either bends. What a source
leaves open is compared with nothing; what it refuses pays nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from clearing.benefits.check.machine import Amounts, Batch, bends, run
from clearing.benefits.check.programs import Program, Programs, together
from clearing.benefits.claim import Filing, HospitalLevel, Outcome
from clearing.benefits.combinations import CellIndex, Combination
from clearing.benefits.steps.op import FUND_SLOTS
from clearing.benefits.vocabulary import HOME, MAINLAND, PROVINCE
from clearing.money import MAX_AMOUNT_FEN, format_yuan

_Programs = tuple[Program | None, Program]
_LEVEL: Final = HospitalLevel
_MANUAL: Final = Outcome.MANUAL
_AWAY: Final = (PROVINCE, MAINLAND)


@dataclass(frozen=True, slots=True)
class Pair:
    """``better`` must get at least what ``worse`` gets; ``says`` names both."""

    code: str
    better: Combination
    worse: Combination
    says: tuple[str, str]


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """A pair in which the worse one gets more, at the in-scope cost ``cost_fen``."""

    pair: Pair
    cost_fen: int
    better_fen: int
    worse_fen: int

    @property
    def message(self) -> str:
        """Say what is out of order, with the example."""
        better, worse = self.pair.says
        cost = format_yuan(self.cost_fen)
        return (
            f"{better} gets {format_yuan(self.better_fen)} of an in-scope cost of {cost}, "
            f"{worse} gets {format_yuan(self.worse_fen)}"
        )


_AT_LEAST: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "level": {
        _LEVEL.COMMUNITY: (_LEVEL.PRIMARY, _LEVEL.SECONDARY, _LEVEL.TERTIARY),
        _LEVEL.UNRATED: (_LEVEL.SECONDARY, _LEVEL.TERTIARY),
        _LEVEL.PRIMARY: (_LEVEL.SECONDARY, _LEVEL.TERTIARY),
        _LEVEL.SECONDARY: (_LEVEL.TERTIARY,),
    },
    "filing": {
        Filing.LONG_TERM: (Filing.REFERRAL, Filing.UNFILED_VERIFIED, Filing.UNFILED),
        Filing.REFERRAL: (Filing.UNFILED_VERIFIED, Filing.UNFILED),
        Filing.EMERGENCY: (Filing.UNFILED,),
        Filing.UNFILED_VERIFIED: (Filing.UNFILED,),
    },
    "category": {"retired": ("active",)},
}
"""By key: what each value gets at least as much as."""


def pairs(index: CellIndex) -> Iterator[Pair]:
    """Yield every pair of different combinations whose order is known."""
    seen: set[tuple[str, int, int]] = set()
    for pair in _pairs(index):
        which = (pair.code, id(pair.better), id(pair.worse))
        if pair.better is not pair.worse and which not in seen:
            seen.add(which)
            yield pair


def _pairs(index: CellIndex) -> Iterator[Pair]:
    for combination in index:
        for key, orders in _AT_LEAST.items():
            if key == "filing" and combination.facts["place"] not in _AWAY:
                continue
            for better, lower in orders.items():
                for worse in lower:
                    yield from _around(index, combination, key, better, worse)
        if combination.facts["place"] in _AWAY:
            home = index.find(combination, place=HOME, filing=Filing.LOCAL)
            if home is not None:
                yield Pair("order_place", home, combination, ("care at home", "care away"))
        elif combination.facts["place"] == HOME and combination.facts["filing"] == Filing.LOCAL:
            yield from _away_from(index, combination)


def _around(
    index: CellIndex, combination: Combination, key: str, better: str, worse: str
) -> Iterator[Pair]:
    """Yield the pair in which the combination has one of the two values of a key."""
    values, says = combination.values[key], (f"{key} {better}", f"{key} {worse}")
    if better in values:
        other = index.find(combination, **{key: worse})
        if other is not None:
            yield Pair(f"order_{key}", combination, other, says)
    if worse in values:
        other = index.find(combination, **{key: better})
        if other is not None:
            yield Pair(f"order_{key}", other, combination, says)


def _away_from(index: CellIndex, home: Combination) -> Iterator[Pair]:
    for place in _AWAY:
        for filing in Filing:
            away = index.find(home, place=place, filing=filing)
            if away is not None:
                yield Pair("order_place", home, away, ("care at home", "care away"))


def out_of_order(pairs: Iterable[Pair], programs: Programs) -> Iterator[OutOfOrder]:
    """Yield the pairs that are out of order, each with one example."""
    groups: dict[tuple[int, int], dict[_Programs, list[Pair]]] = defaultdict(dict)
    for pair in pairs:
        worse, better = programs.of(pair.worse.cell), programs.of(pair.better.cell)
        if worse is None or worse is better:
            continue
        if better is None and (pair.better.cell is None or pair.better.cell.outcome is _MANUAL):
            continue
        shapes = (-1 if better is None else better.shape, worse.shape)
        groups[shapes].setdefault((better, worse), []).append(pair)
    for alike in groups.values():
        yield from _compared(alike)


def _compared(alike: Mapping[_Programs, list[Pair]]) -> Iterator[OutOfOrder]:
    """Compare pairs whose programs have the same two shapes; one of none pays nothing."""
    worse = together([program for _, program in alike])
    lower = [program for program, _ in alike if program is not None]
    better = together(lower) if lower else None
    points = bends(worse, len(alike))
    if better is not None:
        points = np.concatenate([points, bends(better, len(alike))], axis=1)
    cost = np.concatenate([points - 1, points, points + 1], axis=1)
    cost = np.sort(np.clip(cost, 0, MAX_AMOUNT_FEN), axis=1)
    less = np.zeros_like(cost) if better is None else _paid(better, cost)
    more = _paid(worse, cost)
    for row, each in enumerate(alike.values()):
        excess = more[row] - less[row]
        at = int(np.argmax(excess))
        if excess[at] > 0:
            amounts = (int(cost[row, at]), int(less[row, at]), int(more[row, at]))
            for pair in each:
                yield OutOfOrder(pair, *amounts)


def _paid(batch: Batch, cost: Amounts) -> Amounts:
    registers = run(batch, cost)
    total = np.zeros_like(cost)
    for slot in FUND_SLOTS.values():
        total = total + registers[slot]
    return total
