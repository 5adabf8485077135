"""Claims and decisions as columns: what the batch kernel reads and writes.

A claim's parts are taken from the ``Claim`` class itself, those of a nested record
(``circumstances``) under their own names, so a new field is a new column without a word here:
amounts become ``int64`` 分, dates ``datetime64[D]`` (``NaT`` where there is none), everything
else a ``Coded`` column of its few distinct values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Self, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.claim import Claim
from clearing.benefits.evaluators.parts import AMOUNTS, CODED, DAYS, DEFAULTS, PATHS, TYPES

__all__ = [
    "AMOUNTS",
    "CODED",
    "DAYS",
    "DEFAULTS",
    "PATHS",
    "Amounts",
    "ClaimColumns",
    "Coded",
    "Codes",
    "Days",
]

Amounts = NDArray[np.int64]
Days = NDArray[np.datetime64]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few distinct values: ``values[codes[i]]`` is the i-th.

    The shape in which Arrow and Parquet keep dictionary-encoded columns. Values may repeat and
    needn't all occur.
    """

    codes: Codes
    values: tuple[Any, ...]

    @classmethod
    def of(cls, items: Sequence[Any]) -> Self:
        """Encode hashable items, one by one: for tests and small sets."""
        places: dict[Any, int] = {}
        codes = [places.setdefault(item, len(places)) for item in items]
        return cls(np.array(codes, np.int32), tuple(places))

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[Any] | slice) -> Coded:
        """Return some rows, by place, mask or slice."""
        return Coded(self.codes[rows], self.values)

    def listed(self) -> list[Any]:
        """Return the values, one for each row."""
        return [self.values[code] for code in self.codes.tolist()]

    def mapped(self, values: Sequence[int]) -> Amounts:
        """Return a column of integers, given one for each of ``values``."""
        table: Amounts = np.array(values, np.int64)
        return table[self.codes]


@dataclass(frozen=True)
class ClaimColumns:
    """Claims as columns, each by the name of a claim's part: ``coded``, ``days``, ``amounts``.

    All columns are equally long, and every part has one. What is in them is trusted as a
    ``Claim`` is: reading and checking input is its reader's work.
    """

    coded: Mapping[str, Coded]
    days: Mapping[str, Days]
    amounts: Mapping[str, Amounts]

    @classmethod
    def from_claims(cls, claims: Sequence[Claim]) -> Self:
        """Turn claims into columns, one by one: for tests and small sets."""
        parts = {name: [attrgetter(path)(each) for each in claims] for name, path in PATHS.items()}
        return cls(
            {name: Coded.of(parts[name]) for name in CODED},
            {name: np.array(parts[name], "datetime64[D]") for name in DAYS},
            {name: np.array(parts[name], np.int64) for name in AMOUNTS},
        )

    @classmethod
    def from_columns(cls, columns: Mapping[str, Coded | NDArray[Any]]) -> Self:
        """Take columns as Arrow and Parquet keep them, each by the name of a claim's part.

        Coded parts come as ``Coded`` with their values as text, as the part's own type, or (for
        a list of texts) as a sequence; amounts as integers, days as anything NumPy reads as
        days. A part that a claim may leave out may be missing here. Raises ``KeyError`` with the
        name of any other part that is missing and ``ValueError`` for a text that is no value of
        its part.
        """
        length = len(columns["total_fen"])
        full = {name: _column(name, columns, length) for name in PATHS}
        return cls(
            {name: each for name, each in full.items() if isinstance(each, Coded)},
            {name: full[name].astype("datetime64[D]") for name in DAYS},
            {name: full[name].astype(np.int64) for name in AMOUNTS},
        )

    def __len__(self) -> int:
        return len(self.amounts["total_fen"])

    @cached_property
    def in_scope_fen(self) -> Amounts:
        """In-scope cost, by the formula of ``Claim.in_scope_fen``."""
        return self.amount("in_scope_fen")

    def amount(self, name: str) -> Amounts:
        """Return a claim's amount by its name there, computed by the claim if it's a property."""
        if name in self.amounts:
            return self.amounts[name]
        said: Any = getattr(Claim, name)
        amount: Amounts = said.fget(_nested(self.amounts))
        return amount

    def take(self, rows: NDArray[Any] | slice) -> ClaimColumns:
        """Return the claims at some rows, by place, mask or slice."""
        return ClaimColumns(
            {name: column.take(rows) for name, column in self.coded.items()},
            {name: column[rows] for name, column in self.days.items()},
            {name: column[rows] for name, column in self.amounts.items()},
        )

    def by_region(self) -> Iterator[tuple[str, NDArray[np.intp]]]:
        """Yield every insured region with the places of its claims, in their order."""
        regions = self.coded["insured_region"]
        distinct = sorted({regions.values[code] for code in np.unique(regions.codes)})
        number = regions.mapped([_place(distinct, value) for value in regions.values])
        for i, region in enumerate(distinct):
            yield region, np.flatnonzero(number == i)

    def claim(self, row: int) -> Claim:
        """Return one claim, for the interpreter and its explanation."""
        return self.take(slice(row, row + 1)).claims()[0]

    def claims(self) -> list[Claim]:
        """Return all claims, one by one: for tests and small sets."""
        parts: dict[str, list[Any]] = {
            **{name: each.listed() for name, each in self.coded.items()},
            **{name: each.tolist() for name, each in self.days.items()},
            **{name: each.tolist() for name, each in self.amounts.items()},
        }
        rows = zip(*parts.values(), strict=True)
        return [_record(Claim, dict(zip(parts, row, strict=True))) for row in rows]


def _column(name: str, columns: Mapping[str, Coded | NDArray[Any]], length: int) -> Any:
    """Return one column, its values of the part's type, or the part's default all along."""
    if name in columns:
        column = columns[name]
        if isinstance(column, Coded):
            return Coded(column.codes, tuple(_typed(name, value) for value in column.values))
        return column
    default = DEFAULTS[name]
    if name in DAYS:
        return np.full(length, default, "datetime64[D]")
    if name in AMOUNTS:
        return np.full(length, default, np.int64)
    return Coded(np.zeros(length, np.int8), (default,))


def _typed(name: str, value: Any) -> Any:
    """Return a value of a coded part as the part's own type."""
    declared = TYPES[name]
    if declared is bool and isinstance(value, str):
        if value not in ("true", "false"):
            raise ValueError(f"{name} is true or false, not {value!r}")
        return value == "true"
    if get_origin(declared) is tuple:
        return tuple(sorted(value))
    return declared(value)


def _nested(amounts: Mapping[str, Amounts]) -> SimpleNamespace:
    """Return the amounts as attributes, nested as in a claim, for the claim's own formulas."""
    root = SimpleNamespace()
    for name, column in amounts.items():
        at, steps = root, PATHS[name].split(".")
        for step in steps[:-1]:
            if not hasattr(at, step):
                setattr(at, step, SimpleNamespace())
            at = getattr(at, step)
        setattr(at, steps[-1], column)
    return root


def _place(distinct: Sequence[Any], value: Any) -> int:
    return distinct.index(value) if value in distinct else -1


def _record(record: type, parts: Mapping[str, Any]) -> Any:
    return record(
        **{
            name: parts[name] if nested is None else _record(nested, parts)
            for name, nested in _fields(record)
        }
    )


@cache
def _fields(record: type) -> tuple[tuple[str, type | None], ...]:
    """Return a record's fields, each with the record that it holds, if it holds one."""
    hints = get_type_hints(record)
    return tuple(
        (each.name, hints[each.name] if is_dataclass(hints[each.name]) else None)
        for each in fields(record)
    )
