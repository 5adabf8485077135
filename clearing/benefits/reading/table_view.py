"""A table as a person reads it: its editions, rows, sources, and what isn't stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from clearing.benefits import schema
from clearing.benefits.key_words import key_words, value_words
from clearing.wording import Words

_UNITS: Final = {
    "yuan": Words("金额 (元)", "yuan"),
    "ratio": Words("比例", "ratio"),
    "points": Words("百分点", "percentage points"),
    "bands": Words("分段比例", "ratios by band"),
}
_ANY: Final = Words("任何", "any")
_ALWAYS: Final = Words("一律", "always")


@dataclass(frozen=True, slots=True)
class ReadingView:
    """How an ambiguous place of a source is read; written in English in the rule files."""

    chosen: str
    rejected: str
    why: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One row; ``value`` is what isn't stated where ``code`` is not empty."""

    when: Words
    value: Words
    code: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class EditionView:
    """The rows that hold from a day on, until the day before the next edition."""

    from_: str
    next_from: str
    source: str
    rows: tuple[RowView, ...]
    readings: tuple[ReadingView, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table; no editions where none is in force on the day asked about."""

    name: str
    words: Words
    unit: Words
    keys: tuple[Words, ...]
    illustrative: bool
    editions: tuple[EditionView, ...]
    readings: tuple[ReadingView, ...]


def table_view(
    name: str, said: Mapping[str, Any], groups: Mapping[str, schema.Group], on: date | None
) -> TableView:
    """Return a table's editions, or with ``on`` the one in force that day."""
    starts = [edition["from"] for edition in said["editions"]]
    shown = []
    for i, edition in enumerate(said["editions"]):
        next_from = starts[i + 1] if i + 1 < len(starts) else ""
        day = on.isoformat() if on else ""
        if not day or (edition["from"] <= day and (not next_from or day < next_from)):
            shown.append(_edition(edition, next_from, said, groups))
    keys = said.get("keys", ())
    return TableView(
        name=name,
        words=Words(said["zh"], said["en"]),
        unit=_UNITS[said["value"]],
        keys=tuple(Words(*key_words(key, groups)) for key in keys),
        illustrative=said.get("illustrative") == "true",
        editions=tuple(shown),
        readings=readings_of(said),
    )


def readings_of(said: Mapping[str, Any]) -> tuple[ReadingView, ...]:
    """Return the readings beside a rule."""
    return tuple(
        ReadingView(reading["chosen"], reading["rejected"], reading["why"])
        for reading in said.get("readings", ())
    )


def _edition(
    edition: Mapping[str, Any],
    next_from: str,
    table: Mapping[str, Any],
    groups: Mapping[str, schema.Group],
) -> EditionView:
    rows = tuple(_row(row, edition, table, groups) for row in edition["rows"])
    return EditionView(edition["from"], next_from, edition["source"], rows, readings_of(edition))


def _row(
    row: Mapping[str, Any],
    edition: Mapping[str, Any],
    table: Mapping[str, Any],
    groups: Mapping[str, schema.Group],
) -> RowView:
    zh, en = [], []
    for key in table.get("keys", ()):
        values = row[key] if isinstance(row[key], list) else [row[key]]
        said = [_value_words(key, value, groups) for value in values]
        zh.append("、".join(value.zh for value in said))
        en.append(" / ".join(value.en for value in said))
    when = Words(", ".join(zh), "; ".join(en)) if zh else _ALWAYS
    source = row.get("source", edition["source"])
    code = str(row.get("not_given", ""))
    if code:
        words = Words(row.get("zh", table["zh"]), row.get("en", table["en"]))
        value = Words(f"未载明: {words.zh}", f"not stated: {words.en}")
    else:
        value = _bands(row["bands"]) if "bands" in row else _plain(row["value"], table["value"])
    return RowView(when, value, code, source, str(row.get("note", "")))


def _value_words(key: str, value: str, groups: Mapping[str, schema.Group]) -> Words:
    return _ANY if value == "any" else Words(*value_words(key, value, groups))


def _plain(value: str, unit: str) -> Words:
    if unit == "yuan":
        return Words(f"{value} 元", f"{value} yuan")
    if unit == "points":
        return Words(f"{value} 个百分点", f"{value} points")
    return Words(value, value)


def _bands(bands: list[Mapping[str, str]]) -> Words:
    """Word bands: each up to and including its end, the last one open."""
    if len(bands) == 1:
        return Words(bands[0]["ratio"], bands[0]["ratio"])
    zh, en, start = [], [], ""
    for band in bands:
        ratio, end = band["ratio"], band.get("to")
        if end is None:
            zh.append(f"{start} 元以上 {ratio}")
            en.append(f"above {start} {ratio}")
        elif not start:
            zh.append(f"{end} 元及以下 {ratio}")
            en.append(f"up to {end} {ratio}")
        else:
            zh.append(f"{start} 至 {end} 元 {ratio}")
            en.append(f"{start} to {end} {ratio}")
        start = end or ""
    return Words(", ".join(zh), "; ".join(en))
