"""Stores in memory that note what they are asked, to be asked just that once more.

What a store takes for itself is so told apart from what its user takes, and what turning the
records into rows of a database and back would take is measured on the same records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from adapters.db.memory import MemoryDisk, MemoryStore, MemoryTable, MemoryUnit
from adapters.db.shape import TableShape
from clearing.ports import Key

Asked = tuple[type, str, tuple[Any, ...], dict[str, Any]]
"""A record type, the table's method and what it was given."""

_ENTER, _LEAVE = "enter", "leave"


@dataclass(slots=True)
class AskedUnit:
    """What one transaction asked; ``None`` in the place of a record is an attempt's edge."""

    asked: list[Asked] = field(default_factory=list)
    read: dict[tuple[type, Key], Any] = field(default_factory=dict)
    written: dict[tuple[type, Key], Any] = field(default_factory=dict)


class AskedStore:
    """The store port over a disk; ``units`` is what was asked of it."""

    def __init__(self, disk: MemoryDisk) -> None:
        self._store = MemoryStore(disk)
        self._disk = disk
        self.units: list[AskedUnit] = []

    def begin(self) -> _NotingUnit:
        """Start a transaction."""
        self.units.append(AskedUnit())
        return _NotingUnit(self._store.begin(), self._disk, self.units[-1])

    def close(self) -> None:
        """Roll back what is open."""
        self._store.close()


class _NotingUnit:
    def __init__(self, unit: MemoryUnit, disk: MemoryDisk, asked: AskedUnit) -> None:
        self._unit = unit
        self._disk = disk
        self._asked = asked
        self.read_wanted = unit.read_wanted
        self.write = unit.write
        self.commit = unit.commit
        self.rollback = unit.rollback

    def table(self, record: type) -> _NotingTable:
        return _NotingTable(record, self._unit.table(record), self._disk, self._asked)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        self._asked.asked.append((type(None), _ENTER, (), {}))
        with self._unit.attempt():
            yield
        self._asked.asked.append((type(None), _LEAVE, (), {}))


class _NotingTable:
    def __init__(
        self, record: type, table: MemoryTable[Any], disk: MemoryDisk, unit: AskedUnit
    ) -> None:
        self._record = record
        self._table = table
        self._key_of: Callable[[Any], Key] = disk.tables[record].shape.key_of
        self._unit = unit

    def get(self, *key: str | int) -> Any:
        return self._noted("get", key, {}, lambda found: [found] if found else [])

    def get_many(self, keys: Any) -> Any:
        return self._noted("get_many", (list(keys),), {}, lambda found: found.values())

    def select(self, **equals: Any) -> Any:
        return self._noted("select", (), equals, list)

    def want(self, keys: Any) -> None:
        self._noted("want", (list(keys),), {}, _nothing)

    def want_by(self, name: str, values: Any) -> None:
        self._noted("want_by", (name, list(values)), {}, _nothing)

    def want_page(self, *given: Any, **named: Any) -> None:
        self._noted("want_page", given, named, _nothing)

    def scan(self, *given: Any, **named: Any) -> Any:
        return self._noted("scan", given, named, list)

    def put(self, record: Any) -> None:
        self._noted("put", (record,), {}, lambda _: [])
        self._unit.written[self._record, self._key_of(record)] = record

    def hold(self, *key: str | int) -> None:
        self._noted("hold", key, {}, _nothing)

    def delete(self, *key: str | int) -> None:
        self._noted("delete", key, {}, lambda _: [])

    def _noted(
        self, method: str, given: tuple[Any, ...], named: dict[str, Any], records: Any
    ) -> Any:
        self._unit.asked.append((self._record, method, given, named))
        found = getattr(self._table, method)(*given, **named)
        for record in records(found):
            place = self._record, self._key_of(record)
            if place not in self._unit.written:
                self._unit.read[place] = record
        return found


def _nothing(_found: None) -> list[Any]:
    return []


def ask_again(units: list[AskedUnit], disk: MemoryDisk) -> None:
    """Ask a store what was asked, transaction by transaction."""
    store = MemoryStore(disk)
    for asked in units:
        unit = store.begin()
        attempts = []
        for record, method, given, named in asked.asked:
            if method is _ENTER:
                attempts.append(unit.attempt())
                attempts[-1].__enter__()
            elif method is _LEAVE:
                attempts.pop().__exit__(None, None, None)
            else:
                getattr(unit.table(record), method)(*given, **named)
        unit.write()
        unit.commit()


def rows_of(units: list[AskedUnit], shapes: Mapping[type, TableShape]) -> list[RowWork]:
    """Return what a database's table would turn into rows and back, in each transaction once."""
    return [RowWork(_by_shape(unit.written, shapes), _rows_read(unit, shapes)) for unit in units]


def _by_shape(
    records: Mapping[Any, Any], shapes: Mapping[type, TableShape]
) -> list[tuple[TableShape, list[Any]]]:
    found: dict[type, list[Any]] = {}
    for (record_type, _), record in records.items():
        found.setdefault(record_type, []).append(record)
    return [(shapes[record_type], records) for record_type, records in found.items()]


def _rows_read(unit: AskedUnit, shapes: Mapping[type, TableShape]) -> list[tuple[TableShape, Any]]:
    return [
        (shape, row)
        for shape, records in _by_shape(unit.read, shapes)
        for row in zip(*shape.encode(records), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class RowWork:
    """Records to be written and rows that were read, with the shapes of their tables."""

    written: list[tuple[TableShape, list[Any]]]
    read: list[tuple[TableShape, Any]]

    def do(self) -> None:
        """Turn all of them into the other thing."""
        for shape, records in self.written:
            shape.encode(records)
        for shape, row in self.read:
            shape.decode(row)
