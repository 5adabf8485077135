"""The store port over dictionaries, for the simulator: nothing is durable beyond the process.

A ``MemoryDisk`` outlives the stores opened on it, as a database outlives the process that had
it open. It can be told to fail: the next commit then raises, with its effect or without.
Several stores may be open on one disk: who comes second with a change of the same record is
refused, as PostgreSQL does it under REPEATABLE READ.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from adapters.db.shape import TableShape
from clearing.errors import Conflict, Unavailable
from clearing.ports import Key, TableSpec

RecordT = TypeVar("RecordT")

_UNSEEN: Final[Any] = object()


class Failing(Enum):
    """How a commit fails that was told to."""

    BEFORE = "before"  # nothing was written: a full disk, a refused connection
    AFTER = "after"  # everything was written, and nobody learns of it


class _Kept(Generic[RecordT]):
    """What a disk holds of one table: records, keys in order, keys by indexed values."""

    def __init__(self, shape: TableShape) -> None:
        self.shape = shape
        self.records: dict[Key, RecordT] = {}
        self.order: list[Key] = []
        self.found_by: dict[tuple[str, ...], dict[Key, dict[Key, None]]] = {}
        self.written_at: dict[Key, int] = {}
        self.inserted_at: dict[Key, int] = {}

    def write(self, key: Key, record: RecordT | None, version: int) -> None:
        """Put or delete a record in the commit that makes this version."""
        before = self.records.get(key)
        if record is None and before is None:
            return
        self.written_at[key] = version
        if before is None:
            self.inserted_at[key] = version
        for names, keys in self.found_by.items():
            if before is not None:
                keys[_values(before, names)].pop(key, None)
            if record is not None:
                keys.setdefault(_values(record, names), {})[key] = None
        if record is None:
            del self.records[key]
            del self.order[bisect_right(self.order, key) - 1]
            return
        if before is None:
            insort(self.order, key)
        self.records[key] = record

    def put_back(self, records: Mapping[Key, RecordT]) -> None:
        """Hold these records and no others."""
        self.records = dict(records)
        self.order = sorted(self.records)
        for changing in (self.found_by, self.written_at, self.inserted_at):
            changing.clear()

    def keys_with(self, equals: Mapping[str, Any]) -> Iterable[Key]:
        """Return the keys of the records with these values, by an index made when first asked."""
        names = tuple(sorted(equals))
        if names not in self.found_by:
            made: dict[Key, dict[Key, None]] = {}
            for key, record in self.records.items():
                made.setdefault(_values(record, names), {})[key] = None
            self.found_by[names] = made
        return self.found_by[names].get(tuple(equals[name] for name in names), ())


Watcher = Callable[[Any, Any], None]
"""Told of each record that a commit wrote: what was there before and what is now, or ``None``."""


Backup = Mapping[type, Mapping[Key, Any]]
"""All records of a disk by type and key; nobody changes it."""


class MemoryDisk:
    """What stores leave behind.

    ``fail_next`` is how the next commit fails, if it does; a ``full`` disk takes no change, and
    one that refuses ``connections`` begins nothing. ``watcher`` is told of every change.
    """

    def __init__(self, specs: Sequence[TableSpec]) -> None:
        self.tables = {spec.record: _Kept[Any](TableShape(spec)) for spec in specs}
        self.version = 0
        self.fail_next: Failing | None = None
        self.full = False
        self.connections = True
        self.watcher: Watcher | None = None
        self.writing_since = 0
        """The version at which the unit began whose commit the watcher is told of."""

    def backup(self) -> Backup:
        """Return everything as it is now."""
        return {record: dict(kept.records) for record, kept in self.tables.items()}

    def restore(self, backup: Backup) -> None:
        """Go back to a backup; stores that are open must not be used any more."""
        self.version += 1
        for record, kept in self.tables.items():
            kept.put_back(backup[record])


class MemoryStore:
    """The store port over a disk. One unit of work at a time, used from one thread."""

    def __init__(self, disk: MemoryDisk) -> None:
        self._disk = disk
        self._unit: MemoryUnit | None = None
        self._open = True

    def begin(self) -> MemoryUnit:
        """Start a transaction.

        Raises ``RuntimeError`` while another is under way, and ``Unavailable``.
        """
        if not self._open:
            raise RuntimeError("the store is closed")
        if self._unit is not None and self._unit.open:
            raise RuntimeError("the last unit of work has not ended")
        if not self._disk.connections:
            raise _unavailable()
        self._unit = MemoryUnit(self._disk)
        return self._unit

    def close(self) -> None:
        """Roll back what is open. A second call does nothing."""
        self._open = False
        if self._unit is not None:
            self._unit.rollback()


class MemoryUnit:
    """The unit-of-work port over a disk."""

    def __init__(self, disk: MemoryDisk) -> None:
        self._disk = disk
        self._began_at = disk.version
        self._tables: dict[type, MemoryTable[Any]] = {}
        self._attempts = 0
        self._undo_log: list[tuple[MemoryTable[Any], Key, Any]] = []
        self.open = True

    def table(self, record: type[RecordT]) -> MemoryTable[RecordT]:
        """Return the table of a record type. Raises ``KeyError`` for a type not kept here."""
        self.require_open()
        table = self._tables.get(record)
        if table is None:
            table = self._tables[record] = MemoryTable(self._disk.tables[record], self)
        return table

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Scope the changes of one command: an exception leaving it discards just those."""
        self.require_open()
        start = len(self._undo_log)
        self._attempts += 1
        try:
            yield
        except BaseException:
            for table, key, before in reversed(self._undo_log[start:]):
                table.undo(key, before)
            del self._undo_log[start:]
            raise
        finally:
            self._attempts -= 1
            if self._attempts == 0:
                self._undo_log.clear()

    def read_wanted(self) -> None:
        """Do nothing: all of it is at hand."""
        self.require_open()

    def write(self) -> None:
        """Check what ``commit`` would refuse. Raises ``Conflict``."""
        self.require_open()
        if self._attempts:
            raise RuntimeError("an attempt is still under way")
        for table in self._tables.values():
            table.check_unique()

    def commit(self) -> None:
        """Write everything; the unit is then at its end.

        Raises ``Conflict`` (``unique_violated``, ``database_moved_on``) or ``Unavailable``.
        """
        self.require_open()
        if self._attempts:
            raise RuntimeError("an attempt is still under way")
        try:
            changed = any(table.changed for table in self._tables.values())
            self.write()
            if changed:
                self._write_all()
        finally:
            self.open = False

    def _write_all(self) -> None:
        disk = self._disk
        for table in self._tables.values():
            table.check_moved_on(self._began_at)
        failing, disk.fail_next = disk.fail_next, None
        if failing is Failing.BEFORE or disk.full:
            raise _unavailable()
        disk.version += 1
        disk.writing_since = self._began_at
        for table in self._tables.values():
            table.write(disk.watcher, disk.version)
        if failing is Failing.AFTER:
            raise _unavailable()

    def rollback(self) -> None:
        """Forget everything; the unit is then at its end. A second call does nothing."""
        self.open = False

    def note(self, table: MemoryTable[Any], key: Key, before: Any) -> None:
        """Take note of what a change replaces, where an attempt may discard it."""
        self.require_open()
        if self._attempts:
            self._undo_log.append((table, key, before))

    def require_open(self) -> None:
        """Raise ``RuntimeError`` once the unit has ended."""
        if not self.open:
            raise RuntimeError("the unit of work has ended")


class MemoryTable(Generic[RecordT]):
    """The table port inside a unit of work: its changes lie over what the disk holds."""

    def __init__(self, kept: _Kept[RecordT], unit: MemoryUnit) -> None:
        self._kept = kept
        self._shape = kept.shape
        self._unit = unit
        self.changed: dict[Key, RecordT | None] = {}
        self._held: set[Key] = set()

    def get(self, *key: str | int) -> RecordT | None:
        """Return the record with this key, or ``None``."""
        self._unit.require_open()
        record = self.changed.get(self._shape.encode_key(key), _UNSEEN)
        return self._kept.records.get(key) if record is _UNSEEN else record

    def get_many(self, keys: Iterable[Key]) -> Mapping[Key, RecordT]:
        """Return those of the records that exist, in the order asked for."""
        found = ((key, self.get(*key)) for key in dict.fromkeys(keys))
        return {key: record for key, record in found if record is not None}

    def put(self, record: RecordT) -> None:
        """Insert the record, or replace the one with its key.

        Raises ``TypeError`` for a record of another type or a field of another type.
        """
        if type(record) is not self._shape.record:
            raise TypeError(f"{self._shape.name} keeps {self._shape.record}, not {record!r}")
        self._shape.check_types(record)
        self._change(self._shape.key_of(record), record)

    def delete(self, *key: str | int) -> None:
        """Remove the record with this key, if there is one."""
        self._change(self._shape.encode_key(key), None)

    def hold(self, *key: str | int) -> None:
        """See ``Table``."""
        self._unit.require_open()
        self._held.add(self._shape.encode_key(key))

    def _change(self, key: Key, record: RecordT | None) -> None:
        self._unit.note(self, key, self.changed.get(key, _UNSEEN))
        self.changed[key] = record

    def undo(self, key: Key, before: Any) -> None:
        """Put back what a change has replaced; changes are undone last first."""
        if before is _UNSEEN:
            del self.changed[key]
        else:
            self.changed[key] = before

    def select(self, **equals: Any) -> Sequence[RecordT]:
        """Return the records with these column values, sorted by key.

        Raises ``ValueError`` where no index and no key begins with these columns.
        """
        self._unit.require_open()
        self._shape.require_index(frozenset(equals), paged=False)
        return [record for _, record in sorted(self._found(equals), key=_key_of)]

    def want(self, _keys: Iterable[Key]) -> None:
        """Do nothing: all of it is at hand."""

    def want_by(self, name: str, _values: Iterable[Any]) -> None:
        """Do nothing but raise ``ValueError`` as ``select`` does."""
        self._shape.require_index(frozenset((name,)), paged=False)

    def want_page(
        self, after: Key | None = None, limit: int = 1000, *, below: Key | None = None
    ) -> None:
        """Do nothing: all of it is at hand."""

    def scan(
        self,
        after: Key | None = None,
        limit: int = 1000,
        *,
        below: Key | None = None,
        **equals: Any,
    ) -> Sequence[RecordT]:
        """Return up to ``limit`` records in key order, after ``after`` and below ``below``.

        Raises ``ValueError`` where no index and no key begins with the columns of ``equals``.
        """
        self._unit.require_open()
        self._shape.require_index(frozenset(equals), paged=True)
        found = self._found(equals) if equals else self._page(after, limit)
        rows = sorted(
            (
                entry
                for entry in found
                if (after is None or entry[0] > after) and (below is None or entry[0] < below)
            ),
            key=_key_of,
        )
        return [record for _, record in rows[:limit]]

    def _page(self, after: Key | None, limit: int) -> Iterator[tuple[Key, RecordT]]:
        kept = self._kept
        start = 0 if after is None else bisect_right(kept.order, after)
        for key in kept.order[start : start + limit + len(self.changed)]:
            if key not in self.changed:
                yield key, kept.records[key]
        yield from self._changed_where({})

    def _found(self, equals: Mapping[str, Any]) -> Iterator[tuple[Key, RecordT]]:
        for key in self._kept.keys_with(equals):
            if key not in self.changed:
                yield key, self._kept.records[key]
        yield from self._changed_where(equals)

    def _changed_where(self, equals: Mapping[str, Any]) -> Iterator[tuple[Key, RecordT]]:
        for key, record in self.changed.items():
            if record is not None and all(getattr(record, n) == v for n, v in equals.items()):
                yield key, record

    def check_unique(self) -> None:
        """Raise ``Conflict`` (``unique_violated``) where two records would share a value."""
        for names in self._shape.spec.unique:
            changed: set[Key] = set()
            for record in self.changed.values():
                if record is None:
                    continue
                values = _values(record, names)
                equals = dict(zip(names, values, strict=True))
                kept = (key for key in self._kept.keys_with(equals) if key not in self.changed)
                if values in changed or any(True for _ in kept):
                    raise Conflict(
                        "unique_violated",
                        f"A record with these values exists already: {equals}.",
                        f"已存在相同取值的记录：{equals}。",
                    )
                changed.add(values)

    def check_moved_on(self, began_at: int) -> None:
        """Raise ``Conflict`` where another unit has changed a record of this one's meanwhile.

        Its records are those that it has changed and those that it holds.

        To delete what was not there when the unit began does nothing, though it may be now; to
        put what was there and is not any more inserts it, as PostgreSQL does it.
        """
        kept = self._kept
        for key, record in list(self.changed.items()):
            if kept.written_at.get(key, 0) <= began_at:
                continue
            if record is None and kept.inserted_at.get(key, 0) > began_at:
                del self.changed[key]
                continue
            if record is not None and key not in kept.records:
                continue
            raise _moved_on()
        for key in self._held:
            was_there = kept.inserted_at.get(key, 0) <= began_at
            if was_there and kept.written_at.get(key, 0) > began_at:
                raise _moved_on()

    def write(self, watcher: Watcher | None, version: int) -> None:
        """Send all changes to the disk, in the commit that makes this version."""
        for key, record in self.changed.items():
            if watcher is not None:
                watcher(self._kept.records.get(key), record)
            self._kept.write(key, record, version)


def _values(record: Any, names: tuple[str, ...]) -> Key:
    return tuple(getattr(record, name) for name in names)


def _key_of(entry: tuple[Key, Any]) -> Key:
    return entry[0]


def _moved_on() -> Conflict:
    return Conflict(
        "database_moved_on",
        "Another process changed the database meanwhile; start again.",
        "数据库已被其他进程修改，请重新执行。",
    )


def _unavailable() -> Unavailable:
    return Unavailable(
        "database_unavailable", "The database cannot be used right now.", "数据库暂时不可用。"
    )
