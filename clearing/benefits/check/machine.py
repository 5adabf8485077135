"""Run cells side by side on arrays of amounts, and find where their amounts bend.

Cells whose operations differ in their constants only are rows of one batch. Every formula is the
one of ``steps.arithmetic``, with ``min`` and ``max`` that note which of their two sides is less:
where that changes, and nowhere else, the amounts as functions of the cost have a bend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from threading import local
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.evaluators.derive import Formula, derived
from clearing.benefits.steps.arithmetic import units_of
from clearing.benefits.steps.op import COUNTED, IN_SCOPE, RUNNING_U, TOTAL, Op
from clearing.money import MAX_AMOUNT_FEN

Amounts: TypeAlias = NDArray[np.int64]
"""分, one row a cell and one column a point; with one column, the same at every point."""

_SECTIONS = np.arange(17, dtype=np.int64)
_AROUND = np.array([-4096, -256, -32, -4, -2, -1, 0, 1, 2, 3, 5, 33, 257, 4097], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Cells of one shape.

    ``constants`` are those of each operation, ``used`` the accumulators before the claim and
    ``inputs`` other amounts of the claim by register, each as a column of one value a row.
    """

    ops: tuple[Op, ...]
    registers: int
    constants: tuple[tuple[Amounts, ...], ...]
    used: tuple[Amounts, ...]
    inputs: tuple[tuple[int, Amounts], ...] = ()

    def at(self, rows: NDArray[Any]) -> Batch:
        """Return some of the rows, in the order asked for; a row may be asked for twice."""
        return replace(
            self,
            constants=tuple(tuple(c[rows] for c in constants) for constants in self.constants),
            used=tuple(amounts[rows] for amounts in self.used),
            inputs=tuple((slot, amounts[rows]) for slot, amounts in self.inputs),
        )


class _Noted(local):
    """Minimum and maximum that keep the difference of their sides, call by call, in a thread."""

    def __init__(self) -> None:
        self.differences: list[Any] = []

    def minimum(self, first: Any, *others: Any) -> Any:
        for other in others:
            self.differences.append(first - other)
            first = np.minimum(first, other)
        return first

    def maximum(self, first: Any, *others: Any) -> Any:
        for other in others:
            self.differences.append(first - other)
            first = np.maximum(first, other)
        return first


_noted = _Noted()


@cache
def _on_arrays(formula: Formula) -> Formula:
    return derived(formula, _noted.minimum, _noted.maximum)


def run(batch: Batch, cost: Amounts) -> list[Any]:
    """Return all registers for claims of these in-scope costs, nothing else in their totals."""
    registers = _loaded(batch, cost)
    for k in range(len(batch.ops)):
        _step(batch, registers, k)
    _noted.differences.clear()
    return registers


def _loaded(batch: Batch, cost: Amounts) -> list[Any]:
    registers: list[Any] = [0] * batch.registers
    registers[TOTAL] = registers[IN_SCOPE] = registers[COUNTED] = cost
    registers[RUNNING_U] = units_of(cost)  # type: ignore[arg-type]  # an array will do
    for slot, amounts in batch.inputs:
        registers[slot] = amounts
    return registers


def _step(batch: Batch, registers: list[Any], k: int) -> None:
    op = batch.ops[k]
    registers[op.write] = _on_arrays(op.arithmetic)(
        *[registers[i] for i in op.reads],
        *[batch.used[i] for i in op.accounts],
        *batch.constants[k],
    )


@dataclass(frozen=True, slots=True)
class Axis:
    """What is varied: the cost (``account`` is ``None``), or one accumulator at no cost."""

    account: int | None = None

    def load(self, batch: Batch, points: Amounts) -> tuple[Batch, list[Any]]:
        """Return the batch and its registers before the first operation."""
        if self.account is None:
            return batch, _loaded(batch, points)
        used = [*batch.used]
        used[self.account] = points
        return replace(batch, used=tuple(used)), _loaded(batch, np.zeros_like(points))


COST = Axis()


def bends(batch: Batch, rows: int, axis: Axis = COST, most: int = MAX_AMOUNT_FEN) -> Amounts:
    """Return for each row the points between 0 and ``most`` where some amount bends, in order.

    A bend between two whole 分 is given as both; 0 and ``most`` are always there; rows with
    fewer points repeat some. It is exact by induction over the comparisons of the operations:
    between the points found so far everything up to the next comparison is a straight line (but
    for rounding), so that its sides change places at most once.
    """
    points = np.tile(np.array([0, most], dtype=np.int64), (rows, 1))
    loaded, registers = axis.load(batch, points)
    for k in range(len(batch.ops)):
        comparison = 0
        while True:
            noted = _noted_by(loaded, registers, k)
            if comparison >= len(noted):
                break
            difference = np.broadcast_to(noted[comparison], points.shape)
            found = _changes(batch, axis, points, difference, (k, comparison))
            if found is not None:
                points = found
                loaded, registers = axis.load(batch, points)
                for i in range(k):
                    _step(loaded, registers, i)
            comparison += 1
        _step(loaded, registers, k)
    _noted.differences.clear()
    return points


def _noted_by(batch: Batch, registers: list[Any], k: int) -> list[Any]:
    """Return the differences that operation ``k`` notes; the registers stay as they are."""
    _noted.differences.clear()
    _step(batch, [*registers], k)
    return list(_noted.differences)


def _changes(
    batch: Batch, axis: Axis, points: Amounts, difference: Amounts, where: tuple[int, int]
) -> Amounts | None:
    """Narrow every change of sides to two neighbouring 分; return the points with both added."""
    less = difference > 0
    wide = points[:, 1:] - points[:, :-1] > 1
    rows, columns = np.nonzero((less[:, 1:] != less[:, :-1]) & wide)
    if not len(rows):
        return None
    low, high = points[rows, columns], points[rows, columns + 1]
    of_rows = batch.at(rows)
    each = np.arange(len(rows))
    grid = _near_the_crossing(low, high, difference[rows, columns], difference[rows, columns + 1])
    while True:
        first = _first_change(of_rows, axis, grid, where)
        low, high = grid[each, first - 1], grid[each, first]
        if (high - low).max() <= 1:
            break
        grid = low[:, None] + (high - low)[:, None] * _SECTIONS // _SECTIONS[-1]
    added = np.repeat(points[:, :1], 2 * int(np.bincount(rows).max()), axis=1)
    place = _place_in_row(rows)
    added[rows, 2 * place], added[rows, 2 * place + 1] = low, high
    merged: Amounts = np.sort(np.concatenate([points, added], axis=1), axis=1)
    return merged


def _near_the_crossing(low: Amounts, high: Amounts, at_low: Amounts, at_high: Amounts) -> Amounts:
    """Return points around where a straight line through both differences is 0.

    In whole numbers of any size: the products don't fit 64 bits.
    """
    before, after = abs(at_low.astype(object)), abs(at_high.astype(object))
    crossing = (low + (high - low) * before // (before + after)).astype(np.int64)
    inner = np.clip(crossing[:, None] + _AROUND, low[:, None], high[:, None])
    return np.concatenate([low[:, None], inner, high[:, None]], axis=1)


def _first_change(
    batch: Batch, axis: Axis, grid: Amounts, where: tuple[int, int]
) -> NDArray[np.intp]:
    """Return for each row the place in the grid where the sides have changed."""
    k, comparison = where
    loaded, registers = axis.load(batch, grid)
    for i in range(k):
        _step(loaded, registers, i)
    less = np.broadcast_to(_noted_by(loaded, registers, k)[comparison], grid.shape) > 0
    first: NDArray[np.intp] = np.argmax(less != less[:, :1], axis=1)
    return first


def _place_in_row(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the entries of each row from 0; ``rows`` is in order."""
    starts = np.searchsorted(rows, rows, side="left")
    return np.arange(len(rows)) - starts


def batched(cells: Sequence[tuple[tuple[Op, ...], Sequence[int]]], registers: int) -> Batch:
    """Put operations that differ in their constants only into one batch, with what was used."""
    first = cells[0][0]

    def column(values: Sequence[int]) -> Amounts:
        return np.array(values, dtype=np.int64)[:, None]

    constants = tuple(
        tuple(column([ops[k].constants[c] for ops, _ in cells]) for c in range(len(op.constants)))
        for k, op in enumerate(first)
    )
    used = tuple(column([amounts[i] for _, amounts in cells]) for i in range(len(cells[0][1])))
    return Batch(first, registers, constants, used)
