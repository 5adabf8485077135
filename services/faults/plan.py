"""What a fault run does to a network, and when: everything follows from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is done to what; the words are those of the report."""

    KILL_CARE = "kill -9 of a care process"
    KILL_INSURED = "kill -9 of an insured process"
    KILL_HOUSE = "kill -9 of a house process"
    KILL_LEADER = "kill -9 of the broker that leads most partitions"
    KILL_CONTROLLER = "kill -9 of the broker that is the controller"
    KILL_POSTGRES = "kill -9 of PostgreSQL, all its processes"
    STOP_POSTGRES = "PostgreSQL stopped with -m immediate"
    PAUSE_NODE = "SIGSTOP of a node's process, later SIGCONT"
    END_NODE = "graceful end of a node's process"
    RESTORE_INSURED = "an insured region's database put back to a backup"
    RESTORE_HOUSE = "the house's database put back to a backup"
    RESTORE_LIVING = "the house's database put back under its living process"

    @property
    def kills(self) -> bool:
        """Whether something loses all it had in memory, unprepared, and nothing else."""
        return not self.restores and self not in (Kind.PAUSE_NODE, Kind.END_NODE)

    @property
    def restores(self) -> bool:
        """Whether a database loses what was committed since its backup."""
        return self in RESTORES


RESTORES: Final = (Kind.RESTORE_INSURED, Kind.RESTORE_HOUSE, Kind.RESTORE_LIVING)
"""In the order in which they come, over and over."""

KILLS: Final[Mapping[Kind, int]] = {
    Kind.KILL_CARE: 3,
    Kind.KILL_INSURED: 3,
    Kind.KILL_HOUSE: 2,
    Kind.KILL_LEADER: 2,
    Kind.KILL_CONTROLLER: 1,
    Kind.KILL_POSTGRES: 2,
    Kind.STOP_POSTGRES: 1,
}
"""How many of each are in a deck; a run goes through whole decks, so that no kind is left out."""

KILLS_TO_A_PAUSE: Final = 5
KILLS_TO_AN_END: Final = 7

REST_MS: Final = (2_000, 9_000)
"""How long the load runs undisturbed before the next strike."""

DOWN_MS: Final = (200, 12_000)
TOGETHER_PERCENT: Final = 20
"""How many strikes come while the one before is not mended."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One thing done to the network.

    It comes ``rest_ms`` after the service was seen to work again, or, ``together`` with the one
    before, so long after that one. What was struck stays down for ``down_ms``. ``choice`` picks
    which of several processes or regions it is. A backup is ``backup_age_ms`` old when its database
    is put back to it.
    """

    number: int
    kind: Kind
    rest_ms: int
    down_ms: int
    choice: int
    together: bool = False

    @property
    def backup_age_ms(self) -> int:
        """What the choice gives besides: 2 to 9 seconds."""
        return 2_000 + 7 * self.choice


def plan_of(seed: int, kills: int, restores: int = 0) -> Sequence[Strike]:
    """Return ``kills`` strikes that kill, with pauses and graceful ends among them.

    So many ``restores`` come between them, each by itself: what is put back is being worked on
    by hand. The other strikes are those that the seed gives without them, in their order.
    """
    plan = list(_strikes_of(seed, kills))
    dice = random.Random(f"restores:{seed}")
    for number in range(restores):
        at = dice.randrange(1, len(plan) + 1)
        strike = replace(_strike(0, RESTORES[number % len(RESTORES)], dice), together=False)
        plan.insert(at, replace(strike, rest_ms=dice.randint(*REST_MS)))
    return [
        replace(
            strike,
            number=number,
            together=strike.together and not before.kind.restores,
        )
        for number, (before, strike) in enumerate(zip([plan[0], *plan], plan, strict=False), 1)
    ]


def _strikes_of(seed: int, kills: int) -> Sequence[Strike]:
    dice = random.Random(f"faults:{seed}")
    kinds: list[Kind] = []
    while len(kinds) < kills:
        deck = [kind for kind, count in KILLS.items() for _ in range(count)]
        dice.shuffle(deck)
        kinds += deck[: kills - len(kinds)]
    gentle = [Kind.PAUSE_NODE] * (kills // KILLS_TO_A_PAUSE)
    gentle += [Kind.END_NODE] * (kills // KILLS_TO_AN_END)
    for kind in gentle:
        kinds.insert(dice.randrange(len(kinds) + 1), kind)
    return [_strike(number, kind, dice) for number, kind in enumerate(kinds, start=1)]


def _strike(number: int, kind: Kind, dice: random.Random) -> Strike:
    together = number > 1 and dice.randrange(100) < TOGETHER_PERCENT
    rest_ms = dice.randint(100, 3_000) if together else dice.randint(*REST_MS)
    return Strike(number, kind, rest_ms, dice.randint(*DOWN_MS), dice.randrange(1_000), together)
