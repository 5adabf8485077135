"""How long a strike was felt, as whoever waited for settlements has it. Times in seconds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.faults.plan import Kind, Strike

Settle = tuple[float, float]
"""When a settle request was sent first, and when its final answer came."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A strike that was made: on what, when, and when that served again."""

    strike: Strike
    what: str
    at_s: float
    mended_s: float


@dataclass(frozen=True, slots=True)
class Stall:
    """What was felt of a strike, in ms.

    ``down_ms`` is until what was struck served again, ``first_ms`` until the first settlement
    that was asked for after the strike, ``silent_ms`` the longest time without any until the
    next strike, ``longest_ms`` the longest that anyone waited who had asked or asked meanwhile.
    ``None`` where nobody asked.
    """

    struck: Struck
    down_ms: int
    first_ms: int | None
    silent_ms: int | None
    longest_ms: int | None


def stalls_of(strikes: Sequence[Struck], settles: Sequence[Settle]) -> list[Stall]:
    """Return what was felt of each strike, up to the next one."""
    ends = [struck.at_s for struck in strikes[1:]] + [float("inf")]
    return [_stall(struck, until, settles) for struck, until in zip(strikes, ends, strict=True)]


def _stall(struck: Struck, until_s: float, settles: Sequence[Settle]) -> Stall:
    at_s = struck.at_s
    first = min((ended for began, ended in settles if began >= at_s), default=None)
    answered = sorted(ended for _, ended in settles if at_s <= ended < until_s)
    gaps = [later - earlier for earlier, later in zip([at_s, *answered], answered, strict=False)]
    waits = [ended - began for began, ended in settles if began < until_s and ended >= at_s]
    return Stall(
        struck,
        _ms(struck.mended_s - at_s),
        None if first is None else _ms(first - at_s),
        _ms(max(gaps)) if gaps else None,
        _ms(max(waits)) if waits else None,
    )


def by_kind(stalls: Sequence[Stall]) -> Mapping[Kind, list[Stall]]:
    """Return the stalls of each kind of strike, kinds in the order of their declaration."""
    found: dict[Kind, list[Stall]] = defaultdict(list)
    for stall in stalls:
        found[stall.struck.strike.kind].append(stall)
    return {kind: found[kind] for kind in Kind if kind in found}


def middle_and_most(values: Sequence[int | None]) -> str:
    """Write the median and the largest of some times in seconds; – where there are none."""
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    return f"{statistics.median(known) / 1000:.1f} / {max(known) / 1000:.1f}"


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
