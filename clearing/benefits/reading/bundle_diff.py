"""How two bundles of a region differ: on their resolved content, inheritance included.

Tables are compared row by row as they would be asked, so that writing the same rows another way
is told apart from another value.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any, Final

from clearing.benefits.policy import Policy
from clearing.benefits.reading.document_diff import Change, Kind, Place, change_at, document_changes
from clearing.benefits.steps.op import Band
from clearing.benefits.steps.words import limit, percent, points
from clearing.benefits.table import Cell, Key, NotGiven, Table
from clearing.money import format_yuan

_NO_CELLS: Final[Mapping[Key, Cell]] = {}


def bundle_changes(old: Policy | None, new: Policy | None) -> tuple[Change, ...]:
    """Return every difference; ``None`` is a region that has no rules on that side.

    Two bundles with different hashes never come back without a change: at the least it's told
    that the same is written another way (part ``notation``).
    """
    if old is None or new is None:
        there = (old is not None, new is not None)
        one = old or new
        name = f"{one.name_zh} {one.name_en}" if one else ""
        sides = (name if old else "", name if new else "")
        return (change_at(("region.yaml",), *sides, there=there),) if one else ()
    changes = [*_stated(old, new), *_table_changes(old, new)]
    if not changes and old.bundle_hash != new.bundle_hash:
        changes.append(Change(Kind.CHANGED, "notation", ("tables",), "", "", ""))
    return tuple(changes)


def _stated(old: Policy, new: Policy) -> Iterator[Change]:
    """Compare everything but the tables that both sides have."""
    before, after = _files(old), _files(new)
    for name in sorted({*before, *after}):
        yield from document_changes(before.get(name), after.get(name), (name,))


def _files(policy: Policy) -> dict[str, Any]:
    files: dict[str, Any] = json.loads(policy.canonical)["files"]
    for name, data in files.items():
        if isinstance(data.get("tables"), dict):
            kept = {t: _without_rows(said) for t, said in data["tables"].items()}
            files[name] = {**data, "tables": kept}
    return files


def _without_rows(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table without its rows and without editions: those are compared as asked."""
    editions = {
        edition["from"]: {k: v for k, v in edition.items() if k in ("source", "readings")}
        for edition in table["editions"]
    }
    return {**table, "editions": editions}


def _table_changes(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = _tables(old), _tables(new)
    for place in sorted({*before, *after}):
        had, has = before.get(place), after.get(place)
        if had is None or has is None or had[0].keys != has[0].keys:
            # Added, removed or asked by other keys: said with the rest; its rows follow.
            yield from _all_rows(had, place, removed=True)
            yield from _all_rows(has, place, removed=False)
        else:
            yield from _edition_changes(had, has, place)


def _tables(policy: Policy) -> dict[Place, tuple[Table, str]]:
    """Return every table by file and name, with the unit of its values."""
    files = json.loads(policy.canonical)["files"]
    by_file = {"policy.yaml": policy.rules.tables}
    by_file |= {f"{care_type}.yaml": care.tables for care_type, care in policy.rules.care.items()}
    return {
        (file, "tables", name): (table, files[file]["tables"][name]["value"])
        for file, tables in by_file.items()
        for name, table in tables.items()
    }


def _all_rows(said: tuple[Table, str] | None, place: Place, *, removed: bool) -> Iterator[Change]:
    if said is None:
        return
    table, unit = said
    for start, cells in zip(table.starts, table.editions, strict=True):
        sides = (cells, _NO_CELLS) if removed else (_NO_CELLS, cells)
        yield from _row_changes(sides, table.keys, unit, (*place, "editions", start.isoformat()))


def _edition_changes(
    old: tuple[Table, str], new: tuple[Table, str], place: Place
) -> Iterator[Change]:
    (had, unit), (has, _) = old, new
    for start in sorted({*had.starts, *has.starts}):
        # An edition that only one side has is held against what the other has that day.
        cells = (_in_force(had, start), _in_force(has, start))
        at = (*place, "editions", start.isoformat())
        yield from _row_changes(cells, has.keys, unit, at)


def _in_force(table: Table, day: date) -> Mapping[Key, Cell]:
    index = bisect_right(table.starts, day)
    return table.editions[index - 1] if index else _NO_CELLS


def _row_changes(
    sides: tuple[Mapping[Key, Cell], Mapping[Key, Cell]],
    keys: tuple[str, ...],
    unit: str,
    place: Place,
) -> Iterator[Change]:
    """Tell each change of a value, and of a source, once for all rows that share it."""
    before, after = sides
    values: dict[tuple[str, str], list[Key]] = {}
    sources: dict[tuple[str, str], list[Key]] = {}
    for key in dict.fromkeys((*before, *after)):
        had, has = before.get(key), after.get(key)
        said = (_written(had, unit), _written(has, unit))
        if said[0] != said[1]:
            values.setdefault(said, []).append(key)
        if had is not None and has is not None and had.source != has.source:
            sources.setdefault((had.source, has.source), []).append(key)
    for (old, new), rows in values.items():
        there = (bool(old), bool(new))
        for row in _named(rows, keys):
            change = change_at(place, old, new, there=there, row=row)
            yield Change(change.kind, "value", place, row, old, new)
    for (old, new), rows in sources.items():
        for row in _named(rows, keys):
            yield Change(Kind.CHANGED, "source", place, row, old, new)


def _named(rows: list[Key], keys: tuple[str, ...]) -> list[str]:
    """Name rows shortly: as one block where they are one, else each by itself."""
    if not keys:
        return [""]
    columns = [list(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
    if set(product(*columns)) == set(rows):
        listed = zip(keys, columns, strict=True)
        return [", ".join(f"{key}={'|'.join(values)}" for key, values in listed)]
    return [", ".join(f"{k}={v}" for k, v in zip(keys, row, strict=True)) for row in rows]


def _written(cell: Cell | None, unit: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, NotGiven):
        return f"not_given: {cell.code} ({cell.zh} / {cell.en})"
    if unit == "bands":
        return "; ".join(map(_band, cell.bands))
    writers = {"yuan": format_yuan, "ratio": percent, "points": points}
    return writers[unit](cell.value)


def _band(band: Band) -> str:
    return f"{limit(band.from_fen)}–{limit(band.to_fen)}: {percent(band.ratio_bp)}"
