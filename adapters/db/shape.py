"""The shape of a table: its columns, and how a record becomes a row and a row a record."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, get_type_hints

from adapters.db.json_values import Convert
from adapters.db.values import ColumnValue, Kind, column_value
from clearing.errors import InvariantBroken
from clearing.ports import Key, TableSpec

Row = tuple[Any, ...]


class TableShape:
    """A ``TableSpec`` worked out: one column for each field, in the order of the fields.

    Raises ``TypeError`` where the record cannot be kept as declared, and ``ValueError`` where
    a key or an index names a column that the record lacks.
    """

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        self.name = spec.table
        self.record = spec.record
        self.key = spec.key
        self.columns = _columns(spec)
        self.names = tuple(self.columns)
        self._check_names()
        self.values_of = _tuple_getter(self.names)
        self.key_of: Callable[[Any], Key] = _tuple_getter(self.key)
        self.key_of_row: Callable[[Row], Key] = _tuple_taker(
            [self.names.index(name) for name in self.key]
        )
        self._encoders = _converters(column.encode for column in self.columns.values())
        self._decoders = _converters(column.decode for column in self.columns.values())
        self._known_types: set[tuple[type, ...]] = set()
        self._key_is_plain = all(self.columns[name].encode is None for name in self.key)

    def _check_names(self) -> None:
        for name in self.key:
            column = self.columns.get(name)
            if column is None:
                raise ValueError(f"{self.name}: the key names no field {name!r}")
            if column.nullable or not _may_be_key(column):
                raise TypeError(f"{self.name}.{name}: a key is text or an integer, never None")
        for index in (*self.spec.indexes, *self.spec.unique):
            for name in index:
                if name not in self.columns:
                    raise ValueError(f"{self.name}: an index names no field {name!r}")

    @property
    def fingerprint(self) -> str:
        """Describe the shape; rows written under one description are read under it only."""
        columns = ",".join(f"{name}:{column.shape}" for name, column in self.columns.items())
        spec = self.spec
        return f"{columns} key={spec.key} indexes={spec.indexes} unique={spec.unique}"

    def check_types(self, record: Any) -> None:
        """Raise ``TypeError`` where a field has a value of another type than declared.

        What lies inside a mapping, a tuple or a nested record is checked by ``encode`` only.
        """
        types = tuple(map(type, self.values_of(record)))
        if types in self._known_types:
            return
        for (name, column), given in zip(self.columns.items(), types, strict=True):
            if not column.takes(given):
                raise TypeError(f"{self.name}.{name} is {column.shape}, not {given.__name__}")
        self._known_types.add(types)

    def require_index(self, names: frozenset[str], *, paged: bool) -> None:
        """Raise ``ValueError`` where no index begins with these columns.

        Without one the whole table would be read; whoever wants all of it takes it in pages.
        """
        if not names and paged:
            return
        for index in (self.spec.key, *self.spec.indexes, *self.spec.unique):
            if names and frozenset(index[: len(names)]) == names:
                return
        raise ValueError(f"{self.name} has no index that begins with {sorted(names)}")

    def encode(self, records: Sequence[Any]) -> list[Sequence[Any]]:
        """Return the columns of some records, with a value of each.

        Raises ``TypeError`` for a value of another type than declared.
        """
        columns: list[Sequence[Any]] = list(zip(*map(self.values_of, records), strict=True))
        for at, convert in self._encoders:
            columns[at] = [None if value is None else convert(value) for value in columns[at]]
        return columns

    def decode(self, row: Sequence[Any]) -> Any:
        """Return the record of a row.

        Raises ``InvariantBroken`` (``record_unreadable``) for a row that no record was ever
        written as: somebody else has changed it.
        """
        values = list(row)
        try:
            for at, convert in self._decoders:
                if values[at] is not None:
                    values[at] = convert(values[at])
            return self.record(*values)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            key = "/".join(map(str, self.key_of_row(tuple(row))))
            raise InvariantBroken(
                "record_unreadable",
                f"Row {key} of table {self.name} has been changed from outside: {error!r}.",
                f"数据表 {self.name} 的记录 {key} 被外部改动：{error!r}。",
            ) from error

    def encode_key(self, key: Key) -> Key:
        """Return the key as the database holds it. Raises ``TypeError`` for a part missing."""
        if len(key) != len(self.key):
            raise TypeError(f"{self.name} is keyed by {self.key}, not by {key!r}")
        if self._key_is_plain:
            return key
        return tuple(part if isinstance(part, int) else str.__str__(part) for part in key)

    def encode_value(self, name: str, value: Any) -> Any:
        """Return the value of one column as the database holds it."""
        convert = self.columns[name].encode
        return value if convert is None or value is None else convert(value)


def _columns(spec: TableSpec) -> dict[str, ColumnValue]:
    if not dataclasses.is_dataclass(spec.record):
        raise TypeError(f"{spec.table}: {spec.record} is not a dataclass")
    hints = get_type_hints(spec.record)
    columns = {}
    for field in dataclasses.fields(spec.record):
        if not field.init or field.kw_only:
            raise TypeError(f"{spec.table}.{field.name}: rows are made by position")
        try:
            columns[field.name] = column_value(hints[field.name])
        except TypeError as error:
            raise TypeError(f"{spec.table}.{field.name}: {error}") from error
    return columns


def _may_be_key(column: ColumnValue) -> bool:
    if column.kind is Kind.INTEGER:
        return True
    return column.kind is Kind.TEXT and (column.shape == "str" or column.shape.startswith("enum "))


def _converters(converts: Any) -> list[tuple[int, Convert]]:
    return [(at, convert) for at, convert in enumerate(converts) if convert is not None]


def _tuple_getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda record: (get(record),)


def _tuple_taker(places: list[int]) -> Callable[[Row], tuple[Any, ...]]:
    take = itemgetter(*places)
    return take if len(places) > 1 else lambda row: (take(row),)
