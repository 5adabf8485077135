"""A cell's operations as one straight-line program over named amounts.

The formulas of ``steps.arithmetic`` are written out into each other, simplified exactly and
stripped of what nothing reads. Constants keep names, so cells that differ in numbers only share
one program; the numbers that let something fall away altogether (0, and 100 %) don't, they are
part of the shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from clearing.benefits.cell import Cell
from clearing.benefits.evaluators.builder import Builder, Program
from clearing.benefits.evaluators.derive import expression_of
from clearing.benefits.evaluators.polynomial import number
from clearing.benefits.steps.arithmetic import units_of
from clearing.benefits.steps.op import (
    ACCOUNT_LIMIT,
    COUNTED,
    DEDUCTIBLE,
    FUND_SLOTS,
    IN_SCOPE,
    INPUT_REGISTERS,
    RECOVERABLE,
    RUNNING_U,
)

_WHOLE_BP: Final = 10_000

RESULTS: Final[Mapping[int, str]] = {
    **{slot: f"{fund.value}_fen" for fund, slot in FUND_SLOTS.items()},
    DEDUCTIBLE: "deductible_fen",
    ACCOUNT_LIMIT: "account_limit_fen",
    RECOVERABLE: "recoverable_fen",
}
"""Registers that a decision tells, each with its name in the program."""

_NAMES: Final[Mapping[int, str]] = {**RESULTS, COUNTED: "counted_fen", RUNNING_U: "running_u"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What cells of one program have in common.

    ``ops`` are (formula, reads, accounts, constants, write) with ``None`` for the constants that
    a cell brings; ``pers`` are the periods of the accumulators.
    """

    ops: tuple[tuple[Any, ...], ...]
    pers: tuple[str, ...]
    adds: tuple[tuple[int, int], ...]
    registers: int
    flags: int


def shape_of(cell: Cell) -> tuple[Shape, tuple[int, ...]]:
    """Return the shape of a cell that pays, and the numbers it brings to its program, in order.

    0 and 100 % belong to the shape.
    """
    ops, numbers = [], []
    for op in cell.ops:
        fixed: list[int | None] = []
        ratios = _ratios(op.arithmetic, len(op.constants))
        for each, is_ratio in zip(op.constants, ratios, strict=True):
            if each == 0 or (is_ratio and each == _WHOLE_BP):
                fixed.append(each)
            else:
                fixed.append(None)
                numbers.append(each)
        ops.append((op.arithmetic, op.reads, op.accounts, tuple(fixed), op.write))
    pers = tuple(per for _, per in cell.accounts)
    shape = Shape(tuple(ops), pers, cell.adds, cell.registers, len(cell.flags))
    return shape, tuple(numbers)


@cache
def _ratios(formula: Callable[..., int], constants: int) -> tuple[bool, ...]:
    """Tell which of a formula's last parameters are ratios."""
    parameters = expression_of(formula).parameters
    return tuple(name.endswith("_bp") for name in parameters[len(parameters) - constants :])


@cache
def program_of(shape: Shape) -> Program:
    """Return the program of a shape; the cells of all regions have few."""
    builder = Builder()
    registers = [number(0)] * shape.registers
    for slot, name in INPUT_REGISTERS.items():
        registers[slot] = builder.input(name)
    registers[COUNTED] = registers[IN_SCOPE]
    registers[RUNNING_U] = builder.call(units_of, (registers[IN_SCOPE],), "running_u")
    for formula, reads, accounts, constants, write in shape.ops:
        parameters = expression_of(formula).parameters[len(reads) :]
        numbers = zip(constants, parameters[len(accounts) :], strict=True)
        given = (
            *(registers[i] for i in reads),
            *(builder.account(i, name) for i, name in zip(accounts, parameters, strict=False)),
            *(builder.constant(each, name) for each, name in numbers),
        )
        registers[write] = builder.call(formula, given, _NAMES.get(write, formula.__name__))
    results = {
        slot: builder.plain(registers[slot], name)
        for slot, name in RESULTS.items()
        if registers[slot].terms
    }
    added = tuple(
        (account, builder.plain(registers[slot], "added_fen"))
        for account, slot in shape.adds
        if registers[slot].terms
    )
    return builder.finished(results, added)
