"""Small changes to the numbers and conditions of a region's files, one at a time.

A change is told in words that stay true when rows are added elsewhere:
``inpatient.yaml ratio 2020-01-01 category=adult_b, level=tertiary: 40000.00 -0.01``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from clearing.money import format_yuan, parse_yuan
from clearing.strict_yaml import Path

Domains = Callable[[str | None], Mapping[str, Sequence[str]]]
"""The values of every key, by the scheme that a table is narrowed to."""

_INSTEAD = {"yuan": "100.00", "ratio": "50%", "points": "7"}
_NO_KEYS = ("value", "bands", "not_given", "source", "note", "zh", "en")


@dataclass(frozen=True, slots=True)
class Change:
    """One value of one file replaced; ``value`` ``None`` takes the item out."""

    file: str
    path: Path
    said: str
    value: Any

    def __str__(self) -> str:
        return f"{self.file} {self.said}"

    def applied(self, data: Any) -> Any:
        """Return the file's data with the change."""
        changed = copy.deepcopy(data)
        holder = changed
        for part in self.path[:-1]:
            holder = holder[part]
        if self.value is None:
            del holder[self.path[-1]]
        else:
            holder[self.path[-1]] = self.value
        return changed


def changes(file: str, data: Mapping[str, Any], domains: Domains) -> Iterator[Change]:
    """Yield every change of a file of rules; ``domains`` are the values that each key has."""
    for name, table in data.get("tables", {}).items():
        for i, edition in enumerate(table["editions"]):
            path: Path = ("tables", name, "editions", i)
            said = f"{name} {edition['from']}"
            yield from _days(file, (*path, "from"), said, edition["from"])
            yield from _one_key_apart(file, (*path, "rows"), said, table, edition["rows"], domains)
            for j, row in enumerate(edition["rows"]):
                keys = ", ".join(f"{k}={_text(v)}" for k, v in row.items() if k not in _NO_KEYS)
                what = f"{said} {keys}".rstrip()
                yield from _row(file, (*path, "rows", j), what, table["value"], row)
    for name, span in data.get("schemes", {}).items():
        for end in ("from", "until"):
            if end in span:
                yield from _days(file, ("schemes", name, end), f"{name} {end}", span[end])
    for name, group in data.get("groups", {}).items():
        yield from _group(file, ("groups", name, "classes"), name, group["classes"])
    yield from _conditions(file, (), "", data)
    for name, benefit in data.get("benefits", {}).items():
        yield from _conditions(file, ("benefits", name), f"{name} ", benefit)
        for i, step in enumerate(benefit.get("steps", ())):
            yield from _step(file, ("benefits", name, "steps", i), f"{name} step {i + 1}", step)


def _one_key_apart(
    file: str,
    path: Path,
    said: str,
    table: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    domains: Domains,
) -> Iterator[Change]:
    """Give one of the values that a row names together a row of its own, which says another."""
    scheme = table.get("scheme")
    for j, row in enumerate(rows):
        other = _another(table["value"], row)
        for key in table.get("keys", ()):
            values = domains(scheme)[key] if row[key] == "any" else row[key]
            for value in values if not isinstance(values, str) else ():
                rest = [v for v in values if v != value]
                split = [{**row, key: rest}, {**other, key: value}]
                keys = ", ".join(f"{k}={_text(v)}" for k, v in row.items() if k not in _NO_KEYS)
                what = f"{said} {keys}: another for {value}"
                yield Change(file, path, what, [*rows[:j], *split, *rows[j + 1 :]])


def _another(kind: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the row with another value."""
    if "not_given" in row:
        return {**row, "not_given": f"{row['not_given']}_"}
    if kind == "bands":
        return {**row, "bands": [{**row["bands"][0], "ratio": "1%"}, *row["bands"][1:]]}
    value = row["value"]
    if kind == "yuan":
        return {**row, "value": format_yuan(parse_yuan(value) + 100)}
    number = int(value.rstrip("%")) + (1 if value == "0%" or kind == "points" else -1)
    return {**row, "value": f"{number}{'%' if kind == 'ratio' else ''}"}


def _text(values: Any) -> str:
    return values if isinstance(values, str) else "/".join(values)


def _row(file: str, path: Path, said: str, kind: str, row: Mapping[str, Any]) -> Iterator[Change]:
    if "not_given" in row:
        key = "bands" if kind == "bands" else "value"
        given = {k: v for k, v in row.items() if k not in ("not_given", "zh", "en")}
        value = [{"ratio": "50%"}] if kind == "bands" else _INSTEAD[kind]
        yield Change(file, path, f"{said}: given", {**given, key: value})
        code = row["not_given"]
        yield Change(file, (*path, "not_given"), f"{said}: {code} renamed", f"{code}_")
    elif kind == "bands":
        for i, band in enumerate(row["bands"]):
            if "to" in band:
                yield from _value(file, (*path, "bands", i, "to"), said, "yuan", band["to"])
            yield from _value(file, (*path, "bands", i, "ratio"), said, "ratio", band["ratio"])
    else:
        yield from _value(file, (*path, "value"), said, kind, row["value"])


def _value(file: str, path: Path, said: str, kind: str, value: str) -> Iterator[Change]:
    for sign, step in (("+", 1), ("-", -1)):
        if kind == "yuan":
            for cents, by in ((1, "0.01"), (100, "1.00")):
                amount = parse_yuan(value) + step * cents
                if amount >= 0:
                    what = f"{said}: {value} {sign}{by}"
                    yield Change(file, path, what, format_yuan(amount))
        else:
            unit = "%" if kind == "ratio" else ""
            number, dot, rest = value.rstrip("%").partition(".")
            changed = int(number) + step
            # Above 100 % stand only factors (of a raised deductible); they may rise further.
            if changed >= 0 and not (changed == 101 and step == 1):
                what = f"{said}: {value} {sign}1{unit}"
                yield Change(file, path, what, f"{changed}{dot}{rest}{unit}")


def _days(file: str, path: Path, said: str, day: str) -> Iterator[Change]:
    for sign, step in (("+", 1), ("-", -1)):
        moved = date.fromisoformat(day) + timedelta(days=step)
        yield Change(file, path, f"{said}: {sign}1 day", moved.isoformat())


def _group(file: str, path: Path, said: str, classes: Mapping[str, Any]) -> Iterator[Change]:
    """Every value into the next class, and every class in the next one's place."""
    names = list(classes)
    for i, name in enumerate(names):
        other = names[(i + 1) % len(names)]
        if other == name:
            continue
        swapped = {**classes, name: classes[other], other: classes[name]}
        if len(names) > 2 or i == 0:
            yield Change(file, path, f"{said}: {name} and {other} swapped", swapped)
        values = [classes[name]] if isinstance(classes[name], str) else classes[name]
        others = [classes[other]] if isinstance(classes[other], str) else classes[other]
        for value in values if len(values) > 1 else ():
            moved = {
                **classes,
                name: [v for v in values if v != value],
                other: [*others, value],
            }
            yield Change(file, path, f"{said}: {value} moved to {other}", moved)


def _conditions(file: str, path: Path, said: str, data: Mapping[str, Any]) -> Iterator[Change]:
    for section in ("exclusions", "open", "flags"):
        for i, rule in enumerate(data.get(section, ())):
            where, code = (*path, section, i), rule["code"]
            yield Change(file, where, f"{said}{code}: taken out", None)
            yield Change(file, (*where, "code"), f"{said}{code}: renamed", f"{code}_")
            if "total_above" in rule:
                above = rule["total_above"]
                yield from _value(file, (*where, "total_above"), f"{said}{code}", "yuan", above)
            for key, values in rule["when"].items():
                what = f"{said}{code}: {key}"
                yield Change(file, (*where, "when", key), f"{what} taken out", None)
                for j, value in enumerate(values if isinstance(values, list) else ()):
                    yield Change(file, (*where, "when", key, j), f"{what}={value} taken out", None)


def _step(file: str, path: Path, said: str, step: Mapping[str, Any]) -> Iterator[Change]:
    said = f"{said} {step['step']}"
    yield Change(file, path, f"{said}: taken out", None)
    for name in ("adjust", "limits"):
        for i, item in enumerate(step.get(name, ())):
            yield Change(file, (*path, name, i), f"{said}: {item['table']} taken out", None)
    for name in ("cap", "raise_by"):
        if name in step:
            yield Change(file, (*path, name), f"{said}: {step[name]} taken out", None)
