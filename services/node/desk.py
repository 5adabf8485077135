"""The desk every node has, whatever its role: its dead letters, listed, replayed and discarded."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from services.node.dead_letters import get_dead_letter, list_dead_letters
from services.node.desk_letters import (
    DiscardDeadLetter,
    GetDeadLetter,
    ListDeadLetters,
    ReplayDeadLetters,
)
from services.node.redelivery import discard_dead_letter, replay_dead_letters
from services.node.role import Handler, Role


def with_desk(role: Role) -> Role:
    """Return the role with the handlers of its desk."""
    desk: dict[type, Handler] = {
        ListDeadLetters: list_dead_letters,
        GetDeadLetter: get_dead_letter,
        ReplayDeadLetters: partial(replay_dead_letters, role=role),
        DiscardDeadLetter: partial(discard_dead_letter, role=role),
    }
    return replace(role, handlers={**role.handlers, **desk})
