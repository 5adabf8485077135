"""How a policy finds the cell of a claim: generated code that reads only what its rules read.

For each care type it takes the keys that some rule there may look at; the rest of a claim can't
matter. What has many values but few that differ (the care region, the identities) is read
through a memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import partial
from typing import Any, Final

from clearing.benefits.cell import Rules
from clearing.benefits.claim import CareType, Claim, Decision
from clearing.benefits.evaluators.generated import When
from clearing.benefits.facts import FACTS, Fact
from clearing.benefits.keys_read import keys_read
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT, IDENTITY_KEY

MEMORY: Final = 20_000
"""Bound of each memory of a policy: what claims ask for beyond it is worked out anew."""

CellKey = tuple[Any, ...]
"""Everything about a claim that can matter to a policy's rules, amounts apart."""

KeyOf = Callable[[Claim, Mapping[str, int], When], CellKey]
Decide = Callable[[Claim, Mapping[str, int]], Decision]

_INDENT: Final = " " * 4
_DEFAULTS: Final = {each.name: each.default for each in fields(Claim)}


class Memory(dict[Any, Any]):
    """Remembers what ``make`` returns for a key, up to a bound."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> Any:
        made = self._make(key)
        if len(self) < MEMORY:
            self[key] = made
        return made


def key_source(rules: Rules) -> str:
    """Return the function ``key_of`` as Python."""
    lines = [
        "def key_of(claim, accumulators, when):",
        *(f"{_INDENT}{line}" for line in _opening()),
        *(f"{_INDENT}{line}" for line in _key_lines(rules)),
        f"{_INDENT}return key",
    ]
    return "\n".join(lines)


def decide_source(rules: Rules) -> str:
    """Return the function ``decide`` as Python."""
    day = "discharged_on" if rules.policy.basis == "discharge" else "admitted_on"
    lines = [
        "def decide(claim, accumulators):",
        *(f"{_INDENT}{line}" for line in _opening()),
        # A delivery's day is the child's day of birth, as in ``Policy.day_of``.
        f"{_INDENT}day = claim.{day}",
        f"{_INDENT}if not usual_circumstances:",
        f"{_INDENT * 2}day = circumstances.delivered_on or day",
        f"{_INDENT}when = days[day]",
        *(f"{_INDENT}{line}" for line in _key_lines(rules)),
        f"{_INDENT}found = deciders.get(key) or decider(key, claim, accumulators)",
        f"{_INDENT}return found(claim, accumulators, when)",
    ]
    return "\n".join(lines)


def compiled(
    rules: Rules,
    region: str,
    when_of_day: Callable[[date], When],
    deciders: Mapping[CellKey, Any],
    decider: Callable[[CellKey, Claim, Mapping[str, int]], Any],
) -> tuple[KeyOf, Decide, Memory]:
    """Return ``key_of``, ``decide`` and the memory of days of a policy."""
    days = Memory(when_of_day)
    names: dict[str, Any] = {
        "days": days,
        "deciders": deciders,
        "decider": decider,
        "ADMISSIONS": ADMISSIONS_ACCOUNT,
        f"{IDENTITY_KEY}_of": Memory(rules.keys.identity_classes),
        **{f"USUAL_{name}": default for name, default in _DEFAULTS.items()},
        **{care_type.name: care_type for care_type in CareType},
    }
    for fact in FACTS:
        if not fact.one_to_one:
            names[f"{fact.key}_of"] = Memory(partial(_value_of, fact, region))
    source = f"{key_source(rules)}\n\n{decide_source(rules)}"
    exec(compile(source, f"<finds the cells of {region}>", "exec"), names)
    return names["key_of"], names["decide"], days


def _value_of(fact: Fact, region: str, part: Any) -> str:
    return fact.value_of(part, region)


def _key_lines(rules: Rules) -> Iterator[str]:
    """Yield the lines that set ``key``, care type by care type."""
    yield "care_type = claim.care_type"
    kinds: dict[str, list[str]] = {}
    for care_type in CareType:
        lines = "\n".join(_key_of_care_type(rules, care_type))
        kinds.setdefault(lines, []).append(care_type.name)
    # Outpatient care, the first of the care types, is asked for most.
    for number, (lines, care_types) in enumerate(kinds.items()):
        condition = " or ".join(f"care_type is {name}" for name in care_types)
        last = number == len(kinds) - 1
        opening = "if" if number == 0 else "elif"
        if len(kinds) == 1:
            yield from lines.splitlines()
            return
        yield "else:" if last else f"{opening} {condition}:"
        for line in lines.splitlines():
            yield f"{_INDENT}{line}"


def _opening() -> Iterator[str]:
    """Yield the lines that tell whether a claim's nested records are just the usual ones."""
    for head in sorted({fact.path.partition(".")[0] for fact in FACTS if "." in fact.path}):
        yield f"{head} = claim.{head}"
        yield f"usual_{head} = {head} is USUAL_{head}"


def _key_of_care_type(rules: Rules, care_type: CareType) -> Iterator[str]:
    read = keys_read(rules, care_type)
    parts = ["care_type", "when.period"]
    nested: dict[str, list[str]] = {}
    for fact in FACTS:
        if fact.key in read and fact.key != "care_type":
            head, _, rest = fact.path.partition(".")
            if rest:
                nested.setdefault(head, []).append(f"{head}.{rest}")
            else:
                parts.append(_part(fact))
    if IDENTITY_KEY in read:
        parts.append(f"{IDENTITY_KEY}_of[claim.identities]")
    if "stay" in read:
        parts.append("claim.admitted_on.year != claim.discharged_on.year")
    if "admission" in read and care_type is CareType.INPATIENT:
        parts.append("min(accumulators.get(ADMISSIONS, 0), 2)")
    for head, paths in nested.items():
        parts.append(f"None if usual_{head} else ({', '.join(paths)},)")
    yield f"key = ({', '.join(parts)})"


def _part(fact: Fact) -> str:
    return f"claim.{fact.path}" if fact.one_to_one else f"{fact.key}_of[claim.{fact.path}]"
