"""What each of the watchers is: told of every record that a commit writes, and asked later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from clearing.messages import Address

Change = Callable[[Address, Any, Any], None]
"""Told of a record before and after a commit, ``None`` where it was not or is no more."""

Later = Callable[..., None]
"""Asks for a check after the step: by a key, so that it is made once."""


class Watcher(Protocol):
    """Knows what must hold of some types of records. Raises ``Violation``."""

    rules: Mapping[type, Change]

    def forget(self, address: Address) -> None:
        """Know nothing of a node any more: its database is another one from here on."""
