"""What rules ask about a claim while its cell is resolved, in order.

Facts are handed out as text that notes what it's compared with, and tables note that they were
asked, so that claims which the rules answer alike needn't be told apart: a condition asks
whether a key has one value, a table which row holds, an accumulator's name for the value itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from clearing.benefits.cell import CareRules, Rules
from clearing.benefits.table import Cell, Key, Table


class Question(NamedTuple):
    """One thing asked: which row of ``table``, or ``key``: its value, or whether it's ``value``."""

    key: str = ""
    value: str | None = None
    table: WatchedTable | None = None


class Questions:
    """A region's rules, made to note what they ask."""

    def __init__(self, rules: Rules) -> None:
        self._noted: dict[Question, None] = {}
        self.rules = replace(
            rules,
            tables=self._watched(rules.tables),
            care={
                care_type: CareRules(care.benefits, self._watched(care.tables))
                for care_type, care in rules.care.items()
            },
        )

    def _watched(self, tables: Mapping[str, Table]) -> Mapping[str, Table]:
        return {name: WatchedTable.of(table, self._noted) for name, table in tables.items()}

    def about(self, facts: Mapping[str, str]) -> Mapping[str, str]:
        """Return the facts such that what is asked of them is noted from now on."""
        self._noted.clear()
        return _WatchedFacts(facts, self._noted)

    def asked(self) -> tuple[Question, ...]:
        """Return what has been asked, in order, each question once."""
        return tuple(self._noted)


class _RowKey(str):
    """A key of a table: asking for its value is part of asking for a row."""

    __slots__ = ()


class _Fact(str):
    """The value of a key; notes what it's compared with, and that it was written somewhere."""

    __slots__ = ("_key", "_noted")
    _key: str
    _noted: dict[Question, None]

    @classmethod
    def of(cls, key: str, value: str, noted: dict[Question, None]) -> _Fact:
        """Return the value of ``key``."""
        fact = cls(value)
        fact._key, fact._noted = key, noted
        return fact

    def __eq__(self, other: object) -> bool:
        self._noted[Question(self._key, str(other))] = None
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __format__(self, spec: str) -> str:
        self._noted[Question(self._key)] = None
        return str.__format__(self, spec)


class _WatchedFacts(Mapping[str, str]):
    """Facts whose values are noted."""

    def __init__(self, facts: Mapping[str, str], noted: dict[Question, None]) -> None:
        self._facts = facts
        self._noted = noted

    def __getitem__(self, key: str) -> str:
        value = self._facts[key]
        return value if isinstance(key, _RowKey) else _Fact.of(key, value, self._noted)

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)


class WatchedTable(Table):
    """A table that notes that it was asked."""

    __slots__ = ("_noted", "plain")
    _noted: dict[Question, None]
    plain: Table

    @classmethod
    def of(cls, table: Table, noted: dict[Question, None]) -> WatchedTable:
        """Return the table, made to note."""
        keys = tuple(map(_RowKey, table.keys))
        watched = cls(table.name, keys, table.starts, table.editions, table.zh, table.en)
        object.__setattr__(watched, "_noted", noted)
        object.__setattr__(watched, "plain", table)
        return watched

    def at(self, key: Key, day: date) -> Cell:
        """Return the row for ``key`` on ``day``."""
        self._noted[Question(table=self)] = None
        return self.plain.at(key, day)

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__
