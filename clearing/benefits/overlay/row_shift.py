"""Raise or lower what a row of a table says, as text to text, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from clearing.benefits.table import READERS
from clearing.money import format_yuan

Row = Mapping[str, Any]
_ALL_BP: Final = 10_000


def shifted(row: Row, kind: str, by: Any, sign: int) -> dict[str, Any]:
    """Return the row with its value (or each of its bands) moved by ``by``, up for ``sign`` 1.

    ``kind`` is the table's: ``by`` is written like its values, for bands like a ratio. A band
    that pays nothing still pays nothing, and so does a row of which the source gives no value.
    Raises ``ValueError`` where the result is none that such a table can have.
    """
    if "not_given" in row:
        return dict(row)
    if kind != "bands":
        return {**row, "value": _moved(row["value"], kind, by, sign)}
    bands = [
        band
        if READERS["ratio"](band["ratio"]) == 0
        else {**band, "ratio": _moved(band["ratio"], "ratio", by, sign)}
        for band in row["bands"]
    ]
    return {**row, "bands": bands}


def _moved(said: Any, kind: str, by: Any, sign: int) -> str:
    value = READERS[kind](said) + sign * READERS[kind](by)
    if value < 0 or (kind != "yuan" and value > _ALL_BP):
        raise ValueError(f"{said} can't be moved by {'-' if sign < 0 else ''}{by}")
    return _WRITERS[kind](value)


def _percent(value_bp: int) -> str:
    whole, part = divmod(value_bp, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%" if part else f"{whole}%"


def _points(value_bp: int) -> str:
    return str(value_bp // 100)


_WRITERS: Final[Mapping[str, Callable[[int], str]]] = {
    "yuan": format_yuan,
    "ratio": _percent,
    "points": _points,
}
