"""``yidi entitlement FILE|-``: when benefits begin, and why, without any node.

All or nothing: the first malformed case ends the call with exit code 2, its field on stderr and
nothing on stdout. What a document does not decide is an ordinary answer, ``entitled`` null.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.files.rule_books import RuleBooks
from clearing.enrolment import EntitlementFacts, entitlement
from clearing.enrolment.facts_input import read_facts
from clearing.errors import YidiError
from clearing.money import format_yuan
from clearing.reason import Reason
from services.cli import exit_codes, failures
from services.cli.json_document import print_json, read_json


def entitlement_command(path: str, rules: Path | None = None) -> int:
    """Answer one case or an array of cases; print results, return the exit code."""
    try:
        books = RuleBooks(rules)
        data = read_json(path)
        answer: Any
        if isinstance(data, list):
            cases = [read_facts(case, f"[{index}]") for index, case in enumerate(data)]
            answer = [_result(region, facts, books) for region, facts in cases]
        else:
            answer = _result(*read_facts(data), books)
    except YidiError as error:
        return failures.say(error)
    print_json(answer)
    return exit_codes.OK


def _result(region: str, facts: EntitlementFacts, books: RuleBooks) -> dict[str, Any]:
    rules = books.enrolment(region)
    if rules is None:
        return _undecided(region)
    found = entitlement(rules, facts)
    begins = found.benefits_from
    return {
        "entitled": found.entitled,
        "benefits_from": None if begins is None else begins.isoformat(),
        "fixed_months": found.fixed_months,
        "variable_months": found.variable_months,
        "cap_increase": format_yuan(found.cap_increase_fen),
        "code": found.code,
        "explanation": [_step(reason) for reason in found.explanation],
    }


def _undecided(region: str) -> dict[str, Any]:
    """Return the answer for a region whose enrolment no document treats."""
    reason = Reason(
        "region",
        "",
        "",
        f"no enrolment rules are known for {region}; a person decides",
        f"没有 {region} 的参保规则资料, 转人工处理",
        {"region": region},
    )
    return {
        "entitled": None,
        "benefits_from": None,
        "fixed_months": None,
        "variable_months": None,
        "cap_increase": "0.00",
        "code": "region_missing",
        "explanation": [_step(reason)],
    }


def _step(reason: Reason) -> dict[str, Any]:
    return {
        "step": reason.step,
        "edition": reason.edition,
        "source": reason.source,
        "rule": f"{reason.rule_zh} / {reason.rule_en}",
        "inputs": dict(reason.inputs),
    }
