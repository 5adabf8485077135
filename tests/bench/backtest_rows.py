"""The backtest's part of ``make bench``: its claim set, its runs and their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.files.claim_files import write_claim_set
from tests.bench.child import BenchError, run_json
from tests.bench.claim_sets import claim_set
from tests.bench.table import Row, row

CLAIMS = 1_000_000
TOTAL_S = 30

Figures = Mapping[str, Any]


def backtest_runs(
    folder: Path, claims: int, seed: int, runs: int, say: Callable[[str], None]
) -> list[Figures]:
    """Write a claim set and backtest it so often, each time in a process of its own."""
    path = folder / "claims.parquet"
    say(f"generating {claims:,} claims")
    write_claim_set(path, claim_set(claims, seed))
    figures = []
    for number in range(1, runs + 1):
        took = run_json("tests.bench.backtest_once", str(path), str(folder / f"report-{number}"))
        if took["claims"] != claims or not took["changed"]:
            raise BenchError("the backtest lost claims, or its what-if changed nothing")
        say(f"backtest {number} of {runs}: {took['total_s']:.1f} s")
        figures.append(took)
    return figures


def backtest_rows(figures: Sequence[Figures]) -> list[Row]:
    """Return the rows; the bound is for a million claims."""
    last = figures[-1]
    whole = last["claims"] == CLAIMS
    parts = {
        "loading the rules and the overlay": "rules_s",
        "reading and checking the Parquet file": "read_s",
        "checking the rules of the what-if": "check_s",
        "deciding all claims as the rules are, chained": "before_s",
        "deciding what the overlay touches again": "after_s",
        "sums, explanations and the report": "report_s",
    }
    return [
        Row(
            "backtest: claims, of members; touched by the overlay",
            f"{last['claims']:,}, {last['members']:,}; {last['touched']:,}",
        ),
        row(
            "backtest on one core, from Parquet to report, s",
            [each["total_s"] for each in figures],
            1,
            bound=f"under {TOTAL_S} s" if whole else "",
            met=(lambda median: median < TOTAL_S) if whole else None,
        ),
        *(row(f"- {name}, s", [each[key] for each in figures], 2) for name, key in parts.items()),
        row("its processor time, s", [each["cpu_s"] for each in figures], 1),
        row("its peak memory, MiB", [each["peak_kib"] / 1024 for each in figures], 0),
    ]
