"""What is measured: workloads by name, and how many processes each role has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clearing.benefits.claim import CareType
from tests.bench.on_servers.workload import Sizes

SEED = 20250602
LONG_STAY_LINES = 2_000
VISIT_LINES = 20
PACED_S = 20
"""How long visits come at a fixed rate."""

AT_THE_COUNTER = (CareType.OUTPATIENT, CareType.PHARMACY)
"""Care that ends on the day it begins: nobody is discharged first."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything: settlements of the message leg, visits over gRPC."""

    settlements: int = 10_000
    stays: int = 200
    visits: int = 2_400
    paced: int = 50 * PACED_S

    @staticmethod
    def quick() -> Scale:
        """Return what is just enough to see that everything works."""
        return Scale(settlements=400, stays=12, visits=300, paced=100)


@dataclass(frozen=True, slots=True)
class LegCase:
    """A message leg to be measured."""

    name: str
    sizes: Sizes
    processes: Mapping[str, int]


def processes(of_a_region: int) -> Mapping[str, int]:
    """Return how many processes each role has: the house's one journal has one."""
    return {"insured": of_a_region, "care": of_a_region, "house": 1}


def leg_cases(scale: Scale) -> list[LegCase]:
    """Return the message leg in every size, the one that others are compared with first."""
    count = scale.settlements
    usual = Sizes(SEED, count, count // 2)
    stays = Sizes(SEED, scale.stays, scale.stays, LONG_STAY_LINES, (CareType.INPATIENT,))
    return [
        LegCase("one process a role", usual, processes(1)),
        LegCase("two processes a role", usual, processes(2)),
        LegCase("10 times the members", Sizes(SEED, count, count * 5), processes(1)),
        LegCase(f"stays of {LONG_STAY_LINES:,} lines", stays, processes(1)),
    ]


def visit_sizes(scale: Scale) -> Sizes:
    """Return the visits that are played over gRPC."""
    count = scale.visits + scale.paced
    return Sizes(SEED, count, count * 2, VISIT_LINES, AT_THE_COUNTER, once=True)
