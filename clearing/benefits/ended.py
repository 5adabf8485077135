"""The decision on a claim whose cell ends the matter without an amount."""

from __future__ import annotations

from clearing.benefits.cell import Cell
from clearing.benefits.claim import Decision, Explained
from clearing.money import Fen


def ended(
    cell: Cell,
    total_fen: Fen,
    year: int,
    bundle_hash: str,
    explanation: tuple[Explained, ...] = (),
) -> Decision:
    """Return the refusal, or what a person has to decide, with its flags."""
    flags = flags_of(cell, total_fen) if cell.flags else ()
    return Decision(
        cell.outcome,
        cell.code,
        flags,
        {},
        0,
        0,
        year,
        {},
        bundle_hash,
        explanation,
        quota_fen=cell.quota_fen,
    )


def flags_of(cell: Cell, total_fen: Fen) -> tuple[str, ...]:
    """Return what a person should look at."""
    return tuple(code for code, above in cell.flags if total_fen > above)
