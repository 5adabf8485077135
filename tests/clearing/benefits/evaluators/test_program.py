"""Random cells of all formulas: a program says what its operations say, on every machine."""

from __future__ import annotations

import inspect
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
import pytest

from clearing.benefits.adjudicate import interpret
from clearing.benefits.cell import Cell
from clearing.benefits.claim import Claim, Outcome
from clearing.benefits.evaluators.generated import decider_of, source_of, when_of
from clearing.benefits.evaluators.kernels import kernel_of
from clearing.benefits.evaluators.program import RESULTS, program_of, shape_of
from clearing.benefits.policy import Policy
from clearing.benefits.steps import arithmetic
from clearing.benefits.steps.arithmetic import NO_LIMIT_FEN
from clearing.benefits.steps.op import FIRST_FREE_SLOT, TOTAL, Op
from tests.clearing.benefits.claims import claim, library

FORMULAS = [each for each in vars(arithmetic).values() if inspect.isfunction(each)]
ACCOUNTS = (("fees", "year"), ("payment", "month"), ("payment", "day"))
REGISTERS = FIRST_FREE_SLOT + 4
FITS = 10**14
"""Below it no product that a formula forms on the way (with 20,000 at most) leaves 64 bits."""


@dataclass(frozen=True, slots=True)
class OneCell:
    """A policy of one cell, as far as the interpreter looks."""

    only: Cell
    bundle_hash: str = "hash"

    def cell(self, _claim: Claim, _used: Mapping[str, int]) -> Cell:
        return self.only

    def day_of(self, item: Claim) -> date:
        return item.discharged_on


@pytest.mark.parametrize("seed", range(40))
def test_random_cells_come_out_alike(seed: int) -> None:
    rng = random.Random(seed)
    compared = 0
    for _ in range(12):
        cell = random_cell(rng)
        decide, kernel = decider_of(cell, "hash"), kernel_of(shape_of(cell)[0])
        for _ in range(6):
            yuan = rng.choice((0, 1, 1200, rng.randint(0, 10**6)))
            item = claim("330213", f"{yuan}.{rng.randint(10, 99)}")
            used = {
                name: rng.choice((0, 1, rng.randint(0, 10**8)))
                for name in ("fees", "payment/2020-06", "payment/2020-06-01")
            }
            expected = interpret(cast(Policy, OneCell(cell)), item, used)
            assert decide(item, used, when_of(item.discharged_on, 0)) == expected
            if fits(cell, item, used):
                assert on_arrays(kernel, cell, item, used) == told(cell, item, used)
                compared += 1
    assert compared > 10


def random_cell(rng: random.Random) -> Cell:
    ops = tuple(random_op(rng) for _ in range(rng.randint(1, 10)))
    adds = tuple(
        (rng.randrange(len(ACCOUNTS)), rng.randrange(REGISTERS)) for _ in range(rng.randint(0, 3))
    )
    flags = (("large", 50_000), ("huge", 60_000_000))[: rng.randint(0, 2)]
    return Cell(
        Outcome.PAID, None, None, ops=ops, accounts=cast(Any, ACCOUNTS), adds=adds,
        registers=REGISTERS, flags=flags,
    )  # fmt: skip


def random_op(rng: random.Random) -> Op:
    formula = rng.choice(FORMULAS)
    names = list(inspect.signature(formula).parameters)
    ratios = sum(name.endswith("_bp") for name in names)  # the last ones, never registers
    constants = rng.randint(ratios, len(names))
    accounts = rng.randint(0, min(2, len(names) - constants))
    reads = len(names) - constants - accounts
    return Op(
        formula,
        tuple(rng.randrange(REGISTERS) for _ in range(reads)),
        tuple(rng.randrange(len(ACCOUNTS)) for _ in range(accounts)),
        tuple(random_constant(rng, name) for name in names[len(names) - constants :]),
        rng.randrange(1, REGISTERS),
    )


def random_constant(rng: random.Random, name: str) -> int:
    if name.endswith("_bp"):
        return rng.choice((0, 10_000, rng.randint(1, 9_999)))
    return rng.choice((0, 1, 10_000, rng.randint(0, 10**7), NO_LIMIT_FEN))


def registers_of(cell: Cell, item: Claim, used: Mapping[str, int]) -> tuple[list[int], int]:
    """Run the operations once more; also tell the largest amount met."""
    amounts = [used["fees"], used["payment/2020-06"], used["payment/2020-06-01"]]
    registers = [0] * cell.registers
    registers[TOTAL] = registers[1] = registers[2] = item.total_fen
    registers[3] = item.total_fen * 10_000
    largest = 0
    for op in cell.ops:
        given = [registers[i] for i in op.reads] + [amounts[i] for i in op.accounts]
        registers[op.write] = op.arithmetic(*given, *op.constants)
        largest = max(largest, *map(abs, (*given, *op.constants, registers[op.write], 0)))
    return registers, largest


def fits(cell: Cell, item: Claim, used: Mapping[str, int]) -> bool:
    """Tell whether the formulas' products stay in 64 bits on the way."""
    return registers_of(cell, item, used)[1] < FITS


def told(cell: Cell, item: Claim, used: Mapping[str, int]) -> list[int]:
    registers, _ = registers_of(cell, item, used)
    program = program_of(shape_of(cell)[0])
    assert all(registers[slot] == 0 for slot in RESULTS if slot not in program.results)
    added = [registers[slot] for _, slot in cell.adds]
    return [registers[slot] for slot in program.results] + [each for each in added if each]


def on_arrays(kernel: Any, cell: Cell, item: Claim, used: Mapping[str, int]) -> list[int]:
    shape, numbers = shape_of(cell)
    program = program_of(shape)
    amounts = [used["fees"], used["payment/2020-06"], used["payment/2020-06-01"]]
    given = [getattr(item, name) for name in program.inputs]
    given += [amounts[slot] for slot, _ in program.used]
    out = kernel(*(np.full(3, each, np.int64) for each in (*given, *numbers)))
    whole = [np.broadcast_to(each, 3).tolist() for each in out]
    assert all(len(set(each)) == 1 for each in whole)
    results = [each[0] for each in whole]
    count = len(program.results)
    return results[:count] + [each for each in results[count:] if each]


def test_a_person_can_read_what_is_generated() -> None:
    policy = library().policy("440700")
    assert policy is not None
    item = claim("440700", "100.00", scheme="employee", category="active", level="community",
                 on="2022-09-03")  # fmt: skip
    assert source_of(policy.cell(item, {}), "sha256:1").splitlines() == [
        "def decide(claim, accumulators, when):",
        "    total_fen = claim.total_fen",
        "    own_pay_fen = claim.own_pay_fen",
        "    over_limit_fen = claim.over_limit_fen",
        "    first_pay_fen = claim.first_pay_fen",
        "    name_0 = 'outpatient/level_1' + when.month",
        "    used_fen = accumulators.get(name_0, 0)",
        "    in_scope_fen = total_fen - first_pay_fen - over_limit_fen - own_pay_fen",
        "    pooled_fen = (in_scope_fen * 7_500 + 5_000) // 10_000",
        "    pooled_fen_2 = 8_000 - used_fen",
        "    pooled_fen_3 = pooled_fen if pooled_fen < pooled_fen_2 else pooled_fen_2",
        "    pooled_fen_4 = 0 if 0 > pooled_fen_3 else pooled_fen_3",
        "    additions = {name_0: pooled_fen_4} if pooled_fen_4 else {}",
        "    return Decision(PAID, None, (), {POOLED: pooled_fen_4} if pooled_fen_4 else {}, 0, 0, "
        "when.year, additions, 'sha256:1')",
    ]
