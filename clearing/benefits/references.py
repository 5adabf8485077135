"""Checks that what one part of the rule data names exists in another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from string import Formatter

from clearing.benefits import schema
from clearing.benefits.keys import Keys
from clearing.benefits.steps import (
    AccountLimit,
    CapFees,
    CapPayment,
    CountAdmission,
    CountFees,
    Deductible,
    FirstPay,
    Pay,
    PayBands,
    Step,
)
from clearing.benefits.steps.adjust import Adjust
from clearing.strict_yaml import Document, Finding, Path

_Reference = tuple[str, str, bool]
"""Table, the type of its values, and whether they may be above 100 %."""


def check_conditions(
    policy: schema.PolicyFile, keys: Keys, document: Document, findings: list[Finding]
) -> None:
    """Report conditions of ``policy.yaml`` that name keys or values which don't exist."""
    sections: dict[str, tuple[schema.Rule | schema.Waiver, ...]] = {
        "exclusions": policy.exclusions,
        "flags": policy.flags,
        "waivers": policy.waivers,
    }
    for section, rules in sections.items():
        for i, rule in enumerate(rules):
            _check_when(rule, keys, document, (section, i), findings)


def check_references(
    file: schema.CareFile,
    tables: Mapping[str, schema.Table],
    policy: schema.PolicyFile,
    keys: Keys,
    document: Document,
    shared: Document,
    findings: list[Finding],
    lost: Collection[str] = (),
) -> None:
    """Report conditions, tables and accumulators of a care file that don't exist.

    ``shared`` is the file of the tables that all care files share; ``lost`` are the names of
    tables that are there but couldn't be read.
    """
    for scheme, benefit in file.benefits.items():
        path: Path = ("benefits", scheme.value)
        if scheme not in policy.schemes:
            message = f"policy.yaml treats no scheme {scheme}; write its days there under schemes"
            findings.append(document.finding(path, message, "unknown_scheme"))
        conditions = (
            ("exclusions", benefit.exclusions),
            ("open", benefit.open),
            ("applications", benefit.applications),
        )
        for section, rules in conditions:
            for i, rule in enumerate(rules):
                _check_when(rule, keys, document, (*path, section, i), findings)
        for i, applied in enumerate(benefit.applications):
            table = tables.get(applied.table)
            if table is None or table.value != "yuan":
                message = f"{applied.code}: there is no table {applied.table} in yuan"
                findings.append(document.finding((*path, "applications", i), message))
        for i, step in enumerate(benefit.steps):
            for code, problem in _problems(step, tables, keys, scheme, lost):
                message = f"{step.step}: {problem}"
                findings.append(document.finding((*path, "steps", i), message, code))
            for name, above in _above_whole(step, tables):
                message = f"{step.step}: table {name} has a ratio above 100%; write 0% to 100%"
                where = document if name in file.tables else shared
                findings.append(where.finding(above, message, "ratio_out_of_range"))


def tables_of(step: Step) -> set[str]:
    """Return the names of the tables that a step reads."""
    return {name for name, _, _ in _references(step)}


def _check_when(
    rule: schema.Rule | schema.Waiver,
    keys: Keys,
    document: Document,
    path: Path,
    findings: list[Finding],
) -> None:
    for key, values in rule.when.items():
        domain = keys.domains.get(key)
        wrong = values if domain is None else [v for v in values if v not in domain]
        if wrong:
            known = ", ".join(domain or sorted(keys.domains))
            what = f"{key} has no value {', '.join(wrong)}" if domain else f"there is no key {key}"
            message = f"{rule.code}: {what}; it's one of {known}"
            code = "unknown_value" if domain else "unknown_key"
            findings.append(document.finding((*path, "when", key), message, code))


def _problems(
    step: Step,
    tables: Mapping[str, schema.Table],
    keys: Keys,
    scheme: str,
    lost: Collection[str],
) -> Iterator[tuple[str, str]]:
    for name, value, _ in _references(step):
        table = tables.get(name)
        if table is None:
            if name not in lost:
                known = ", ".join(tables) or "none"
                yield "unknown_table", f"there is no table {name}; there are {known}"
        elif table.value != value:
            yield "wrong_table", f"table {name} holds {table.value}, the step needs {value}"
        elif table.scheme not in (None, scheme):
            yield "wrong_table", f"table {name} is of scheme {table.scheme} only"
    for template in _accounts(step):
        for _, key, _, _ in Formatter().parse(template):
            if key is not None and key not in keys.domains:
                known = ", ".join(keys.domains)
                message = f"accumulator {template}: there is no key {key}; the keys are {known}"
                yield "unknown_key", message


def _above_whole(step: Step, tables: Mapping[str, schema.Table]) -> Iterator[tuple[str, Path]]:
    """Yield the tables with a ratio above 100 % where the step has no use for one, and where."""
    for name, value, may in _references(step):
        table = tables.get(name)
        if table is None or value != "ratio" or table.value != "ratio" or may:
            continue
        for i, edition in enumerate(table.editions):
            for j, row in enumerate(edition.rows):
                # Rows that can't be read are reported where the table is built.
                ratio = row.get("value")
                if isinstance(ratio, str) and ratio.endswith("%"):
                    whole, *_ = _split(ratio[:-1])
                    if len(whole) > 3 or int(whole) > 100:
                        yield name, ("tables", name, "editions", i, "rows", j, "value")


def _split(ratio: str) -> tuple[str, str, str]:
    whole, dot, rest = ratio.partition(".")
    return (whole if whole.isdigit() else "0", dot, rest)


def _references(step: Step) -> Iterator[_Reference]:
    match step:
        case CountFees(cap=str(cap)):
            yield cap, "yuan", False
        case Deductible():
            yield step.table, "yuan", False
            if step.raise_by:
                yield step.raise_by, "ratio", True
        case FirstPay():
            yield step.table, "ratio", False
        case Pay():
            yield step.ratio, "ratio", False
            yield from map(_adjustment, step.adjust)
        case PayBands():
            yield step.bands, "bands", False
            yield from map(_adjustment, step.adjust)
        case CapPayment() | CapFees():
            for limit in step.limits:
                yield limit.table, "yuan", False
        case CountFees() | AccountLimit() | CountAdmission():
            pass


def _adjustment(adjust: Adjust) -> _Reference:
    return adjust.table, "points" if adjust.operator.endswith("_points") else "ratio", False


def _accounts(step: Step) -> Iterator[str]:
    match step:
        case CountFees() | PayBands():
            yield step.account
        case Deductible(account=str(account)):
            yield account
        case CapPayment() | CapFees():
            yield from (limit.account for limit in step.limits if limit.account)
        case _:
            pass
