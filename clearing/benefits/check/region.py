"""Check what one region's policy decides: every cell that claims can reach, on every day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from clearing.benefits import schema
from clearing.benefits.check.amounts import Problem, Rows, amount_problems
from clearing.benefits.check.bounds import out_of_bounds
from clearing.benefits.check.order import out_of_order, pairs
from clearing.benefits.check.programs import Programs, by_shape
from clearing.benefits.check.waivers import Waivers
from clearing.benefits.claim import CareType, Outcome
from clearing.benefits.combinations import CellIndex, Combination, indexes
from clearing.benefits.policy import Policy
from clearing.benefits.references import tables_of
from clearing.benefits.vocabulary import DOMAINS
from clearing.strict_yaml import Document, Finding, Path

Documents = Mapping[str, Document]


def policy_findings(
    policy: Policy,
    documents: Documents,
    bounds: tuple[schema.RatioBound, ...],
    waivers: Waivers,
) -> Iterator[Finding]:
    """Yield what is wrong with a policy that loads; ``bounds`` come on top of its own."""
    found = list(indexes(policy))
    programs = Programs()
    where = _Where(policy, documents)
    problems = [
        *_contradictions(found),
        *gaps(found),
        *_empty(found),
        *_amounts(found, programs),
        *(
            problem
            for index in found
            for problem in out_of_bounds(index, (*bounds, *policy.rules.policy.bounds), programs)
        ),
    ]
    yield from where.findings([p for p in problems if not waivers.cover(p.code, p.combination)])
    yield from _orders(found, programs, where, waivers)
    yield from _unread(policy, documents)


def _contradictions(found: Sequence[CellIndex]) -> Iterator[Problem]:
    for combination in (each for index in found for each in index):
        if combination.contradiction is not None:
            error = combination.contradiction
            yield Problem(combination, error.code, error.message_en)


def gaps(found: Sequence[CellIndex]) -> Iterator[Problem]:
    """Yield the days that a scheme treats and a table of it has no edition for."""
    for combination in (each for index in found for each in index):
        cell = combination.cell
        if cell is not None and cell.code == "edition_missing" and cell.deciding is not None:
            days = f"from {combination.from_}"
            days += f" to {combination.until}" if combination.until else " on"
            message = (
                f"table {cell.deciding.table} has no edition for the days {days}, which the scheme "
                "treats; begin an edition there, or not_given: <code> where the source is silent"
            )
            yield Problem(combination, "edition_gap", message, cell.deciding.table)


def _empty(found: Sequence[CellIndex]) -> Iterator[Problem]:
    for combination in (each for index in found for each in index):
        cell = combination.cell
        if cell is not None and cell.outcome is Outcome.PAID and not cell.ops:
            message = (
                "nothing is computed for this, so that nothing is paid; write the steps, an "
                "exclusion with its source, or under open what the source leaves open"
            )
            yield Problem(combination, "no_steps", message)


def _unread(policy: Policy, documents: Documents) -> Iterator[Finding]:
    """Yield tables that no step reads."""
    everywhere: set[str] = set()
    for care_type, care in policy.rules.care.items():
        read = {
            table
            for benefit in care.benefits.values()
            for step in benefit.steps
            for table in tables_of(step)
        }
        read |= {rule.table for benefit in care.benefits.values() for rule in benefit.applications}
        everywhere |= read - care.tables.keys()
        for name in care.tables.keys() - read:
            yield _unread_table(documents[f"{care_type}.yaml"], name)
    for name in policy.rules.tables.keys() - everywhere:
        yield _unread_table(documents["policy.yaml"], name)


def _unread_table(document: Document, name: str) -> Finding:
    message = f"no step reads the table {name}; name it in a step, or take it out"
    return document.finding(("tables", name), message, "unread_table")


def _amounts(found: Sequence[CellIndex], programs: Programs) -> Iterator[Problem]:
    every = (combination for index in found for combination in index)
    for alike in by_shape(every, programs):
        yield from amount_problems(Rows.of(alike))


def _orders(
    found: Sequence[CellIndex], programs: Programs, where: _Where, waivers: Waivers
) -> Iterator[Finding]:
    problems = []
    for index in found:
        for wrong in out_of_order(pairs(index), programs):
            pair = wrong.pair
            if not waivers.cover(pair.code, pair.better, pair.worse):
                message = (
                    f"{wrong.message}; correct the rows, or waive it in policy.yaml under waivers, "
                    "with who, why and source"
                )
                problems.append(Problem(pair.worse, pair.code, message))
    yield from where.findings(problems)


class _Where:
    """Turns problems into findings: one for a kind, at the rules that it comes from."""

    def __init__(self, policy: Policy, documents: Documents) -> None:
        self._policy = policy
        self._documents = documents

    def findings(self, problems: Sequence[Problem]) -> Iterator[Finding]:
        """Yield one finding for all problems of one code, table and benefit."""
        kinds: dict[tuple[str, str, CareType, str], list[Problem]] = defaultdict(list)
        for problem in problems:
            combination = problem.combination
            kind = (problem.code, problem.table, combination.care_type, combination.scheme)
            kinds[kind].append(problem)
        for (code, table, care_type, scheme), alike in kinds.items():
            file, path = self._place(table, care_type, scheme)
            facts = self._facts(alike[0].combination)
            more = f"; {len(alike) - 1} more such cases" if len(alike) > 1 else ""
            message = f"{alike[0].message} [{facts}]{more}"
            yield self._documents[file].finding(path, message, code)

    def _place(self, table: str, care_type: CareType, scheme: str) -> tuple[str, Path]:
        rules, file = self._policy.rules, f"{care_type}.yaml"
        if table in rules.tables:
            return "policy.yaml", ("tables", table)
        if table:
            return file, ("tables", table)
        return (file, ("benefits", scheme)) if file in self._documents else ("policy.yaml", ())

    def _facts(self, combination: Combination) -> str:
        """Name the facts that matter: those of which not every value is in the combination."""
        categories = self._policy.categories(combination.scheme)
        among: Mapping[str, Sequence[str]] = {**DOMAINS, "category": categories}
        said = [combination.scheme, combination.care_type, f"from {combination.from_}"]
        for key, values in combination.values.items():
            if key in ("scheme", "care_type") or key not in among:
                continue
            if len(values) < len(among[key]):
                said.append(f"{key} {'/'.join(map(str, values))}")
        if combination.identities:
            said.append(f"identities {'/'.join(combination.identities)}")
        return ", ".join(said)
