"""What makes a node play its role: handlers by payload type, and an optional clockwork."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clearing.errors import Rejected, YidiError
from clearing.ports import UnitOfWork
from services.node.context import Context

Handler = Callable[[Any, Context], Any]
Prefetch = Callable[[Sequence[Any], UnitOfWork], Iterator[None]]
"""Tells tables what payloads of one type will need; goes on after each ``yield`` once all that
was wanted until then, by whomever, is read."""

OnParked = Callable[[Any, YidiError, Context], None]


@dataclass(frozen=True, slots=True)
class Role:
    """What makes a node play its role.

    ``on_tick`` runs now and then in a transaction of its own, looks at ages and does a little of
    what takes long; it says ``True`` while there is more of that. ``on_parked`` tells whoever
    waits for a message, by its body's type, why it is set aside; ``on_discarded`` ends what a
    message that will never be carried out had begun, or raises ``Rejected`` where it must be.
    ``prefetch`` reads what a batch's payloads of one type will need, in few round trips;
    ``want_scopes`` has read what requests need of the institutions they come from.
    ``open_breaks`` counts the differences that wait for a person, where the role knows any, and
    ``unanswered`` what another node had to be asked again.
    ``follows_log`` where its books come from the log: what is asked of it by call, and what
    ``on_tick`` does, then waits until it has caught up with the log (see ``CatchingUp``). So do
    the queries in ``compared``, whose answers are compared with other books.
    """

    handlers: Mapping[type, Handler]
    on_tick: Callable[[Context], bool | None] | None = None
    on_parked: Mapping[type, OnParked] = field(default_factory=dict)
    on_discarded: Mapping[type, Handler] = field(default_factory=dict)
    prefetch: Mapping[type, Prefetch] = field(default_factory=dict)
    want_scopes: Callable[[Collection[str], UnitOfWork], None] | None = None
    open_breaks: Callable[[UnitOfWork], int] | None = None
    unanswered: Callable[[UnitOfWork], int] | None = None
    follows_log: bool = False
    compared: frozenset[type] = frozenset()

    def handle(self, payload: Any, context: Context) -> Any:
        """Give a payload to its handler. Raises ``Rejected`` (``not_served_here``) without one."""
        handler = self.handlers.get(type(payload))
        if handler is None:
            raise Rejected(
                "not_served_here",
                f"{context.address} does not serve {type(payload).__name__}",
                "该节点不受理此类请求",
            )
        return handler(payload, context)
