"""The result of a backtest as plain data: what ``--json`` prints and the other forms read.

Amounts are yuan as text, exact to the 分. No time and no path is in it: the same claims, rules
and overlay give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearing.benefits.claim import Claim, Decision, Explained, Outcome
from clearing.benefits.policy import Policy
from clearing.money import Fen, divide_half_up, format_yuan
from services.backtest.backtest import Backtest, RegionRules
from services.backtest.effect import Amounts, OutcomeChange
from services.backtest.largest import LargestChange
from services.backtest.members import MemberChange

Data = dict[str, Any]


def report_of(result: Backtest) -> Data:
    """Return the whole result."""
    effect = result.effect
    return {
        "what_if": {"zh": result.what_if.zh, "en": result.what_if.en},
        "illustrative": True,
        "illustrative_rules": result.illustrative,
        "findings": list(result.findings),
        "claims": result.claims,
        "members": result.members,
        "regions": [_region(each) for each in result.regions],
        "total": _amounts(effect.total),
        "by_fund": [
            {"fund": fund.value, **_both(*figures)} for fund, figures in effect.by_fund.items()
        ],
        **{
            f"by_{name}": [{**_who(result, name, each.name), **_amounts(each)} for each in rows]
            for name, rows in effect.groups.items()
        },
        "by_member": {
            name: {"members": group.members, "change": signed(group.change_fen)}
            for name, group in effect.members.items()
        },
        "members_changed_most": {
            name: [_member(each) for each in members]
            for name, members in result.most_changed.items()
        },
        "outcomes_changed": [_outcome(each) for each in effect.outcomes],
        "largest": [_largest(each) for each in result.largest],
    }


def signed(amount_fen: Fen) -> str:
    """Write a difference in yuan, with its sign."""
    return f"+{format_yuan(amount_fen)}" if amount_fen > 0 else format_yuan(amount_fen)


def percent_of(change_fen: Fen, before_fen: Fen) -> str | None:
    """Write a difference as percent of what was, to two decimals; of nothing there is none."""
    if before_fen <= 0:
        return None
    hundredths = divide_half_up(change_fen * 10_000, before_fen)
    return f"{signed(hundredths)}%"


def _who(result: Backtest, by: str, name: str) -> Data:
    """Say which group it is, with what a reader must know of it."""
    if by == "decile":
        least, most = (format_yuan(amount_fen) for amount_fen in result.effect.decile_costs[name])
        return {by: name, "cost_from": least, "cost_to": most}
    if by == "region":
        policy = next(each.before for each in result.regions if each.region == name)
        return {by: name, **_names(policy)}
    return {by: name}


def _names(policy: Policy | None) -> Data:
    if policy is None:
        return {"name_zh": "无政策资料", "name_en": "no rules known"}
    return {"name_zh": policy.name_zh, "name_en": policy.name_en}


def _both(before_fen: Fen, after_fen: Fen) -> Data:
    change_fen = after_fen - before_fen
    return {
        "before": format_yuan(before_fen),
        "after": format_yuan(after_fen),
        "change": signed(change_fen),
        "change_percent": percent_of(change_fen, before_fen),
    }


def _amounts(each: Amounts) -> Data:
    return {
        "claims": each.claims,
        "changed": each.changed,
        "cost": format_yuan(each.cost_fen),
        **_both(each.before_fen, each.after_fen),
    }


def _region(each: RegionRules) -> Data:
    policy = each.before
    return {
        "region": each.region,
        **_names(policy),
        "claims": each.claims,
        "touched": each.touched,
        "illustrative": policy is not None and policy.illustrative,
        "bundle_before": policy.bundle_hash if policy else None,
        "bundle_after": each.after.bundle_hash if each.after else None,
    }


def _member(each: MemberChange) -> Data:
    return {
        "region": each.region,
        "member_id": each.member_id,
        "claims": each.claims,
        **_both(each.before_fen, each.after_fen),
    }


def _outcome(each: OutcomeChange) -> Data:
    return {
        "before": each.before.value,
        "before_code": each.before_code or None,
        "after": each.after.value,
        "after_code": each.after_code or None,
        "claims": each.claims,
        "paid_before": format_yuan(each.before_fen),
        "paid_after": format_yuan(each.after_fen),
    }


def _largest(each: LargestChange) -> Data:
    return {
        "row": each.row,
        "member_id": each.member_id,
        "claim": _claim(each.claim),
        "change": signed(each.change_fen),
        "before": _decision(each.before),
        "after": _decision(each.after),
    }


def _claim(claim: Claim) -> Data:
    return {
        "insured_region": claim.insured_region,
        "scheme": claim.scheme.value,
        "category": claim.category,
        "care_region": claim.care_region,
        "hospital_level": claim.hospital_level.value,
        "care_type": claim.care_type.value,
        "filing": claim.filing.value,
        "admitted_on": claim.admitted_on.isoformat(),
        "discharged_on": claim.discharged_on.isoformat(),
        "total": format_yuan(claim.total_fen),
        "in_scope": format_yuan(claim.in_scope_fen),
    }


def _decision(decision: Decision) -> Data:
    decided = decision.outcome is not Outcome.MANUAL
    return {
        "outcome": decision.outcome.value,
        "code": decision.code,
        "fund": format_yuan(decision.fund_fen) if decided else None,
        "by_fund": {fund.value: format_yuan(a) for fund, a in decision.by_fund.items()},
        "explanation": _explanation(decision.explanation),
    }


def _explanation(steps: Sequence[Explained]) -> list[Data]:
    return [
        {
            "step": step.step,
            "table": step.table,
            "edition": step.edition,
            "source": step.source,
            "rule_zh": step.rule_zh,
            "rule_en": step.rule_en,
            "amount": format_yuan(step.amount_fen),
            "running": format_yuan(step.running_fen),
        }
        for step in steps
    ]
