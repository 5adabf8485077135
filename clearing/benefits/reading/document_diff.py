"""How two rule documents differ, place by place: what was there, and what is there now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

Place = tuple[str, ...]


class Kind(StrEnum):
    """What happened to a place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    ``part`` says what of the rules it is (value, edition, step, condition, span, source, reading,
    words, …), ``place`` where: file, then the keys inside it; ``row`` the keys of a table's row.
    ``old`` and ``new`` are as a person reads them, empty where there is nothing.
    """

    kind: Kind
    part: str
    place: Place
    row: str
    old: str
    new: str


_PARTS: Final[Mapping[str, str]] = {
    "readings": "reading",
    "reading": "reading",
    "source": "source",
    "in_scope": "source",
    "when": "condition",
    "steps": "step",
    "exclusions": "exclusion",
    "open": "open",
    "flags": "flag",
    "bounds": "bound",
    "waivers": "waiver",
    "groups": "group",
    "schemes": "span",
    "keys": "table",
    "editions": "edition",
    "tables": "table",
}
"""From a place's names, the more telling first, to the part of the rules it is."""

_IDENTIFYING: Final = ("code", "kind", "class", "name", "from")


def document_changes(old: Any, new: Any, place: Place) -> Iterator[Change]:
    """Return the differences of two documents; ``None`` is one that isn't there."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from document_changes(old.get(key), new.get(key), (*place, str(key)))
        if list(old) != list(new) and set(old) == set(new) and place[-1:] == ("classes",):
            # Resolved content has one order but where the order says which class counts.
            yield change_at((*place, "order"), shown(list(old)), shown(list(new)))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_changes(old, new, place)
    elif old != new:
        yield change_at(place, shown(old), shown(new), there=(old is not None, new is not None))


def change_at(
    place: Place, old: str, new: str, *, there: tuple[bool, bool] = (True, True), row: str = ""
) -> Change:
    """Return the change at a place; ``there`` says on which of the two sides it exists."""
    kinds = {(False, True): Kind.ADDED, (True, False): Kind.REMOVED}
    return Change(kinds.get(there, Kind.CHANGED), part_of(place), place, row, old, new)


def part_of(place: Place) -> str:
    """Return what of the rules a place is."""
    if place[-1] in ("zh", "en", "rule_zh", "rule_en", "name_zh", "name_en", "note"):
        return "reading" if "readings" in place else "words"
    for name, part in _PARTS.items():
        if name in place:
            return part
    return place[0].removesuffix(".yaml")


def shown(value: Any) -> str:
    """Write a value of a document on one line."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _list_changes(old: list[Any], new: list[Any], place: Place) -> Iterator[Change]:
    name = _identifier([*old, *new])
    if name is not None and _unique(old, name) and _unique(new, name):
        before, after = {x[name]: x for x in old}, {x[name]: x for x in new}
        for key in [*before, *(key for key in after if key not in before)]:
            at = (*place, f"{name}={key}")
            yield from document_changes(before.get(key), after.get(key), at)
        common = [key for key in before if key in after]
        if common != [key for key in after if key in before]:
            yield change_at((*place, "order"), shown(list(before)), shown(list(after)))
        return
    matcher = SequenceMatcher(a=[shown(x) for x in old], b=[shown(x) for x in new], autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            continue
        pairs = j - i if j - i == m - k else 0
        for step in range(pairs):
            at = (*place, str(k + step + 1))
            yield from document_changes(old[i + step], new[k + step], at)
        for index in range(i + pairs, j):
            at = (*place, str(index + 1))
            yield change_at(at, shown(old[index]), "", there=(True, False))
        for index in range(k + pairs, m):
            at = (*place, str(index + 1))
            yield change_at(at, "", shown(new[index]), there=(False, True))


def _identifier(items: Sequence[Any]) -> str | None:
    """Return the name by which every item of a list can be told from the others."""
    if not items or not all(isinstance(item, Mapping) for item in items):
        return None
    return next((n for n in _IDENTIFYING if all(isinstance(x.get(n), str) for x in items)), None)


def _unique(items: Sequence[Any], name: str) -> bool:
    return len({item[name] for item in items}) == len(items)
