"""The rules engine's part of ``make bench``: its runs and their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.bench.child import run_json
from tests.bench.table import Row, row

RATIO = 0.7
ONE_BY_ONE_A_S = 250_000
AT_ONCE_A_S = 3_000_000
LOAD_S = 2
BUNDLE_MB = 10

Figures = Mapping[str, Any]


def rules_runs(seed: int, runs: int, say: Callable[[str], None]) -> list[Figures]:
    """Measure the engine so often, each time in a process of its own."""
    figures = []
    for number in range(1, runs + 1):
        figures.append(run_json("tests.bench.rules_once", str(seed)))
        told = figures[-1]["at_once"]["given_a_s"]
        say(f"rules engine {number} of {runs}: {told:,.0f} claims a second at once")
    return figures


def rules_rows(figures: Sequence[Figures]) -> list[Row]:
    """Return the rows: against hand-written code, on a mix, at once, and what loading takes."""
    rows = []
    for name in figures[0]["by_hand"]:
        each = [run["by_hand"][name] for run in figures]
        rows += [
            row(
                f"{name}, by hand / generated",
                [one["ratio"] for one in each],
                bound=f"at least {RATIO}",
                met=lambda median: median >= RATIO,
            ),
            row("- generated, us a claim", [one["generated_us"] for one in each]),
            row("- by hand, us a claim", [one["by_hand_us"] for one in each]),
        ]
    mixed = [run["one_by_one"] for run in figures]
    at_once = [run["at_once"] for run in figures]
    load = [run["load"] for run in figures]
    return [
        *rows,
        _rate("mix, generated: claims a second", mixed, "generated_a_s", ONE_BY_ONE_A_S),
        _rate("mix, interpreted: claims a second", mixed, "interpreted_a_s"),
        _rate("mix, batch kernel: claims a second", at_once, "given_a_s", AT_ONCE_A_S),
        _rate("mix, members chained: claims a second", at_once, "chained_a_s"),
        row("loading all regions, processor s", [one["load_s"] for one in load]),
        row(f"finding all {load[-1]['cells']:,} cells, s", [one["find_s"] for one in load]),
        row("compiling them all, s", [one["compile_s"] for one in load]),
        row(
            "loading and compiling, s",
            [one["load_s"] + one["compile_s"] for one in load],
            bound=f"under {LOAD_S} s",
            met=lambda median: median < LOAD_S,
        ),
        row(
            "largest compiled bundle, MB",
            [run["bundle_mb"] for run in figures],
            bound=f"under {BUNDLE_MB} MB",
            met=lambda median: median < BUNDLE_MB,
        ),
    ]


def _rate(name: str, figures: Sequence[Figures], key: str, least: int | None = None) -> Row:
    values = [each[key] for each in figures]
    if least is None:
        return row(name, values, 0)
    return row(name, values, 0, bound=f"at least {least:,}", met=lambda median: median >= least)
