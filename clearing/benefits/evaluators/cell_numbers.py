"""Which cell decides each claim of a column: a number read off the claim's few-valued parts.

Every key that the policy's rules may look at is one digit of a mixed-radix number. Claims of one
number can't be told apart by the rules, so one of them is asked for the cell, in the policy's
own way, and all get it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.cell import Cell
from clearing.benefits.claim import CareType, Claim
from clearing.benefits.evaluators.columns import ClaimColumns, Coded, Days
from clearing.benefits.evaluators.finder import MEMORY
from clearing.benefits.facts import FACTS
from clearing.benefits.keys_read import keys_read
from clearing.benefits.policy import Policy
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT, DOMAINS, IDENTITY_KEY

STAYS: Final = len(DOMAINS["admission"])
"""Numbers of paid stays that rules tell apart: none, one, more."""

_DENSE: Final = 1 << 20
_EPOCH: Final = date(1970, 1, 1).toordinal()

Numbers = NDArray[np.int64]


class Cells:
    """The cells met so far, numbered."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._numbers: dict[int, int] = {}
        self.cells: list[Cell] = []

    def of(self, columns: ClaimColumns, day: Days) -> tuple[Numbers, Numbers]:
        """Return ``cells[kind, stays]`` and the kind of each claim; ``day`` is what counts.

        Rows of ``cells`` are the cell numbers by number of paid stays (0, 1, 2 and more).
        """
        digits = list(_digits(self._policy, columns, day))
        keys, radix = _keys(digits, len(columns))
        kind, rows = _kinds(keys, radix)
        told = zip(*(digit.values_at(rows) for digit in digits), strict=True)
        known = self._policy.kinds
        kinds = list(told)
        new = [place for place, each in enumerate(kinds) if each not in known]
        made = zip(new, columns.take(rows[new]).claims(), strict=True)
        met = {kinds[place]: self._by_stays(claim) for place, claim in made}
        if len(known) + len(met) < MEMORY:
            known.update(met)
        table = [[self._number(cell) for cell in met.get(each) or known[each]] for each in kinds]
        return np.array(table, np.int64).reshape(-1, STAYS), kind

    def _by_stays(self, claim: Claim) -> tuple[Cell, ...]:
        """Return the cells that decide a claim, by the number of paid stays before it."""
        if claim.care_type is not CareType.INPATIENT:  # only a stay counts stays
            return (self._policy.cell(claim, {}),) * STAYS
        return tuple(
            self._policy.cell(claim, {ADMISSIONS_ACCOUNT: stays}) for stays in range(STAYS)
        )

    def _number(self, cell: Cell) -> int:
        if id(cell) not in self._numbers:
            self._numbers[id(cell)] = len(self.cells)
            self.cells.append(cell)  # kept, so its id stays its own
        return self._numbers[id(cell)]


@dataclass(frozen=True, slots=True)
class Digit:
    """A column of codes and what each code is to the rules."""

    codes: NDArray[Any]
    values: Sequence[Hashable]

    def values_at(self, rows: Numbers) -> list[Hashable]:
        """Return what some rows are to the rules."""
        return [self.values[code] for code in self.codes[rows].tolist()]


def day_of(policy: Policy, columns: ClaimColumns) -> Days:
    """Return the day of each visit that chooses edition and benefit year, as ``Policy.day_of``."""
    by_discharge = policy.rules.policy.basis == "discharge"
    visit = columns.days["discharged_on" if by_discharge else "admitted_on"]
    born = columns.days["delivered_on"]
    return np.where(np.isnat(born), visit, born)


def years_of(day: Days) -> Numbers:
    """Return the calendar year of each day."""
    first, number = _numbered_days(day)
    days = range(first, first + int(number.max(initial=0)) + 1)
    table = np.array([date.fromordinal(each + _EPOCH).year for each in days], np.int64)
    years: Numbers = table[number]
    return years


def _numbered_days(day: Days) -> tuple[int, Numbers]:
    number = day.astype(np.int64)
    first = int(number.min()) if len(number) else 0
    return first, number - first


def _keys(digits: Sequence[Digit], count: int) -> tuple[Numbers, int]:
    """Return each claim's number and how many numbers there can be."""
    keys: Numbers = np.zeros(count, np.int64)
    radix = 1
    for digit in digits:
        places: dict[Hashable, int] = {}
        weights = [places.setdefault(value, len(places)) * radix for value in digit.values]
        if len(places) > 1:
            keys += np.array(weights, np.int64).take(digit.codes)
            radix *= len(places)
    return keys, radix


def _digits(policy: Policy, columns: ClaimColumns, day: Days) -> Iterator[Digit]:
    """Yield every key that the rules may look at."""
    rules, region = policy.rules, policy.region
    read = frozenset[str]().union(*(keys_read(rules, care_type) for care_type in CareType))
    for fact in FACTS:
        if fact.key in (*read, "care_type"):
            column = columns.coded[fact.path.rpartition(".")[2]]
            yield Digit(column.codes, [fact.value_of(value, region) for value in column.values])
    if IDENTITY_KEY in read:
        held: Coded = columns.coded[IDENTITY_KEY]
        yield Digit(held.codes, [rules.keys.identity_classes(value) for value in held.values])
    if "stay" in read:
        over = years_of(columns.days["admitted_on"]) != years_of(columns.days["discharged_on"])
        yield Digit(over.astype(np.int8), (False, True))
    first, number = _numbered_days(day)
    days = range(first, first + int(number.max(initial=0)) + 1)
    periods = [bisect_right(policy.boundaries, date.fromordinal(each + _EPOCH)) for each in days]
    yield Digit(number, periods)


def _kinds(keys: Numbers, radix: int) -> tuple[Numbers, Numbers]:
    """Number the distinct keys; return each claim's number and one row of each."""
    if radix > _DENSE:
        _, rows, kind = np.unique(keys, return_index=True, return_inverse=True)
        return kind, rows
    some = np.full(radix, -1, np.int64)
    some[keys] = np.arange(len(keys))
    found = np.flatnonzero(some >= 0)
    numbers = np.zeros(radix, np.int64)
    numbers[found] = np.arange(len(found))
    kind = numbers.take(keys)
    return kind, some[found]
