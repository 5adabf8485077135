"""What paid cells compute, each computation once: most cells share theirs with others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clearing.benefits.cell import Cell
from clearing.benefits.check.machine import Batch, batched
from clearing.benefits.combinations import Combination
from clearing.benefits.steps.op import Op, Period


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The operations of a cell. Programs of one ``shape`` differ in their constants only."""

    ops: tuple[Op, ...]
    registers: int
    accounts: tuple[tuple[str, Period], ...]
    shape: int


class Programs:
    """Hands out one program for all cells that compute the same."""

    def __init__(self) -> None:
        self._of_cell: dict[int, tuple[Cell, Program]] = {}
        self._programs: dict[Any, Program] = {}
        self._shapes: dict[Any, int] = {}

    def of(self, cell: Cell | None) -> Program | None:
        """Return a paid cell's program, ``None`` where nothing is computed."""
        if cell is None or not cell.ops:
            return None
        known = self._of_cell.get(id(cell))
        if known is None:
            # The cell is kept beside its program, so that its id stays its own.
            known = self._of_cell[id(cell)] = (cell, self._new(cell))
        return known[1]

    def _new(self, cell: Cell) -> Program:
        form = tuple(
            (op.arithmetic, op.reads, op.accounts, len(op.constants), op.write) for op in cell.ops
        )
        shape = self._shapes.setdefault((form, cell.registers, cell.accounts), len(self._shapes))
        constants = tuple(op.constants for op in cell.ops)
        return self._programs.setdefault(
            (shape, constants), Program(cell.ops, cell.registers, cell.accounts, shape)
        )


def together(programs: Sequence[Program]) -> Batch:
    """Put programs of one shape into one batch, a row each, all accounts empty."""
    first = programs[0]
    empty = [0] * len(first.accounts)
    return batched([(program.ops, empty) for program in programs], first.registers)


def by_shape(
    combinations: Iterable[Combination], programs: Programs
) -> list[dict[Program, Combination]]:
    """Return the programs of each shape, every one with a combination that runs it."""
    shapes: dict[int, dict[Program, Combination]] = defaultdict(dict)
    for combination in combinations:
        program = programs.of(combination.cell)
        if program is not None:
            shapes[program.shape].setdefault(program, combination)
    return list(shapes.values())
