"""Put a case's visits to the rules one after the other and compare what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.claim import Claim, Decision, Fund, Outcome
from clearing.benefits.golden import findings as codes
from clearing.benefits.golden.schema import Case, Expected, Visit
from clearing.benefits.policy import Policy
from clearing.errors import RuleError
from clearing.money import Fen, format_yuan
from clearing.strict_yaml import Finding


def differences(policy: Policy | None, cases: Iterable[Case]) -> Iterator[Finding]:
    """Yield where the rules give something else than a case says.

    Each case starts with nothing used; its visits move the accumulators of their benefit year.
    """
    for case in cases:
        books: dict[int, dict[str, int]] = {}
        for i, visit in enumerate(case.visits):
            try:
                decision = _decide(policy, visit.claim, books)
            except RuleError as error:
                yield _finding(case, i, "source", f"the rules contradict themselves: {error}")
                break
            for field, said, got in _compared(visit, decision):
                yield _finding(case, i, field, f"{field} is {said} here, the rules give {got}")


def _decide(policy: Policy | None, claim: Claim, books: dict[int, dict[str, int]]) -> Decision:
    year = (policy.day_of(claim) if policy else claim.discharged_on).year
    used = books.setdefault(year, {})
    decision = adjudicate(policy, claim, used)
    for name, amount in decision.additions.items():
        used[name] = used.get(name, 0) + amount
    return decision


def _compared(visit: Visit, decision: Decision) -> Iterator[tuple[str, str, str]]:
    """Yield (field, what the case says, what came out) where they differ."""
    said = visit.expected
    if decision.outcome is not said.outcome or decision.code != (said.refused or said.manual):
        yield _outcome_field(said), _said_outcome(said), _got_outcome(decision)
    else:
        pairs: list[tuple[str, Fen, Fen]] = [
            ("fund", said.fund or 0, decision.fund_fen),
            ("deductible", said.deductible, decision.deductible_fen),
            ("account_limit", said.account_limit, decision.account_limit_fen),
            ("recoverable", said.recoverable, decision.recoverable_fen),
            ("quota", said.quota, decision.quota_fen),
        ]
        funds = sorted({*said.paid_by, *decision.by_fund})
        if funds != [Fund.POOLED]:  # alone it is what ``fund`` says
            pairs += [(f, said.paid_by.get(f, 0), decision.by_fund.get(f, 0)) for f in funds]
        for field, stated, given in pairs:
            if stated != given:
                yield field, format_yuan(stated), format_yuan(given)
    if sorted(said.flags) != sorted(decision.flags):
        yield "flags", ", ".join(said.flags) or "none", ", ".join(decision.flags) or "none"


def _outcome_field(said: Expected) -> str:
    return "fund" if said.outcome is Outcome.PAID else said.outcome.value


def _said_outcome(said: Expected) -> str:
    if said.fund is not None:
        return f"paid, {format_yuan(said.fund)}"
    return f"{said.outcome}, {said.refused or said.manual}"


def _got_outcome(decision: Decision) -> str:
    what = decision.code or format_yuan(decision.fund_fen)
    return f"{decision.outcome}, {what}"


def _finding(case: Case, index: int, field: str, message: str) -> Finding:
    visit = case.visits[index]
    which = f", visit {index + 1}" if len(case.visits) > 1 else ""
    title = f"{case.title.zh} ({case.title.en}){which}"
    line = visit.lines.get(field, visit.lines.get("by_fund", visit.line))
    return Finding(case.file, line, f"{title}: {message}", codes.DIFFERS)
