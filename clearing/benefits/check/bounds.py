"""Whether ratios away from home stay within what bounds them, on the days that it does.

The ratio that counts is what a fund pays of one more yuan: the table's ratio with every
adjustment, less the personal first-pay share. It's compared with that of the same claim at home.
Deductibles and caps are no ratios and bound by nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from clearing.benefits.check.amounts import Problem
from clearing.benefits.check.programs import Program, Programs
from clearing.benefits.claim import CareType, Filing, Fund, Outcome
from clearing.benefits.combinations import CellIndex, Combination
from clearing.benefits.schema import RatioBound
from clearing.benefits.steps import arithmetic
from clearing.benefits.steps.op import FUND_SLOTS, RUNNING_U, Op
from clearing.benefits.vocabulary import HOME, MAINLAND, PROVINCE

Ratios = tuple[tuple[int, Fraction], ...]
"""Where each stretch of the axis begins, in 分, and the ratio in basis points from there."""

_BASIC: Final = (Fund.POOLED, Fund.BIG_ILLNESS)
"""The funds of which S4:119 says that their ratio is lowered."""


def out_of_bounds(
    index: CellIndex, bounds: tuple[RatioBound, ...], programs: Programs
) -> Iterator[Problem]:
    """Yield the combinations away from home whose ratio breaks a bound of some of their days."""
    known: dict[tuple[Program, Program, int], list[str]] = {}
    for combination in index:
        if combination.facts["place"] not in (PROVINCE, MAINLAND):
            continue
        home = index.find(combination, place=HOME, filing=Filing.LOCAL)
        at_home = programs.of(home.cell) if home is not None else None
        if at_home is None:
            continue
        here = programs.of(combination.cell)
        for number, bound in enumerate(bounds):
            if not _covers(bound, combination):
                continue
            if here is None:
                messages = _refused(bound, combination)
            else:
                if (at_home, here, number) not in known:
                    known[at_home, here, number] = list(_broken(bound, at_home, here))
                messages = known[at_home, here, number]
            for message in messages:
                yield Problem(combination, "bound_broken", f"{message} ({bound.source})")


def _covers(bound: RatioBound, combination: Combination) -> bool:
    begun = combination.until is None or combination.until >= bound.from_
    ended = bound.until is not None and bound.until < combination.from_
    return begun and not ended and bool({*bound.filing} & {*combination.values["filing"]})


def _refused(bound: RatioBound, away: Combination) -> list[str]:
    """Name a stay that isn't paid at all; of outpatient care the bounds leave that to regions."""
    cell = away.cell
    inpatient = away.care_type is CareType.INPATIENT and bound.at_most_points is not None
    if cell is None or cell.outcome is not Outcome.REFUSED or not inpatient:
        return []
    return [f"nothing is paid ({cell.code}); {bound.en}"]


def _broken(bound: RatioBound, home: Program, away: Program) -> Iterator[str]:
    written = {op.write for op in home.ops}
    for fund in (fund for fund, slot in FUND_SLOTS.items() if slot in written):
        for start, less_bp in _lowered(ratios(home, fund), ratios(away, fund)):
            points = _points(less_bp)
            where = f" from {start // 100} yuan on" if start else ""
            if bound.at_most_points is not None and less_bp > 100 * bound.at_most_points:
                yield f"{fund} is lowered by {points} points{where}; {bound.en}"
            least = bound.at_least_points
            if fund in _BASIC and least is not None and less_bp < 100 * least:
                yield f"{fund} is lowered by {points} points only{where}; {bound.en}"


def _lowered(home: Ratios, away: Ratios) -> Iterator[tuple[int, Fraction]]:
    """Yield by how many basis points the ratio is lower, from each start of a stretch on."""
    for start in sorted({start for start, _ in (*home, *away)}):
        before, after = (
            max(((begun, bp) for begun, bp in each if begun <= start), default=(0, Fraction()))[1]
            for each in (home, away)
        )
        if before:  # what pays nothing at home can't be lowered
            yield start, before - after


def ratios(program: Program, fund: Fund) -> Ratios:
    """Return what a fund pays of the cost by stretches of its axis, before any cap."""
    share, starts = Fraction(1), []
    for number, op in enumerate(program.ops):
        constants = op.constants
        if op.arithmetic is arithmetic.after_first_pay:
            share *= 1 - Fraction(constants[0], 10_000)
        elif op.arithmetic is arithmetic.paid_at_ratio and op.write == FUND_SLOTS[fund]:
            whole = share if RUNNING_U in op.reads else Fraction(1)
            starts.append((0, constants[0] * whole))
        elif op.arithmetic is arithmetic.with_band and _pays(program, op, fund):
            whole = share if _on_running(program.ops[:number], op.reads[1]) else Fraction(1)
            starts.append((constants[0], constants[2] * whole))
    return tuple(starts)


def _pays(program: Program, band: Op, fund: Fund) -> bool:
    return any(
        op.arithmetic is arithmetic.rounded_payment
        and op.reads == (band.write,)
        and op.write == FUND_SLOTS[fund]
        for op in program.ops
    )


def _on_running(before: tuple[Op, ...], low: int) -> bool:
    return any(op.write == low and RUNNING_U in op.reads for op in before)


def _points(ratio_bp: Fraction) -> str:
    hundredths = round(ratio_bp)
    whole, rest = divmod(abs(hundredths), 100)
    said = f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{said}" if hundredths < 0 else said
