"""Batches that cannot be committed: failures that pass, and finding whose fault others are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from clearing.errors import Conflict, InvariantBroken, Unavailable, YidiError

ItemT = TypeVar("ItemT")

_CONSTRAINT = "database_constraint"
_MOVED_ON = "database_moved_on"


class Unwritable(YidiError):
    """The database refuses what a batch would write, and would each time; nothing was written."""


def as_unwritable(error: BaseException) -> Unwritable | None:
    """Return a refusal by the database as what it is: a fault of one command, not of the books."""
    if isinstance(error, InvariantBroken) and error.code == _CONSTRAINT:
        return Unwritable(error.code, error.message_en, error.message_zh, field=error.field)
    return None


def passes(error: Exception) -> bool:
    """Tell whether a failure passes by itself, so that the same batch is only to be retried."""
    return isinstance(error, Unavailable) or (
        isinstance(error, Conflict) and error.code == _MOVED_ON
    )


@dataclass(frozen=True, slots=True)
class Part(Generic[ItemT]):
    """Some items of a batch in their order, and how often they have failed.

    ``failed_alone`` is set of one item that is at fault: it failed with nothing beside it.
    """

    items: Sequence[ItemT]
    failures: int
    failed_alone: bool = False


class Bisection(Generic[ItemT]):
    """Cuts a batch that fails every time into halves, down to the items at fault.

    The parts come in the order of the batch: what was behind an item stays behind it.
    """

    def __init__(self, items: Sequence[ItemT]) -> None:
        self._pending = [Part(items, 1)]

    def __iter__(self) -> Iterator[Part[ItemT]]:
        """Yield what is to be tried next, until nothing is left."""
        while self._pending:
            yield self._pending.pop()

    def cut(self, part: Part[ItemT]) -> None:
        """Put a part that failed back as its halves, or once more where it cannot be cut."""
        failures = part.failures + 1
        if len(part.items) == 1:
            self._pending.append(Part(part.items, failures, failed_alone=True))
            return
        middle = len(part.items) // 2
        self._pending.append(Part(part.items[middle:], failures))
        self._pending.append(Part(part.items[:middle], failures))

    def left(self) -> list[ItemT]:
        """Return the items not tried yet, in order."""
        return [item for part in reversed(self._pending) for item in part.items]

    def take_out(self, is_wanted: Callable[[ItemT], bool]) -> list[ItemT]:
        """Return those of the items not tried yet that are wanted; they are tried no more."""
        taken = [item for item in self.left() if is_wanted(item)]
        rest = [
            replace(part, items=[item for item in part.items if not is_wanted(item)])
            for part in self._pending
        ]
        self._pending = [part for part in rest if part.items]
        return taken
