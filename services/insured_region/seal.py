"""A settlement's seal: a hash over everything of it that never changes."""

from __future__ import annotations

import dataclasses
import hashlib

from clearing.canonical import list_writer
from clearing.frozen import replace
from services.insured_region.records import Settlement

_MOVES = ("state", "undo_id", "seal")
_SEALED = tuple(f.name for f in dataclasses.fields(Settlement) if f.name not in _MOVES)
_write = list_writer(Settlement, _SEALED)


def sealed(settlement: Settlement) -> Settlement:
    """Return the settlement with its seal."""
    return replace(settlement, seal=seal_of(settlement))


def seal_of(settlement: Settlement) -> str:
    """Return sha256 (hex) over claim, decision and origin; state and undoing are left out."""
    return hashlib.sha256(_write(settlement).encode()).hexdigest()
