"""A settlement's seal: a hash over everything of it that never changes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date
from typing import Any

from clearing.benefits.claim import Circumstances
from services.insured_region.records import Settlement

_MOVES = ("state", "undo_id", "seal")
_SEALED = tuple(f.name for f in dataclasses.fields(Settlement) if f.name not in _MOVES)


def sealed(settlement: Settlement) -> Settlement:
    """Return the settlement with its seal."""
    return dataclasses.replace(settlement, seal=seal_of(settlement))


def seal_of(settlement: Settlement) -> str:
    """Return sha256 (hex) over claim, decision and origin; state and undoing are left out."""
    content = [getattr(settlement, name) for name in _SEALED]
    return hashlib.sha256(_write(content).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Circumstances):
        return dataclasses.asdict(value)
    raise TypeError(f"a seal has no form for {value!r}")


_write = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
).encode
