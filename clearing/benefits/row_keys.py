"""Which keys a row of a table stands for, and what is left of it without some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Domains = Mapping[str, Sequence[str]]


def row_values(row: Row, key: str, domains: Domains) -> tuple[str, ...] | None:
    """Return the values of a key that a row names, ``None`` where that can't be read."""
    said = row.get(key)
    if said is None:
        return None
    listed = (said,) if isinstance(said, str) else tuple(map(str, said))
    values = tuple(domains[key]) if listed == ("any",) else listed
    return values if set(values) <= set(domains[key]) else None


def without_keys(row: Row, cut: Row, keys: Sequence[str], domains: Domains) -> list[dict[str, Any]]:
    """Return the row without the keys that ``cut`` names: as few rows as say the same.

    A row that can't be read cuts nothing: whoever builds the table says what is wrong with it.
    """
    rest: dict[str, tuple[str, ...]] = {}
    taken: dict[str, frozenset[str]] = {}
    for key in keys:
        own, theirs = row_values(row, key, domains), row_values(cut, key, domains)
        if own is None or theirs is None or not set(own) & set(theirs):
            return [dict(row)]
        rest[key], taken[key] = own, frozenset(theirs)
    left = []
    for key in keys:
        outside = tuple(value for value in rest[key] if value not in taken[key])
        if outside:
            left.append({**row, **_written(rest), key: _value(outside)})
        rest[key] = tuple(value for value in rest[key] if value in taken[key])
    return left


def within_keys(row: Row, cut: Row, keys: Sequence[str], domains: Domains) -> dict[str, Any] | None:
    """Return the row for those of its keys only that ``cut`` names, ``None`` where it has none."""
    named: dict[str, tuple[str, ...]] = {}
    for key in keys:
        own, theirs = row_values(row, key, domains), row_values(cut, key, domains)
        both = tuple(value for value in own or () if value in (theirs or ()))
        if not both:
            return None
        named[key] = both
    return {**row, **_written(named)}


def _written(named: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {key: _value(values) for key, values in named.items()}


def _value(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
