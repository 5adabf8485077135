"""Positions: who owes whom how much, for each scheme, clearing type, fund and period.

A position moves in the same transaction as the posting that moves it; it is always the sum of
its journal lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clearing.benefits.claim import Fund, Scheme
from clearing.frozen import quick, replace
from clearing.journal import JournalLine
from clearing.money import Fen

PositionKey = tuple[str, str, Scheme, str, Fund, str]


@quick
@dataclass(frozen=True, slots=True)
class Position:
    """What the payer owes the payee; negative where more was taken back than paid.

    ``lines`` is how many journal lines it is the sum of.
    """

    payer_region: str
    payee_region: str
    scheme: Scheme
    clearing_type: str
    fund: Fund
    period: str
    amount_fen: Fen
    lines: int


def position_key(line: JournalLine) -> PositionKey:
    """Return the key of the position that a journal line moves."""
    return (
        line.payer_region,
        line.payee_region,
        line.scheme,
        line.clearing_type,
        line.fund,
        line.period,
    )


def key_of(position: Position) -> PositionKey:
    """Return a position's own key."""
    return (
        position.payer_region,
        position.payee_region,
        position.scheme,
        position.clearing_type,
        position.fund,
        position.period,
    )


def moved(position: Position | None, line: JournalLine) -> Position:
    """Return the position after a journal line; ``None`` is one that has no line yet."""
    if position is None:
        return Position(*position_key(line), amount_fen=line.amount_fen, lines=1)
    return replace(
        position, amount_fen=position.amount_fen + line.amount_fen, lines=position.lines + 1
    )


def positions_of(lines: Iterable[JournalLine]) -> dict[PositionKey, Position]:
    """Return the positions that some journal lines add up to."""
    positions: dict[PositionKey, Position] = {}
    for line in lines:
        key = position_key(line)
        positions[key] = moved(positions.get(key), line)
    return positions
