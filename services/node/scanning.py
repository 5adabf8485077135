"""Reading a whole table a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from clearing.ports import Key, UnitOfWork

RecordT = TypeVar("RecordT")

PAGE = 2_000


def every(uow: UnitOfWork, record: type[RecordT], key: tuple[str, ...]) -> Iterator[RecordT]:
    """Yield all records of a type in the order of their ``key``, without holding them all."""
    table = uow.table(record)
    after: Key | None = None
    while page := table.scan(after, PAGE):
        yield from page
        after = tuple(getattr(page[-1], name) for name in key)
