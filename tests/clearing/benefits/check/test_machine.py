"""Where amounts bend: nothing happens between two neighbouring points but straight lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clearing.benefits.check.amounts import Rows, amount_problems
from clearing.benefits.check.machine import Axis, bends, run
from clearing.benefits.check.programs import Program, Programs, by_shape, together
from clearing.benefits.claim import Fund
from clearing.benefits.combinations import Combination, combinations
from clearing.benefits.steps import arithmetic
from clearing.benefits.steps.op import COUNTED, FUND_SLOTS, IN_SCOPE, RUNNING_U, TOTAL, Op
from clearing.money import MAX_AMOUNT_FEN
from tests.clearing.benefits.claims import library
from tests.effort import examples


def _programs() -> list[dict[Program, Combination]]:
    found, programs = [], Programs()
    for region in ("330213", "440700", "980100", "970100"):
        policy = library().policy(region)
        assert policy is not None
        found.extend(by_shape(combinations(policy), programs))
    return found


SHAPES = _programs()


def _interpreted(program: Program, cost: int, used: list[int]) -> list[int]:
    """Run a program as the interpreter does, on plain integers."""
    registers = [0] * program.registers
    registers[TOTAL] = registers[IN_SCOPE] = registers[COUNTED] = cost
    registers[RUNNING_U] = arithmetic.units_of(cost)
    for op in program.ops:
        registers[op.write] = op.arithmetic(
            *[registers[i] for i in op.reads], *[used[i] for i in op.accounts], *op.constants
        )
    return registers


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data())
def test_between_bends_every_fund_is_a_straight_line(data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(SHAPES))
    program = data.draw(st.sampled_from(sorted(shape, key=lambda each: str(each.ops))))
    batch = together([program])
    points = sorted(set(bends(batch, 1)[0].tolist()))
    assert points[0] == 0
    assert points[-1] == MAX_AMOUNT_FEN
    i = data.draw(st.integers(0, len(points) - 2))
    low, high = points[i], points[i + 1]
    cost = data.draw(st.integers(low, high))
    empty = [0] * len(program.accounts)
    at_low, at_cost, at_high = (_interpreted(program, x, empty) for x in (low, cost, high))
    for slot in FUND_SLOTS.values():
        line = at_low[slot] * (high - cost) + at_high[slot] * (cost - low)
        # Every fund is rounded once, and of up to four funds each meets what the others left.
        assert abs(at_cost[slot] * (high - low) - line) <= 4 * (high - low)


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data(), cost=st.integers(0, MAX_AMOUNT_FEN))
def test_arrays_give_what_the_interpreter_gives(data: st.DataObject, cost: int) -> None:
    shape = list(data.draw(st.sampled_from(SHAPES)))
    registers = run(together(shape), np.full((len(shape), 1), cost, dtype=np.int64))
    row = data.draw(st.integers(0, len(shape) - 1))
    plain = _interpreted(shape[row], cost, [0] * len(shape[row].accounts))
    for slot in FUND_SLOTS.values():
        assert np.broadcast_to(registers[slot], (len(shape), 1))[row, 0] == plain[slot]


def test_bends_are_found_to_the_fen() -> None:
    """Fenghua's outpatient cap on fees for adults A, 4,000.00: the example of S3:86."""
    policy = library().policy("330213")
    assert policy is not None
    found = next(
        each
        for each in combinations(policy)
        if each.care_type == "outpatient"
        and "adult_a" in each.values["category"]
        and each.facts["outpatient_level"] == "other"
        and each.cell is not None
        and each.cell.ops
    )
    program = Programs().of(found.cell)
    assert program is not None
    batch = together([program])
    assert bends(batch, 1)[0].tolist() == [0, 400_000, 400_001, MAX_AMOUNT_FEN]
    assert bends(batch, 1, Axis(0))[0].tolist() == [0, 400_000, 400_001, MAX_AMOUNT_FEN]


def _problems_of(*ops: Op) -> set[str]:
    """Return what is found wrong with operations that no rule data can write."""
    some = next(iter(SHAPES[0].values()))
    program = Program(ops, 20, (("fees", "year"),), -1)
    cell = some.cell
    assert cell is not None
    combination = replace(some, cell=replace(cell, accounts=program.accounts))
    return {problem.code for problem in amount_problems(Rows.of({program: combination}))}


POOLED, OTHER = FUND_SLOTS[Fund.POOLED], FUND_SLOTS[Fund.OTHER]


def test_what_is_wrong_is_seen() -> None:
    half = Op(arithmetic.paid_at_ratio, (RUNNING_U,), (), (5_000,), POOLED)
    other_half = Op(arithmetic.paid_at_ratio, (RUNNING_U,), (), (5_000,), OTHER)
    double = Op(arithmetic.paid_at_ratio, (RUNNING_U,), (), (20_000,), POOLED)
    falling = Op(arithmetic.counted_fees, (COUNTED,), (), (0, 500), COUNTED)
    above = Op(arithmetic.less, (IN_SCOPE, COUNTED), (), (), POOLED)
    assert _problems_of(half) == set()
    # 0.01 is rounded up twice; at 200 % every 分 is a cliff.
    assert _problems_of(half, other_half) >= {"fund_above_cost", "patient_falls"}
    assert _problems_of(double) >= {"fund_above_cost", "patient_falls", "cliff"}
    assert _problems_of(falling, above) == set()
    turned = Op(arithmetic.less, (COUNTED, IN_SCOPE), (), (), POOLED)
    assert _problems_of(falling, turned) >= {"fund_falls", "fund_negative"}


def test_packaged_amounts_behave() -> None:
    for shape in SHAPES:
        assert list(amount_problems(Rows.of(shape))) == []
