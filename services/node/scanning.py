"""Reading a whole table a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from clearing.ports import Key, UnitOfWork

RecordT = TypeVar("RecordT")

PAGE = 2_000


def every(
    uow: UnitOfWork,
    record: type[RecordT],
    key: tuple[str, ...],
    after: Key | None = None,
    **equals: Any,
) -> Iterator[RecordT]:
    """Yield all records with these column values in the order of their ``key``.

    They are never held all at once. ``after`` is the key of the last one that is not wanted.
    """
    table = uow.table(record)
    while page := table.scan(after, PAGE, **equals):
        yield from page
        if len(page) < PAGE:
            return
        after = tuple(getattr(page[-1], name) for name in key)
