"""Counting what waits for a person, in one short look into a node's database."""

from __future__ import annotations

from clearing.ports import UnitOfWork
from services.node.observer import Looked
from services.node.records import HeldKey
from services.node.role import Role
from services.node.scanning import every


def look(unit: UnitOfWork, role: Role) -> Looked:
    """Return the counts; as many rows are read as keys are held, and a healthy node has none.

    One message of each held key failed; the others of the key are behind it.
    """
    held = list(every(unit, HeldKey, ("topic", "key")))
    return Looked(
        parked=len(held),
        behind=sum(key.unresolved - 1 for key in held),
        open_breaks=None if role.open_breaks is None else role.open_breaks(unit),
    )
