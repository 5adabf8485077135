"""The selector of all clients: the standard one, without messages that nobody reads.

Each time the client waits for a socket it asks for the key of one that is not registered, and
the standard selector makes two messages of the socket's ``repr`` for it: 7–14 % of the processor
time of a consumer with little to do (kafka-python 3.0, Python 3.11).
"""

from __future__ import annotations

import selectors
from typing import Any


class BriefSelector(selectors.DefaultSelector):
    """Says in few words that something is not registered."""

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        """Return the key of what is registered. Raises ``KeyError``."""
        number = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        known = self._fd_to_key  # type: ignore[attr-defined] # left out of the annotations
        if number >= 0 and number not in known:
            raise KeyError(number)
        return super().get_key(fileobj)
