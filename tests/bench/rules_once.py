"""One measurement of the rules engine in a process of its own; prints its figures as JSON.

Everything runs on one core and is timed in processor time, so that a busy machine matters less.
What is compared is measured in turns, and each figure is the median of the turns.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence

from adapters.files.region_files import RegionFiles
from clearing.benefits.adjudicate import adjudicate, interpret
from clearing.benefits.cell import Cell
from clearing.benefits.claim import Claim
from clearing.benefits.combinations import combinations
from clearing.benefits.evaluators.batch import decide_chained, decide_columns
from clearing.benefits.evaluators.decisions import period_name
from clearing.benefits.evaluators.generated import Decider, decider_of
from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from tests.bench.child import BenchError
from tests.bench.rules_mix import REGIONS, Mix, mix
from tests.bench.rules_single import SingleRule, single_rules

TURNS = 7
CLAIMS_ONE_BY_ONE = 6_000
CLAIMS_AT_ONCE = 1_000_000


def main(seed: int) -> None:
    """Measure and print."""
    figures: dict[str, object] = {"load": _loading()}
    library = Library(RegionFiles())
    rules = single_rules(library, seed)
    figures["by_hand"] = {rule.name: _against_hand(rule) for rule in rules}
    policies = [_policy(library, region) for region in REGIONS]
    parts = [mix(policy, CLAIMS_AT_ONCE // len(REGIONS), seed) for policy in policies]
    figures["one_by_one"] = _one_by_one(parts)
    figures["at_once"] = _at_once(parts)
    figures["bundle_mb"] = _bundle_mb()
    print(json.dumps(figures))


def _loading() -> dict[str, float]:
    """Read all regions, then make the function of every cell that a claim can reach."""
    began_at = time.process_time()
    policies = Library(RegionFiles()).all_policies()
    loaded_at = time.process_time()
    cells = [_cells(policy) for policy in policies]
    found_at = time.process_time()
    for policy, own in zip(policies, cells, strict=True):
        _deciders(policy, own)
    done_at = time.process_time()
    return {
        "load_s": loaded_at - began_at,
        "find_s": found_at - loaded_at,
        "compile_s": done_at - found_at,
        "cells": sum(map(len, cells)),
    }


def _against_hand(rule: SingleRule) -> dict[str, float]:
    """Time generated Python and the hand-written function in turns, on the same claims."""

    def generated() -> None:
        for claim in rule.claims:
            adjudicate(rule.policy, claim, rule.used)

    def by_hand() -> None:
        for claim in rule.claims:
            rule.by_hand(claim, rule.used)

    for claim in rule.claims:
        if adjudicate(rule.policy, claim, rule.used) != rule.by_hand(claim, rule.used):
            raise BenchError(f"{rule.name}: the hand-written function decides otherwise: {claim}")
    ours, theirs = _turns([generated, by_hand])
    ratios = [hand / own for own, hand in zip(ours, theirs, strict=True)]
    return {
        "generated_us": statistics.median(ours) / len(rule.claims) * 1e6,
        "by_hand_us": statistics.median(theirs) / len(rule.claims) * 1e6,
        "ratio": statistics.median(ratios),
    }


def _one_by_one(parts: Sequence[Mix]) -> dict[str, float]:
    """Decide a mix claim by claim, by generated Python and by the interpreter."""
    met = [each for part in parts for each in _met(part, CLAIMS_ONE_BY_ONE // len(parts))]

    def generated() -> None:
        for policy, claim, used in met:
            adjudicate(policy, claim, used)

    def interpreted() -> None:
        for policy, claim, used in met:
            interpret(policy, claim, used)

    generated()  # compiles
    ours, theirs = _turns([generated, interpreted])
    return {
        "generated_a_s": len(met) / statistics.median(ours),
        "interpreted_a_s": len(met) / statistics.median(theirs),
    }


def _at_once(parts: Sequence[Mix]) -> dict[str, float]:
    """Decide a mix by the batch kernel: with accumulators given, and chained."""

    def given() -> None:
        for part in parts:
            decide_columns(part.policy, part.columns, part.accumulators)

    def chained() -> None:
        for part in parts:
            decide_chained(part.policy, part.columns, part.members)

    given()  # compiles
    chained()
    with_given, in_chains = _turns([given, chained])
    count = sum(len(part.columns) for part in parts)
    return {
        "given_a_s": count / statistics.median(with_given),
        "chained_a_s": count / statistics.median(in_chains),
    }


def _bundle_mb() -> float:
    """Return the memory of the largest policy with the function of every cell."""
    largest = 0
    library = Library(RegionFiles())
    library.all_policies()
    for region in library.regions():
        gc.collect()
        tracemalloc.start()
        policy = _policy(Library(RegionFiles()), region)
        kept = _deciders(policy, _cells(policy))
        gc.collect()
        largest = max(largest, tracemalloc.get_traced_memory()[0])
        del policy, kept
        tracemalloc.stop()
    return largest / 1e6


def _cells(policy: Policy) -> list[Cell]:
    """Return every cell that a claim can reach."""
    return [each.cell for each in combinations(policy) if each.cell is not None]


def _deciders(policy: Policy, cells: Sequence[Cell]) -> list[Decider]:
    return [decider_of(cell, policy.bundle_hash) for cell in cells]


def _turns(functions: Sequence[Callable[[], None]]) -> list[list[float]]:
    """Time functions in turns."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(TURNS):
        for function, taken in zip(functions, times, strict=True):
            began_at = time.process_time()
            function()
            taken.append(time.process_time() - began_at)
    return times


def _met(part: Mix, count: int) -> Sequence[tuple[Policy, Claim, Mapping[str, int]]]:
    """Return claims one by one, each with the accumulators it meets."""
    met = []
    for row, claim in enumerate(part.columns.take(slice(0, count)).claims()):
        day = part.policy.day_of(claim)
        used = {
            period_name(prefix, per, day): int(amounts[row])
            for (prefix, per), amounts in part.accumulators.items()
        }
        met.append((part.policy, claim, used))
    return met


def _policy(library: Library, region: str) -> Policy:
    policy = library.policy(region)
    if policy is None:
        raise BenchError(f"there are no rules of {region}")
    return policy


if __name__ == "__main__":
    main(int(sys.argv[1]))
