"""The records of one type inside a unit of work: what was read, what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from heapq import merge
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from adapters.db.database import Statement
from adapters.db.shape import Row
from adapters.db.statements import TableStatements
from clearing.ports import Key

RecordT = TypeVar("RecordT")

_UNSEEN: Final[Any] = object()

_Page = tuple[Key | None, int, Key | None]
"""A page of a table: after which key, how many, below which key."""


class Query(NamedTuple):
    """A statement that reads, and who takes the rows."""

    statement: Statement
    take: Callable[[Sequence[Row]], None]


class Unit(Protocol):
    """What a table asks of its unit of work."""

    def rows(self, statement: Statement) -> Sequence[Row]:
        """Run a reading statement and return its rows."""

    def note(self, table: UnitTable[Any], key: Key, before: Any, was_changed: bool) -> None:
        """Take note of what a change replaces; fails once the unit has ended."""


class UnitTable(Generic[RecordT]):
    """The table port over one database table.

    ``_seen`` holds the records that the unit has read by key or changed, ``None`` for one that
    does not exist; ``_changed`` the keys to be written; ``_found`` the keys of stored records by
    a column and its value, where these were wanted. No key is read twice.
    """

    def __init__(self, statements: TableStatements, unit: Unit) -> None:
        self._statements = statements
        self._shape = statements.shape
        self._unit = unit
        self._seen: dict[Key, RecordT | None] = {}
        self._changed: dict[Key, None] = {}
        self._held: set[Key] = set()
        self._changed_by: dict[tuple[str, ...], _ChangedIndex[RecordT]] = {}
        self._found: dict[tuple[str, Any], list[Key]] = {}
        self._pages: dict[_Page, Sequence[Row]] = {}
        self._wanted: dict[Key, None] = {}
        self._wanted_by: dict[str, dict[Any, None]] = {}
        self._wanted_pages: dict[_Page, None] = {}

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self._shape.name

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._changed)

    @property
    def is_held(self) -> bool:
        """Whether there is anything that must not change."""
        return bool(self._held)

    def get(self, *key: str | int) -> RecordT | None:
        """Return the record with this key, or ``None``."""
        record: RecordT | None = self._seen.get(key, _UNSEEN)
        if record is not _UNSEEN:
            return record
        rows = self._unit.rows(self._statements.get(self._shape.encode_key(key)))
        record = self._shape.decode(rows[0]) if rows else None
        self._seen[key] = record
        return record

    def get_many(self, keys: Iterable[Key]) -> Mapping[Key, RecordT]:
        """Return those of the records that exist, in the order asked for."""
        wanted = list(dict.fromkeys(keys))
        missing = [key for key in wanted if key not in self._seen]
        at_once = self._statements.keys_at_once
        for start in range(0, len(missing), at_once):
            self._load(missing[start : start + at_once])
        found = ((key, self._seen[key]) for key in wanted)
        return {key: record for key, record in found if record is not None}

    def _load(self, keys: Sequence[Key]) -> None:
        parts = [self._shape.encode_key(key) for key in keys]
        self._keep(keys, self._unit.rows(self._statements.get_many(parts)))

    def _keep(self, keys: Sequence[Key], rows: Iterable[Row]) -> None:
        """Remember what was read of stored records by key."""
        self._seen.update(dict.fromkeys(keys))
        for row in rows:
            self._seen[self._shape.key_of_row(row)] = self._shape.decode(row)

    def want(self, keys: Iterable[Key]) -> None:
        """Have these read with all else that is wanted."""
        self._wanted.update(dict.fromkeys(key for key in keys if key not in self._seen))

    def want_by(self, name: str, values: Iterable[Any]) -> None:
        """Have the records with these values of a column read with all else that is wanted.

        Raises ``ValueError`` as ``select`` does.
        """
        self._shape.require_index(frozenset((name,)), paged=False)
        wanted = (value for value in values if (name, value) not in self._found)
        self._wanted_by.setdefault(name, {}).update(dict.fromkeys(wanted))

    def want_page(
        self, after: Key | None = None, limit: int = 1000, *, below: Key | None = None
    ) -> None:
        """Have a page read with all else that is wanted."""
        if (after, limit, below) not in self._pages:
            self._wanted_pages[after, limit, below] = None

    def queries(self) -> Iterator[Query]:
        """Return what reads all that is wanted, which is wanted no more."""
        at_once = self._statements.keys_at_once
        keys = [key for key in self._wanted if key not in self._seen]
        for start in range(0, len(keys), at_once):
            part = keys[start : start + at_once]
            parts = [self._shape.encode_key(key) for key in part]
            yield Query(self._statements.get_many(parts), partial(self._keep, part))
        for name, wanted in self._wanted_by.items():
            values = list(wanted)
            for start in range(0, len(values), at_once):
                part = values[start : start + at_once]
                encoded = [self._shape.encode_value(name, value) for value in part]
                statement = self._statements.select_many(name, encoded)
                yield Query(statement, partial(self._keep_found, name, part))
        for page in self._wanted_pages:
            yield Query(self._page(*page, {}), partial(self._pages.__setitem__, page))
        self._wanted.clear()
        self._wanted_by.clear()
        self._wanted_pages.clear()

    def put(self, record: RecordT) -> None:
        """Insert the record, or replace the one with its key.

        Raises ``TypeError`` for a record of another type or a field of another type.
        """
        if type(record) is not self._shape.record:
            raise TypeError(f"{self._shape.name} keeps {self._shape.record}, not {record!r}")
        self._shape.check_types(record)
        key = self._shape.key_of(record)
        self._change(key, record)
        for index in self._changed_by.values():
            index.add(key, record)

    def delete(self, *key: str | int) -> None:
        """Remove the record with this key, if there is one."""
        self._change(self._shape.encode_key(key), None)

    def hold(self, *key: str | int) -> None:
        """Let what the unit commits stand on the record as it is."""
        self._held.add(self._shape.encode_key(key))

    def _change(self, key: Key, record: RecordT | None) -> None:
        self._unit.note(self, key, self._seen.get(key, _UNSEEN), key in self._changed)
        self._seen[key] = record
        self._changed[key] = None

    def undo(self, key: Key, before: Any, was_changed: bool) -> None:
        """Put back what a change has replaced; changes are undone last first."""
        if before is _UNSEEN:
            del self._seen[key]
        else:
            self._seen[key] = before
        if not was_changed:
            del self._changed[key]
        elif before is not None:
            # An index made since the change does not know what it is undone to.
            for index in self._changed_by.values():
                index.add(key, before)

    def select(self, **equals: Any) -> Sequence[RecordT]:
        """Return the records with these column values, sorted by key.

        Raises ``ValueError`` where no index and no key begins with these columns.
        """
        known = self._known(equals)
        if known is not None:
            return list(self._merged(known, equals))
        select = self._statements.select(equals, paged=False, after=False)
        rows = self._unit.rows(select.given(self._statements.select_parameters(equals)))
        return list(self._merged(self._unchanged(rows), equals))

    def _keep_found(self, name: str, values: Sequence[Any], rows: Iterable[Row]) -> None:
        """Remember what was read of stored records by a column."""
        for value in values:
            self._found[name, value] = []
        for row in rows:
            key, record = self._shape.key_of_row(row), self._shape.decode(row)
            self._found[name, getattr(record, name)].append(key)
            if self._seen.get(key) is None and key not in self._changed:
                self._seen[key] = record
        for value in values:
            self._found[name, value].sort()

    def _known(self, equals: Mapping[str, Any]) -> Iterable[tuple[Key, RecordT]] | None:
        """Return the stored and unchanged records with these values, where they were read."""
        if len(equals) != 1 or not self._found:
            return None
        ((name, value),) = equals.items()
        keys = self._found.get((name, value))
        if keys is None:
            return None
        found = ((key, self.get(*key)) for key in keys if key not in self._changed)
        return [(key, record) for key, record in found if record is not None]

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
        known = None if equals else self._pages.get((after, limit, below))
        if known is not None and len(known) < limit:  # what changes hide may be beyond a full page
            rows: Iterable[Row] = known
        else:
            # A changed record may hide its row, so that many more may have to be read.
            more = limit + len(self._changed)
            rows = self._unit.rows(self._page(after, more, below, equals))
        stored = list(islice(self._unchanged(rows), limit))
        return list(islice(self._merged(stored, equals, after, below), limit))

    def _page(
        self, after: Key | None, limit: int, below: Key | None, equals: Mapping[str, Any]
    ) -> Statement:
        """Return the statement of a scan."""
        select = self._statements.select(
            equals, paged=True, after=after is not None, below=below is not None
        )
        values = self._statements.select_parameters(equals, limit=limit, after=after, below=below)
        return select.given(values)

    def _unchanged(self, rows: Iterable[Row]) -> Iterator[tuple[Key, RecordT]]:
        """Return the records of rows, but not what the unit has changed since."""
        shape, seen, changed = self._shape, self._seen, self._changed
        for row in rows:
            key = shape.key_of_row(row)
            if key not in changed:
                record = seen.get(key)
                yield key, shape.decode(row) if record is None else record

    def _merged(
        self,
        stored: Iterable[tuple[Key, RecordT]],
        equals: Mapping[str, Any],
        after: Key | None = None,
        below: Key | None = None,
    ) -> Iterator[RecordT]:
        """Return what is stored and what is changed in one order of keys."""
        changed = self._changed_where(equals)
        if after is not None:
            changed = (entry for entry in changed if entry[0] > after)
        if below is not None:
            changed = (entry for entry in changed if entry[0] < below)
        by_key = itemgetter(0)
        ours = sorted(changed, key=by_key)
        if not ours:  # as it mostly is: merging costs more than all the rest
            yield from (record for _, record in stored)
            return
        for _, record in merge(stored, ours, key=by_key):
            yield record

    def _changed_where(self, equals: Mapping[str, Any]) -> Iterable[tuple[Key, RecordT]]:
        """Return the changed records with these column values, in no order."""
        names = tuple(sorted(equals))
        index = self._changed_by.get(names)
        if index is None:
            index = self._changed_by[names] = _ChangedIndex(names)
            for key in self._changed:
                record = self._seen[key]
                if record is not None:
                    index.add(key, record)
        for key in index.candidates(equals):
            record = self._seen.get(key) if key in self._changed else None
            if record is not None and index.matches(record, equals):
                yield key, record

    def forget(self) -> None:
        """Drop every record; the unit of work has ended."""
        self._seen.clear()
        self._changed.clear()
        self._changed_by.clear()
        self._found.clear()
        self._pages.clear()

    def writes(self) -> Iterator[Statement]:
        """Return what writes all changes: what is gone first, each part in key order.

        What is held comes before them, so that the first to be refused is told at once.
        """
        for key in sorted(self._held):
            yield from self._statements.hold(key)
        self._held.clear()
        gone, kept = [], []
        for key in sorted(self._changed):
            record = self._seen[key]
            if record is None:
                gone.append(self._shape.encode_key(key))
            else:
                kept.append(record)
        self._changed.clear()
        self._changed_by.clear()
        self._found.clear()  # what was found before does not know of these
        self._pages.clear()
        if gone:
            yield self._statements.delete(gone)
        if kept:
            yield self._statements.upsert(kept)


class _ChangedIndex(Generic[RecordT]):
    """Finds changed records by some of their columns.

    Keys are only ever added: a change that replaced or undid another leaves its entry, so
    whoever asks looks at the record as it is now.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._values_of = attrgetter(*names) if names else _nothing
        self._keys: dict[Any, dict[Key, None]] = {}

    def add(self, key: Key, record: RecordT) -> None:
        self._keys.setdefault(self._values_of(record), {})[key] = None

    def candidates(self, equals: Mapping[str, Any]) -> Iterable[Key]:
        return self._keys.get(self._wanted(equals), ())

    def matches(self, record: RecordT, equals: Mapping[str, Any]) -> bool:
        return bool(self._values_of(record) == self._wanted(equals))

    def _wanted(self, equals: Mapping[str, Any]) -> Any:
        if len(self._names) == 1:
            return equals[self._names[0]]
        return tuple(equals[name] for name in self._names)


def _nothing(_record: Any) -> tuple[()]:
    return ()
