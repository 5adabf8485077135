"""Straight-line Python for a cell: what a person would write for its one rule.

The source is made of the cell's program. Cells of one shape share one compiled function body;
each cell binds its own numbers to it, which takes a microsecond where compiling takes a
thousand. ``source_of`` prints a cell's function with its numbers written in, for an auditor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from clearing.benefits.cell import Cell
from clearing.benefits.claim import Claim, Decision, Fund, Outcome
from clearing.benefits.ended import ended
from clearing.benefits.evaluators.builder import Assign, Program
from clearing.benefits.evaluators.parts import PATHS
from clearing.benefits.evaluators.polynomial import Polynomial, written
from clearing.benefits.evaluators.program import (
    Shape,
    program_of,
    shape_of,
)
from clearing.benefits.steps.op import ACCOUNT_LIMIT, DEDUCTIBLE, FUND_SLOTS, RECOVERABLE
from clearing.calendar import month_of


class When(NamedTuple):
    """A day, read once: the stretch between editions it lies in, its year, month and itself."""

    period: int
    year: int
    month: str
    day: str


def when_of(day: date, period: int) -> When:
    """Read a day; month and day are written as at the end of an accumulator's name."""
    return When(period, day.year, f"/{month_of(day)}", f"/{day.isoformat()}")


Decider = Callable[[Claim, Mapping[str, int], When], Decision]
"""Decides a claim of one cell, given the accumulators and the day that counts."""

_INDENT: Final = " " * 4
_NUMBERS: Final = {"PAID": Outcome.PAID, "Decision": Decision, **{f.name: f for f in Fund}}


def decider_of(cell: Cell, bundle_hash: str) -> Decider:
    """Return the function that decides the claims of a cell, without explanation."""
    if cell.outcome is not Outcome.PAID:
        return _ending(cell, bundle_hash)
    shape, numbers = shape_of(cell)
    made: Decider = _maker(shape)(
        *numbers,
        *(prefix for prefix, _ in cell.accounts),
        *(part for flag in cell.flags for part in flag),
        bundle_hash,
    )
    return made


def source_of(cell: Cell, bundle_hash: str = "") -> str:
    """Return a paying cell's function as Python, its numbers and names written in."""
    shape, numbers = shape_of(cell)
    program = program_of(shape)
    values = dict(zip(program.constants, numbers, strict=True))
    texts = {f"account_{i}": repr(prefix) for i, (prefix, _) in enumerate(cell.accounts)}
    for i, (code, above) in enumerate(cell.flags):
        texts |= {f"flag_{i}": repr(code), f"above_{i}": f"{above:_}"}
    texts["bundle_hash"] = repr(bundle_hash)
    return "\n".join(_Writer(shape, program, values, texts).function())


def _ending(cell: Cell, bundle_hash: str) -> Decider:
    def decide(claim: Claim, _accumulators: Mapping[str, int], when: When) -> Decision:
        return ended(cell, claim.total_fen, when.year, bundle_hash)

    return decide


@cache
def _maker(shape: Shape) -> Callable[..., Decider]:
    """Return what binds the numbers and names of a cell to the code of its shape."""
    program = program_of(shape)
    writer = _Writer(shape, program, {}, {})
    names = (
        *program.constants,
        *(f"account_{i}" for i in range(len(shape.pers))),
        *(name for i in range(shape.flags) for name in (f"flag_{i}", f"above_{i}")),
        "bundle_hash",
    )
    lines = [
        f"def make({', '.join(names)}):",
        *(f"{_INDENT}{line}" for step in program.derived for line in writer.assigned(step)),
        *(f"{_INDENT}{line}" for line in writer.function()),
        f"{_INDENT}return decide",
    ]
    namespace: dict[str, Any] = dict(_NUMBERS)
    exec(compile("\n".join(lines), "<generated from rule data>", "exec"), namespace)
    made: Callable[..., Decider] = namespace["make"]
    return made


class _Writer:
    """Writes the function of a program; ``values`` and ``texts`` replace names, where given."""

    def __init__(
        self,
        shape: Shape,
        program: Program,
        values: Mapping[str, int],
        texts: Mapping[str, str],
    ) -> None:
        self._shape, self._program = shape, program
        self._values, self._texts = values, texts

    def function(self) -> Iterator[str]:
        """Yield the lines of the function."""
        yield "def decide(claim, accumulators, when):"
        for line in self._body():
            yield f"{_INDENT}{line}"

    def assigned(self, step: Assign) -> Iterator[str]:
        """Yield the line of one assignment."""
        left, right = self._written(step.left), self._written(step.right)
        match step.kind:
            case "sum":
                yield f"{step.name} = {left}"
            case "quotient":
                yield f"{step.name} = ({left}) // {right}"
            case "min":
                yield f"{step.name} = {left} if {left} < {right} else {right}"
            case "max":
                yield f"{step.name} = {left} if {left} > {right} else {right}"

    def _body(self) -> Iterator[str]:
        program = self._program
        flagged = ("total_fen",) if self._shape.flags else ()
        for name in dict.fromkeys((*flagged, *program.inputs)):
            yield f"{name} = claim.{PATHS[name]}"
        for slot in sorted({slot for slot, _ in (*program.used, *program.added)}):
            per = self._shape.pers[slot]
            if per != "year":
                yield f"name_{slot} = {self._text(f'account_{slot}')} + when.{per}"
        for slot, name in program.used:
            yield f"{name} = accumulators.get({self._account(slot)}, 0)"
        if self._values:
            for step in program.derived:
                yield from self.assigned(step)
        for step in program.steps:
            yield from self.assigned(step)
        yield from self._additions()
        yield from self._decision()

    def _additions(self) -> Iterator[str]:
        added = [(self._account(slot), self._written(x)) for slot, x in self._program.added]
        if len({account for account, _ in added}) < len(added):
            yield "additions = {}"
            for account, amount in added:
                yield f"if {amount}:"
                yield f"{_INDENT}additions[{account}] = additions.get({account}, 0) + {amount}"
            return
        if not added:
            yield "additions = {}"
            return
        (account, amount), *others = added
        yield f"additions = {_entry(account, amount)}"
        for account, amount in others:
            always = amount.isdigit()
            if not always:
                yield f"if {amount}:"
            yield f"{'' if always else _INDENT}additions[{account}] = {amount}"

    def _decision(self) -> Iterator[str]:
        results = self._program.results
        paying = [
            (fund.name, self._result(slot)) for fund, slot in FUND_SLOTS.items() if slot in results
        ]
        by_fund = _entry(*paying[0]) if paying else "{}"
        if len(paying) > 1:
            yield f"by_fund = {by_fund}"
            by_fund = "by_fund"
            for fund, amount in paying[1:]:
                yield f"if {amount}:"
                yield f"{_INDENT}by_fund[{fund}] = {amount}"
        told = [
            "PAID",
            "None",
            self._flags(),
            by_fund,
            self._result(DEDUCTIBLE),
            self._result(ACCOUNT_LIMIT),
            "when.year",
            "additions",
            self._text("bundle_hash"),
        ]
        if RECOVERABLE in results:
            told.append(f"recoverable_fen={self._result(RECOVERABLE)}")
        yield f"return Decision({', '.join(told)})"

    def _flags(self) -> str:
        each = [
            f"(({self._text(f'flag_{i}')},) if total_fen > {self._text(f'above_{i}')} else ())"
            for i in range(self._shape.flags)
        ]
        return " + ".join(each) or "()"

    def _result(self, slot: int) -> str:
        return self._written(self._program.results.get(slot, Polynomial(())))

    def _account(self, slot: int) -> str:
        year = self._shape.pers[slot] == "year"
        return self._text(f"account_{slot}") if year else f"name_{slot}"

    def _text(self, name: str) -> str:
        return self._texts.get(name, name)

    def _written(self, amount: Polynomial) -> str:
        return written(amount, self._values)


def _entry(key: str, amount: str) -> str:
    if amount.isdigit():  # a plain count of one
        return f"{{{key}: {amount}}}"
    return f"{{{key}: {amount}}} if {amount} else {{}}"
