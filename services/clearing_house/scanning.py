"""Reading a whole table a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from clearing.ports import Key, UnitOfWork
from services.clearing_house.records import SPECS

RecordT = TypeVar("RecordT")

PAGE = 2_000
_KEYS = {spec.record: spec.key for spec in SPECS}


def scan_all(
    uow: UnitOfWork, record: type[RecordT], after: Key | None = None, **equals: Any
) -> Iterator[RecordT]:
    """Return every record with these column values in key order, without holding them all.

    ``after`` is the key of the last one that is not wanted.
    """
    table, key = uow.table(record), _KEYS[record]
    page = table.scan(after, PAGE, **equals)
    while page:
        yield from page
        if len(page) < PAGE:
            return
        page = table.scan(tuple(getattr(page[-1], name) for name in key), PAGE, **equals)
