"""Reading a whole table of the house a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from clearing.ports import Key, UnitOfWork
from services.clearing_house.records import SPECS
from services.node.scanning import every

RecordT = TypeVar("RecordT")

_KEYS = {spec.record: spec.key for spec in SPECS}


def scan_all(
    uow: UnitOfWork, record: type[RecordT], after: Key | None = None, **equals: Any
) -> Iterator[RecordT]:
    """Return every record with these column values in key order, without holding them all."""
    return every(uow, record, _KEYS[record], after, **equals)
