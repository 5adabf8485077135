"""Runs the kernels: claims by the shape of their cells, chunk by chunk, constants gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.cell import Cell
from clearing.benefits.claim import Fund, Outcome
from clearing.benefits.evaluators.builder import Program
from clearing.benefits.evaluators.cell_numbers import Numbers
from clearing.benefits.evaluators.columns import Amounts, ClaimColumns
from clearing.benefits.evaluators.decisions import OUTCOMES, Account, DecisionColumns
from clearing.benefits.evaluators.kernels import Kernel, kernel_of
from clearing.benefits.evaluators.program import Shape, program_of
from clearing.benefits.policy import Policy
from clearing.benefits.steps.op import ACCOUNT_LIMIT, DEDUCTIBLE, FUND_SLOTS, RECOVERABLE

CHUNK: Final = 8_192
"""Claims computed at once: their intermediate arrays stay in a core's cache."""

Used = Callable[[Account, NDArray[Any]], Amounts | int]
"""What the members of the claims at some rows had used of an account."""

Added = Callable[[Account, NDArray[Any], Any], None]
"""Told what the claims at some rows add to an account."""

_FUND_OF: Final = {slot: fund for fund, slot in FUND_SLOTS.items()}


@dataclass(frozen=True, slots=True)
class Group:
    """Cells of one shape and the same accumulators.

    ``constants`` has a number, where all cells share it, or an array by the cell's place in the
    group.
    """

    program: Program
    kernel: Kernel
    accounts: tuple[Account, ...]
    constants: tuple[Amounts | int, ...]


class Groups:
    """The groups of a numbered list of cells: ``group[cell]``, -1 where nothing is computed."""

    def __init__(self, policy: Policy, cells: Sequence[Cell]) -> None:
        members: dict[Any, list[tuple[int, Shape, tuple[int, ...]]]] = {}
        for number, cell in enumerate(cells):
            if cell.outcome is Outcome.PAID:
                shape, constants = policy.shape(cell)
                same = (id(shape), cell.accounts)
                members.setdefault(same, []).append((number, shape, constants))
        self.group = np.full(len(cells), -1, np.int16)
        self.place = np.zeros(len(cells), np.int64)
        self.groups: list[Group] = []
        for (_, accounts), cells_of_it in members.items():
            numbers, shape = [number for number, _, _ in cells_of_it], cells_of_it[0][1]
            self.group[numbers] = len(self.groups)
            self.place[numbers] = np.arange(len(numbers))
            rows = zip(*(constants for _, _, constants in cells_of_it), strict=True)
            columns = tuple(_column(row) for row in rows)
            self.groups.append(Group(program_of(shape), kernel_of(shape), accounts, columns))

    def parted(self, cell: Numbers) -> Iterator[tuple[Group, Numbers]]:
        """Yield every group with the places of its claims, in chunks; ``cell`` is of each claim."""
        group = self.group.take(cell)
        order = np.argsort(group, kind="stable")
        counts = np.bincount(group + 1, minlength=len(self.groups) + 1)
        ends = np.cumsum(counts)
        for number, each in enumerate(self.groups):
            for start in range(int(ends[number]), int(ends[number + 1]), CHUNK):
                yield each, order[start : min(start + CHUNK, int(ends[number + 1]))]


def _column(row: tuple[int, ...]) -> Amounts | int:
    return row[0] if len(set(row)) == 1 else np.array(row, np.int64)


class Results:
    """Columns that decisions are written to."""

    def __init__(self, columns: ClaimColumns, groups: Groups) -> None:
        self._columns, self._groups = columns, groups
        size = len(columns)
        self.cell: Numbers = np.zeros(size, np.int64)
        self._by_fund: dict[Fund, Amounts] = {}
        # Memory that is never written to costs nothing.
        self._told: dict[int, Amounts] = {
            slot: np.zeros(size, np.int64) for slot in (DEDUCTIBLE, ACCOUNT_LIMIT, RECOVERABLE)
        }
        self._added: list[Amounts] = []

    def run(self, cell: Numbers, rows: Numbers | None, used: Used, added: Added | None) -> None:
        """Decide the claims at ``rows`` (all without), each by its cell."""
        self.cell[slice(None) if rows is None else rows] = cell
        for group, places in self._groups.parted(cell):
            at = places if rows is None else rows.take(places)
            self._run(group, cell.take(places), at, used, added)

    def _run(
        self, group: Group, cell: Numbers, rows: Numbers, used: Used, added: Added | None
    ) -> None:
        program, place = group.program, self._groups.place.take(cell)
        amounts = self._columns.amounts
        told = group.kernel(
            *(amounts[name].take(rows) for name in program.inputs),
            *(used(group.accounts[slot], rows) for slot, _ in program.used),
            *(each if isinstance(each, int) else each.take(place) for each in group.constants),
        )
        for slot, amount in zip(program.results, told, strict=False):
            self._result(slot)[rows] = amount
        sums = told[len(program.results) :]
        for (slot, _), amount in zip(program.added, sums, strict=True):
            self._addition(slot)[rows] += amount
            if added is not None:
                added(group.accounts[slot], rows, amount)

    def _result(self, slot: int) -> Amounts:
        fund = _FUND_OF.get(slot)
        if fund is None:
            return self._told[slot]
        if fund not in self._by_fund:
            self._by_fund[fund] = np.zeros(len(self.cell), np.int64)
        return self._by_fund[fund]

    def _addition(self, slot: int) -> Amounts:
        while len(self._added) <= slot:
            self._added.append(np.zeros(len(self.cell), np.int64))
        return self._added[slot]

    def decisions(self, cells: Sequence[Cell], day: Any, bundle_hash: str) -> DecisionColumns:
        """Return what was decided, the outcome and the flags by the cells."""
        codes = tuple(dict.fromkeys((None, *(cell.code for cell in cells))))
        outcome = np.array([OUTCOMES.index(cell.outcome) for cell in cells], np.int8)
        code = np.array([codes.index(cell.code) for cell in cells], np.int16)
        quota: Amounts = np.array([cell.quota_fen for cell in cells], np.int64)
        flag, flag_sets = self._flags(cells)
        return DecisionColumns(
            outcome[self.cell] if len(cells) else np.zeros(0, np.int8),
            code[self.cell] if len(cells) else np.zeros(0, np.int16),
            codes,
            flag,
            flag_sets,
            self.cell.astype(np.int32),
            tuple(cell.accounts for cell in cells),
            self._by_fund,
            self._told[DEDUCTIBLE],
            self._told[ACCOUNT_LIMIT],
            day,
            tuple(self._added),
            bundle_hash,
            self._told[RECOVERABLE],
            quota[self.cell] if quota.any() else None,
        )

    def _flags(self, cells: Sequence[Cell]) -> tuple[NDArray[np.int16], tuple[Any, ...]]:
        sets: dict[tuple[str, ...], int] = {(): 0}
        flag = np.zeros(len(self.cell), np.int16)
        total = self._columns.amounts["total_fen"]
        for flags in {cell.flags for cell in cells if cell.flags}:
            has = np.array([cell.flags == flags for cell in cells], bool)
            rows = np.flatnonzero(has[self.cell])
            # Each flag is a bit of the pattern.
            bits = [
                (total[rows] > above).astype(np.int64) << i for i, (_, above) in enumerate(flags)
            ]
            pattern = np.sum(bits, axis=0)
            for each in np.flatnonzero(np.bincount(pattern)).tolist():
                names = tuple(code for i, (code, _) in enumerate(flags) if each >> i & 1)
                flag[rows[pattern == each]] = sets.setdefault(names, len(sets))
        return flag, tuple(sets)
