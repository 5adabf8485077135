"""Tables: dated editions with exactly one row for each key, or a list of what is wrong."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, product
from typing import Any

from clearing.benefits import schema
from clearing.benefits.steps.arithmetic import NO_LIMIT_FEN
from clearing.benefits.steps.op import Band, Looked
from clearing.money import parse_yuan
from clearing.strict_yaml import Document, Finding, Path

Key = tuple[str, ...]
_PERCENT = re.compile(r"(0|[1-9][0-9]{0,3})(?:\.([0-9]{1,2}))?%")
_POINTS = re.compile(r"(0|[1-9][0-9]?|100)")
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_SOURCE = re.compile(r"S[0-9]:[1-9][0-9]*(-[1-9][0-9]*)?|illustrative")
_SAYS = ("value", "bands", "not_given")


@dataclass(frozen=True, slots=True)
class NotGiven:
    """A key that the source leaves open; ``zh`` and ``en`` say what isn't stated."""

    code: str
    table: str
    edition: str
    source: str
    zh: str
    en: str


Cell = Looked | NotGiven


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be asked."""

    name: str
    keys: tuple[str, ...]
    starts: tuple[date, ...]
    editions: tuple[Mapping[Key, Cell], ...]
    zh: str
    en: str

    def at(self, key: Key, day: date) -> Cell:
        """Return the row for ``key`` on ``day``; before the first edition nothing is given."""
        index = bisect_right(self.starts, day)
        if index == 0:
            zh, en = _unstated(self.zh, self.en)
            return NotGiven("edition_missing", self.name, "", "", zh, en)
        return self.editions[index - 1][key]


class TableBuilder:
    """Reads one table of a file; what is wrong with it is added to ``findings``."""

    def __init__(
        self,
        document: Document,
        name: str,
        domains: Mapping[str, tuple[str, ...]],
        findings: list[Finding],
    ) -> None:
        self._document = document
        self._name = name
        self._path: Path = ("tables", name)
        self._domains = domains
        self._findings = findings

    def build(self, table: schema.Table) -> Table | None:
        """Return the table, or ``None`` when its keys make no sense."""
        unknown = [key for key in table.keys if key not in self._domains]
        if unknown or len(set(table.keys)) != len(table.keys):
            known = ", ".join(sorted(self._domains))
            wrong = ", ".join(unknown) or "a key named twice"
            self._find(("keys",), f"{wrong}; the keys are {known}", "unknown_key")
            return None
        starts = tuple(edition.from_ for edition in table.editions)
        if any(later <= earlier for earlier, later in pairwise(starts)):
            message = "editions must follow each other by date, each from a later day"
            self._find(("editions",), message, "editions_order")
        editions = tuple(self._edition(table, i) for i in range(len(table.editions)))
        return Table(self._name, table.keys, starts, editions, table.zh, table.en)

    def _edition(self, table: schema.Table, index: int) -> Mapping[Key, Cell]:
        edition = table.editions[index]
        path: Path = ("editions", index)
        cells: dict[Key, Cell] = {}
        for i, row in enumerate(edition.rows):
            where = (*path, "rows", i)
            cell = self._cell(table, edition, row, where)
            for key in self._keys_of(table, row, where):
                if key in cells:
                    self._find(where, f"a second row for {_named(table, key)}", "row_doubled")
                elif cell is not None:
                    cells[key] = cell
                else:
                    cells[key] = NotGiven("row_unreadable", self._name, "", "", "", "")
        missing = [
            _named(table, key)
            for key in product(*(self._domains[name] for name in table.keys))
            if key not in cells
        ]
        if missing:
            message = f"no row for {'; '.join(missing)}"
            silent = "(write not_given: <code> where the source is silent)"
            self._find(path, f"{message} {silent}", "row_missing")
        return cells

    def _keys_of(self, table: schema.Table, row: Mapping[str, Any], where: Path) -> Iterator[Key]:
        known = {*table.keys, *_SAYS, "source", "note"}
        if "not_given" in row:
            known |= {"zh", "en"}
        for stray in sorted(set(row) - known):
            message = f"{stray} is no key of it; its keys are {', '.join(table.keys)}"
            self._find((*where, stray), message, "unknown_key")
        choices = []
        for name in table.keys:
            values = row.get(name)
            if values is None:
                message = (
                    f"the row says nothing about {name}; write {name}: any where it holds for all"
                )
                self._find(where, message, "missing_key")
                return
            listed = [values] if isinstance(values, str) else list(values)
            chosen = self._domains[name] if listed == ["any"] else tuple(map(str, listed))
            wrong = [value for value in chosen if value not in self._domains[name]]
            if wrong:
                known_values = ", ".join(self._domains[name])
                message = f"{name} has no value {', '.join(wrong)}; it's one of {known_values}"
                self._find((*where, name), message, "unknown_value")
                return
            choices.append(chosen)
        yield from product(*choices)

    def _cell(
        self, table: schema.Table, edition: schema.Edition, row: Mapping[str, Any], where: Path
    ) -> Cell | None:
        says = [name for name in _SAYS if name in row]
        expected = "bands" if table.value == "bands" else "value"
        if len(says) != 1 or says[0] not in (expected, "not_given"):
            self._find(where, f"a row has either {expected} or not_given", "bad_row")
            return None
        source = row.get("source", edition.source)
        if not isinstance(source, str) or not _SOURCE.fullmatch(source):
            message = "a source is written as S3:80 or S3:80-82, or illustrative"
            self._find((*where, "source"), message, "bad_value")
            return None
        start = edition.from_.isoformat()
        try:
            if "not_given" in row:
                code = row["not_given"]
                if not isinstance(code, str) or not _CODE.fullmatch(code):
                    raise ValueError("not_given names a code in lower case")
                zh, en = _missing_words(table, row)
                return NotGiven(code, self._name, start, source, zh, en)
            if expected == "bands":
                return Looked(
                    self._name, start, source, table.zh, table.en, 0, _bands(row["bands"])
                )
            value = READERS[table.value](row["value"])
            return Looked(self._name, start, source, table.zh, table.en, value)
        except ValueError as error:
            self._find((*where, says[0]), str(error), "bad_value")
            return None

    def _find(self, path: Path, message: str, code: str) -> None:
        found = self._document.finding((*self._path, *path), f"table {self._name}: {message}", code)
        self._findings.append(found)


def _named(table: schema.Table, key: Key) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(table.keys, key, strict=True)) or "it"


def _missing_words(table: schema.Table, row: Mapping[str, Any]) -> tuple[str, str]:
    """Say what a row leaves open: in its own words, or as the table is called."""
    zh, en = row.get("zh", table.zh), row.get("en", table.en)
    if ("zh" in row) != ("en" in row) or not (isinstance(zh, str) and isinstance(en, str)):
        raise ValueError("not_given is worded in both zh and en, or in neither")
    return _unstated(zh, en)


def _unstated(zh: str, en: str) -> tuple[str, str]:
    return f"资料未载明: {zh}", f"the source doesn't state this: {en}"


def _ratio(value: Any) -> int:
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"write a ratio as 75% or 67.5%, not {value!r}")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _points(value: Any) -> int:
    if not isinstance(value, str) or not _POINTS.fullmatch(value):
        raise ValueError(f"write percentage points as a whole number, not {value!r}")
    return int(value) * 100


def _yuan(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError(f"write an amount in yuan with two decimals, not {value!r}")
    try:
        amount_fen = parse_yuan(value)
    except ValueError as error:
        raise ValueError(
            f"write an amount in yuan with two decimals (1200.00); this is {error}"
        ) from error
    if amount_fen < 0:
        raise ValueError(f"an amount of a table isn't negative; {value!r} is")
    return amount_fen


READERS = {"yuan": _yuan, "ratio": _ratio, "points": _points}
"""What reads a value of each kind of table; each raises ``ValueError``."""


def _bands(value: Any) -> tuple[Band, ...]:
    """Read bands: each ``{to, ratio}``, increasing, the last one open."""
    if not isinstance(value, list) or not value:
        raise ValueError("bands is a list of {to: <yuan>, ratio: <percent>}, the last without to")
    bands: list[Band] = []
    start = 0
    for i, item in enumerate(value):
        last = i == len(value) - 1
        names = {"ratio"} if last else {"to", "ratio"}
        if not isinstance(item, dict) or set(item) != names:
            raise ValueError("every band has to and ratio; only the last one is open and has no to")
        end = NO_LIMIT_FEN if last else _yuan(item["to"])
        ratio_bp = _ratio(item["ratio"])
        if end <= start or ratio_bp > 10_000:
            raise ValueError("bands go upwards and pay at most 100%")
        bands.append(Band(start, end, ratio_bp))
        start = end
    return tuple(bands)
