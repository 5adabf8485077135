"""From the runs of everything to the rows that are printed, bounds included."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from tests.bench.on_servers.bare_chain import BareChain
from tests.bench.on_servers.full_visits import FullVisits
from tests.bench.on_servers.message_leg import MessageLeg
from tests.bench.table import Row, row

SETTLEMENTS_A_S = 1_000
OF_BARE = 0.25
VISITS_A_S = 120
SETTLE_P99_MS = 250


def leg_rows(
    legs: Sequence[MessageLeg], one_message: Sequence[BareChain], same_hops: Sequence[BareChain]
) -> list[Row]:
    """Return the rows of the message leg, each run with the bare chains of the same run."""
    counted = legs[-1].counted
    return [
        Row(
            "requests = decisions of care = of the payer = settlements in the journal",
            f"{counted.requests:,}",
        ),
        Row("accounts drawn on = debits in the journal", f"{counted.debits:,}"),
        row(
            "message leg, settlements a second",
            [leg.rate for leg in legs],
            0,
            bound=f"at least {SETTLEMENTS_A_S:,}",
            met=lambda median: median >= SETTLEMENTS_A_S,
        ),
        row("until nothing is left to read or send, s", [leg.quiet_s for leg in legs], 1),
        *(
            row(f"{role}, {what} a transaction", [leg.batch_sizes[role] for leg in legs], 0)
            for role, what in (("insured", "messages"), ("care", "messages"), ("house", "lines"))
        ),
        *_beside("bare chain of the same hops", legs, same_hops),
        *_beside("bare chain of one message a hop", legs, one_message),
        *_cpu_rows("settlement", [leg.used.cpu_s for leg in legs], legs[0].settlements),
        *_cpu_rows(
            "bare settlement of the same hops",
            [each.used.cpu_s for each in same_hops],
            same_hops[0].settlements,
        ),
        *_memory_rows([leg.used.peak_mib for leg in legs]),
    ]


def growth_rows(name: str, legs: Sequence[MessageLeg], usual: Sequence[MessageLeg]) -> list[Row]:
    """Return the rows of the message leg in another size, beside the usual one of the same run."""
    pairs = list(zip(legs, usual, strict=True))
    count = legs[0].settlements
    ours = [_total_us(leg) for leg in legs]
    return [
        row(f"{name}: settlements a second", [leg.rate for leg in legs], 0),
        row(f"{name}: its rate / the usual", [leg.rate / each.rate for leg, each in pairs], 3),
        row(f"{name}: processor µs a settlement, everything", ours, 0),
        *(
            row(f"{name}: {role}'s memory, MiB", [leg.used.peak_mib[role] for leg in legs], 0)
            for role in ("insured", "care", "house")
        ),
        Row(f"{name}: settlements in the journal", f"{count:,}"),
    ]


def visit_rows(runs: Sequence[FullVisits]) -> list[Row]:
    """Return the rows of full visits over gRPC."""
    return [
        row(
            "full visits a second",
            [run.at_once.rate for run in runs],
            1,
            bound=f"at least {VISITS_A_S}",
            met=lambda median: median >= VISITS_A_S,
        ),
        *_cpu_rows("visit", [run.used.cpu_s for run in runs], runs[0].at_once.visits),
        row("visits a second, paced", [run.paced.rate for run in runs], 1),
        row("Settle then, p50 ms", [_share(run.paced.calls.settle_ms, 50) for run in runs], 1),
        row(
            "Settle then, p99 ms",
            [_share(run.paced.calls.settle_ms, 99) for run in runs],
            1,
            bound=f"under {SETTLE_P99_MS}",
            met=lambda median: median < SETTLE_P99_MS,
        ),
        row("whole visit then, p99 ms", [_share(run.paced.calls.visit_ms, 99) for run in runs], 1),
        *_cpu_rows("paced visit", [run.paced_used.cpu_s for run in runs], runs[0].paced.visits),
    ]


def _beside(name: str, legs: Sequence[MessageLeg], bare: Sequence[BareChain]) -> list[Row]:
    """Return how quick a bare chain was, and how the leg of the same run compares."""
    return [
        row(f"{name}, settlements a second", [each.rate for each in bare], 0),
        row(
            f"ours / {name}",
            [leg.rate / each.rate for leg, each in zip(legs, bare, strict=True)],
            3,
            bound=f"at least {OF_BARE}",
            met=lambda median: median >= OF_BARE,
        ),
    ]


def _cpu_rows(what: str, runs: Sequence[Mapping[str, float]], count: int) -> list[Row]:
    rows = [
        row(f"{name}, processor µs a {what}", [run[name] * 1e6 / count for run in runs], 0)
        for name in runs[0]
    ]
    totals = [sum(run.values()) * 1e6 / count for run in runs]
    return [*rows, row(f"all of it, processor µs a {what}", totals, 0)]


def _memory_rows(runs: Sequence[Mapping[str, float]]) -> list[Row]:
    return [
        row(f"{name}, most memory, MiB", [run[name] for run in runs], 0)
        for name in runs[0]
        if runs[0][name]
    ]


def _total_us(leg: MessageLeg) -> float:
    return sum(leg.used.cpu_s.values()) * 1e6 / leg.settlements


def _share(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent of all do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
