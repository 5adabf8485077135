"""Decide a claim: a pure function of policy, claim and the member's accumulators.

The way without explanation is the hot one: it runs the code generated for the claim's cell.
Explaining interprets the cell's operations step by step and words each.
"""

from __future__ import annotations

from collections.abc import Mapping

from clearing.benefits.applications import explain_application
from clearing.benefits.claim import Claim, Decision, Explained, Fund, Outcome
from clearing.benefits.ended import ended, flags_of
from clearing.benefits.explain import explain_cell, explain_steps
from clearing.benefits.policy import Policy
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
    Period,
)
from clearing.calendar import month_of
from clearing.money import Fen

_FUNDS = tuple(FUND_SLOTS.items())
_NO_REGION = "region_missing"


def adjudicate(
    policy: Policy | None,
    claim: Claim,
    accumulators: Mapping[str, int],
    *,
    explain: bool = False,
) -> Decision:
    """Return the decision of the insured region on a claim.

    ``policy`` is that of the claim's insured region, ``None`` where no document treats it.
    ``accumulators`` are the member's of the claim's benefit year (``benefit_year``), as they
    stood before. Raises ``RuleError`` only where rule data contradicts itself.
    """
    if policy is None:
        return _without_region(claim, explain)
    if explain:
        return interpret(policy, claim, accumulators, explain=True)
    return policy.decide(claim, accumulators)


def interpret(
    policy: Policy, claim: Claim, accumulators: Mapping[str, int], *, explain: bool = False
) -> Decision:
    """Decide a claim operation by operation: the reference for all other evaluators."""
    cell = policy.cell(claim, accumulators)
    day = policy.day_of(claim)
    if cell.outcome is not Outcome.PAID:
        explanation: tuple[Explained, ...] = ()
        if explain:
            applied = cell.within_months > 0
            explanation = explain_application(cell, claim) if applied else explain_cell(cell)
        return ended(cell, claim.total_fen, day.year, policy.bundle_hash, explanation)
    names = [account_name(prefix, per, claim, policy) for prefix, per in cell.accounts]
    used = [accumulators.get(name, 0) for name in names]
    registers = [0] * cell.registers
    for slot, amount in INPUT_REGISTERS.items():
        registers[slot] = getattr(claim, amount)
    registers[COUNTED] = registers[IN_SCOPE]
    registers[RUNNING_U] = units_of(registers[IN_SCOPE])
    explained: tuple[Explained, ...] = ()
    if explain:
        explained = explain_steps(cell, claim, registers, used)
    else:
        for op in cell.ops:
            registers[op.write] = op.arithmetic(
                *[registers[i] for i in op.reads], *[used[i] for i in op.accounts], *op.constants
            )
    additions: dict[str, int] = {}
    for account, slot in cell.adds:
        if registers[slot]:
            name = names[account]
            additions[name] = additions.get(name, 0) + registers[slot]
    by_fund: dict[Fund, Fen] = {fund: registers[i] for fund, i in _FUNDS if registers[i]}
    return Decision(
        Outcome.PAID,
        None,
        flags_of(cell, claim.total_fen),
        by_fund,
        registers[DEDUCTIBLE],
        registers[ACCOUNT_LIMIT],
        day.year,
        additions,
        policy.bundle_hash,
        explained,
        registers[RECOVERABLE],
    )


def account_name(prefix: str, per: Period, claim: Claim, policy: Policy) -> str:
    """Return the name of an accumulator: a day's or a month's carries it at the end."""
    if per == "year":
        return prefix
    day = policy.day_of(claim)
    return f"{prefix}/{month_of(day) if per == 'month' else day.isoformat()}"


def benefit_year(policy: Policy | None, claim: Claim) -> int:
    """Return the year whose accumulators a claim draws on."""
    return (policy.day_of(claim) if policy else claim.discharged_on).year


def _without_region(claim: Claim, explain: bool) -> Decision:
    file = f"{claim.insured_region}/region.yaml"
    step = Explained(
        step="region",
        table="",
        edition="",
        source="",
        rule_en=f"no rules are known for insured region {claim.insured_region}; they would be in "
        f"{file}; a person decides",
        rule_zh=f"没有参保地 {claim.insured_region} 的政策资料, 应载于 {file}, 转人工处理",
        inputs={"insured_region": claim.insured_region, "file": file},
        amount_fen=0,
        running_fen=0,
    )
    year = benefit_year(None, claim)
    explanation = (step,) if explain else ()
    return Decision(Outcome.MANUAL, _NO_REGION, (), {}, 0, 0, year, {}, "", explanation)
