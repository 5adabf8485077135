"""Change the editions of one table as an overlay says, row by row and day by day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from clearing.benefits.keys import Keys
from clearing.benefits.overlay.overlay_file import Change, Row
from clearing.benefits.overlay.row_shift import shifted
from clearing.benefits.row_keys import row_values, within_keys, without_keys
from clearing.strict_yaml import Path

Problem = tuple[Path, str]
"""Where in the overlay, and what is wrong there."""

SOURCE: Final = "illustrative"
"""The source of what an overlay says, unless it names another."""


class TableEdit:
    """One table's editions under change; ``origins`` notes by identity what came from where."""

    def __init__(self, table: Mapping[str, Any], keys: Keys, origins: dict[int, Path]) -> None:
        self.editions: list[dict[str, Any]] = list(table["editions"])
        self._kind: str = table["value"]
        self._keys: tuple[str, ...] = tuple(table.get("keys") or ())
        self._domains = keys.for_scheme(table.get("scheme"))
        self._origins = origins

    def apply(self, change: Change, where: Path) -> Iterator[Problem]:
        """Carry out a change of the overlay, and yield why it can't be.

        Rows that can't be read are put into the table as they are: whoever builds it says what
        is wrong with them.
        """
        first = _start(self.editions[0])
        if change.rows is None and change.from_ < first:
            yield where, f"it begins on {first}: write that day or a later one, or give all rows"
            return
        after = change.until + timedelta(days=1) if change.until is not None else None
        if after is not None and after < first:
            yield where, f"it begins on {first}: until is {first - timedelta(days=1)} or later"
            return
        if after is not None:
            self._split_at(after)
        if change.rows is not None:
            self._replace(change, change.rows, where)
            return
        self._split_at(change.from_)
        if change.set is not None:
            self._set(change, change.set, (*where, "set"))
        if change.raise_ is not None:
            yield from self._shift(change, change.raise_, 1, (*where, "raise"))
        if change.lower is not None:
            yield from self._shift(change, change.lower, -1, (*where, "lower"))

    def _replace(self, change: Change, rows: Sequence[Row], where: Path) -> None:
        placed = [self._placed(row, (*where, "rows", i)) for i, row in enumerate(rows)]
        edition = {"from": change.from_.isoformat(), "source": SOURCE, "rows": placed}
        self._origins[id(edition)] = where
        kept = [each for each in self.editions if not change.covers(_start(each))]
        self.editions = sorted([*kept, edition], key=_start)

    def _set(self, change: Change, rows: Sequence[Row], where: Path) -> None:
        placed = [self._placed(row, (*where, i)) for i, row in enumerate(rows)]
        for i in self._covered(change):
            left = self.editions[i]["rows"]
            for cut in placed:
                left = [part for row in left for part in self._without(row, cut)]
            self.editions[i] = {**self.editions[i], "rows": [*left, *placed]}

    def _shift(
        self, change: Change, rows: Sequence[Row], sign: int, where: Path
    ) -> Iterator[Problem]:
        for i, cut in enumerate(rows):
            problem = self._unreadable(cut)
            if problem is not None:
                yield (*where, i), problem
                continue
            moved = 0
            for place in self._covered(change):
                left: list[Row] = []
                for row in self.editions[place]["rows"]:
                    within = within_keys(row, cut, self._keys, self._domains)
                    left.extend(self._without(row, cut))
                    if within is None:
                        continue
                    try:
                        row = shifted(within, self._kind, cut["by"], sign)
                    except ValueError as error:
                        yield (*where, i, "by"), str(error)
                        return
                    if "not_given" not in row:
                        moved += 1
                        row = self._placed({**row, "source": SOURCE}, (*where, i))
                    left.append(row)
                self.editions[place] = {**self.editions[place], "rows": left}
            if not moved:
                yield (*where, i), "no row that it names gives a value on these days"

    def _unreadable(self, cut: Row) -> str | None:
        """Say what is wrong with the keys of a row that only names others."""
        stray = sorted(set(cut) - {*self._keys, "by"})
        if stray:
            return f"{stray[0]} is no key of it; write {', '.join((*self._keys, 'by'))}"
        if "by" not in cut:
            return "say by how much: by"
        for key in self._keys:
            if row_values(cut, key, self._domains) is None:
                return f"{key} is any, or one of {', '.join(self._domains[key])}"
        return None

    def _covered(self, change: Change) -> list[int]:
        starts = [_start(edition) for edition in self.editions]
        return [i for i, start in enumerate(starts) if change.covers(start)]

    def _without(self, row: Row, cut: Row) -> list[Row]:
        return without_keys(row, cut, self._keys, self._domains)

    def _placed(self, row: Row, where: Path) -> Row:
        placed = {"source": SOURCE, **row}
        self._origins[id(placed)] = where
        return placed

    def _split_at(self, day: date) -> None:
        """Let an edition begin on ``day``, saying what the one before it says."""
        index = bisect_right([_start(edition) for edition in self.editions], day)
        if index and _start(self.editions[index - 1]) != day:
            again = {**self.editions[index - 1], "from": day.isoformat()}
            self.editions.insert(index, again)


def _start(edition: Mapping[str, Any]) -> date:
    return date.fromisoformat(edition["from"])
