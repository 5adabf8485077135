"""Whether amounts behave: bounded, monotone in the cost, without a cliff.

Every paid cell is looked at wherever its amounts bend, 1 分 before and after, from an empty
account and from accounts used up to where they bend themselves. Between two neighbouring bends
amounts are straight lines but for rounding, so that their ends stand for all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clearing.benefits.check.machine import Amounts, Axis, Batch, bends, run
from clearing.benefits.check.programs import Program, together
from clearing.benefits.combinations import Combination
from clearing.benefits.steps.op import (
    ACCOUNT_LIMIT,
    CAP_INCREASE,
    COMPENSATION,
    DEDUCTIBLE,
    FUND_SLOTS,
    RECOVERABLE,
)
from clearing.money import MAX_AMOUNT_FEN, format_yuan

_AROUND = np.array([-1, 0, 1], dtype=np.int64)
_CLOSELY = np.arange(-1, 24, dtype=np.int64)
"""Where rounding of two funds could add up: some more 分 after each bend."""

_INPUTS = ((COMPENSATION, 100_000), (CAP_INCREASE, 100_000))
"""Other amounts of a claim that steps may read, and what they're tried with besides 0: 分."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a combination; ``message`` has one example.

    ``table`` is the table it comes from, where that is known.
    """

    combination: Combination
    code: str
    message: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Programs of one shape in one batch, with a combination that runs each."""

    batch: Batch
    combinations: tuple[Combination, ...]

    @classmethod
    def of(cls, programs: Mapping[Program, Combination]) -> Rows:
        """Put programs of one shape together."""
        return cls(together(tuple(programs)), tuple(programs.values()))


def amount_problems(rows: Rows) -> Iterator[Problem]:
    """Yield what is wrong, each kind once for a fund."""
    seen: set[tuple[str, str]] = set()
    for number, batch in enumerate(_states(rows)):
        points = bends(batch, len(rows.combinations))
        around = _AROUND if number else _CLOSELY
        cost = (points[:, :, None] + around).reshape(len(points), -1)
        cost = np.sort(np.clip(cost, 0, MAX_AMOUNT_FEN), axis=1)
        for code, subject, wrong, says in _wrong(batch, cost):
            if (code, subject) not in seen and wrong.any():
                seen.add((code, subject))
                row, column = (int(place[0]) for place in np.nonzero(wrong))
                message = says(row, column) + _state_words(batch, row, rows.combinations[row])
                yield Problem(rows.combinations[row], code, message)


def _states(rows: Rows) -> Iterator[Batch]:
    """Yield the batch from empty accounts, then with accounts used to where they bend."""
    empty = rows.batch
    yield empty
    read = {slot for op in empty.ops for slot in op.reads}
    for slot, amount in _INPUTS:
        if slot in read:
            column = np.full((len(rows.combinations), 1), amount, dtype=np.int64)
            yield replace(empty, inputs=((slot, column),))
    own = [_own_bends(rows, account) for account in range(len(empty.used))]
    for account, levels in enumerate(own):
        for level in levels:
            used = [*empty.used]
            used[account] = level
            yield replace(empty, used=tuple(used))
    for number in range(max((len(levels) for levels in own), default=0)):
        together = [
            levels[min(number, len(levels) - 1)] if levels else empty.used[account]
            for account, levels in enumerate(own)
        ]
        yield replace(empty, used=tuple(together))
        yield replace(empty, used=tuple(level // 2 for level in together))


def _own_bends(rows: Rows, account: int) -> list[Amounts]:
    """Return what was used of an account where it bends by itself, one column a bend."""
    points = bends(rows.batch, len(rows.combinations), Axis(account))
    inner = points[:, 1:-1:2]
    return [inner[:, i : i + 1] for i in range(inner.shape[1]) if inner[:, i].any()]


def _wrong(batch: Batch, cost: Amounts) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield (code, subject, where it's wrong, how to say it) for every rule of behaviour."""
    registers = run(batch, cost)
    step = cost[:, 1:] - cost[:, :-1]
    total = np.zeros_like(cost)
    for fund, slot in FUND_SLOTS.items():
        paid = np.broadcast_to(registers[slot], cost.shape)
        if not paid.any():
            continue
        total = total + paid
        rise = paid[:, 1:] - paid[:, :-1]
        yield "fund_negative", fund, paid < 0, _at(cost, paid, f"{fund} pays")
        yield "fund_falls", fund, rise < 0, _from_to(cost, paid, f"{fund} pays")
        yield (
            "cliff",
            fund,
            (step >= 1) & (rise > step + (step > 1)),
            _from_to(cost, paid, f"{fund} pays"),
        )
    yield "fund_above_cost", "", total > cost, _at(cost, total, "the funds pay")
    patient = cost - total
    fall = patient[:, 1:] < patient[:, :-1]
    yield "patient_falls", "", fall, _from_to(cost, patient, "the patient pays")
    yield from _of_parts(registers, cost, total)


def _of_parts(
    registers: Sequence[Any], cost: Amounts, total: Amounts
) -> Iterator[tuple[str, str, Any, Any]]:
    for name, slot, most in (
        ("the deductible", DEDUCTIBLE, cost),
        ("the limit of the personal account", ACCOUNT_LIMIT, cost - total),
        ("what the funds recover", RECOVERABLE, total),
    ):
        amount = np.broadcast_to(registers[slot], cost.shape)
        yield (
            "part_out_of_range",
            name,
            (amount < 0) | (amount > most),
            _at(cost, amount, f"{name} is"),
        )


def _at(cost: Amounts, amount: Amounts, says: str) -> Any:
    return lambda row, column: (
        f"{says} {format_yuan(int(amount[row, column]))} of an in-scope cost of "
        f"{format_yuan(int(cost[row, column]))}"
    )


def _from_to(cost: Amounts, amount: Amounts, says: str) -> Any:
    def worded(row: int, column: int) -> str:
        before, after = (format_yuan(int(amount[row, i])) for i in (column, column + 1))
        low, high = (format_yuan(int(cost[row, i])) for i in (column, column + 1))
        return f"{says} {before} of an in-scope cost of {low}, but {after} of {high}"

    return worded


def _state_words(batch: Batch, row: int, combination: Combination) -> str:
    cell = combination.cell
    assert cell is not None, "only paid cells have amounts"
    used = {
        name: int(amounts[row, 0])
        for (name, _), amounts in zip(cell.accounts, batch.used, strict=True)
    }
    said = [f"{name} at {format_yuan(amount)}" for name, amount in used.items() if amount]
    return f" (with {', '.join(said)})" if said else ""
