"""From the figures of all runs to the rows that are printed, bounds included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench.command_times import CLAIMS, CommandTimes
from tests.bench.table import Row, row

VISITS_PER_S = 80
HELP_S = 0.5
ADJUDICATE_S = 2.0
GROWTH_KIB = 2
"""What a visit may add to the network's memory between half and end: less than its records."""

JUDGED_FROM = 10_000
"""Visits before which the databases' caches are still filling, so that growth says nothing."""

Figures = Mapping[str, Any]


def replay_rows(replays: Sequence[Figures], bare: Sequence[Figures]) -> list[Row]:
    """Return the rows of the replays, each with the bare server's figures of the same run."""
    pairs = list(zip(replays, bare, strict=True))
    ours = [_rate(replay) for replay in replays]
    last = replays[-1]
    traffic = last["traffic"]
    return [
        Row("visits compared with what was expected", f"{last['visits']:,}"),
        row(
            "full visits a second",
            ours,
            1,
            bound=f"at least {VISITS_PER_S}",
            met=lambda median: median >= VISITS_PER_S,
        ),
        row("the same calls, bare: visits a second", [_rate(each) for each in bare], 1),
        row("ours / bare", [_rate(replay) / _rate(each) for replay, each in pairs], 3),
        row("comparing every result afterwards, s", [each["compared_s"] for each in replays], 1),
        row("calls a visit", [each["traffic"]["calls"] / each["visits"] for each in replays], 2),
        Row(
            "bytes a call, request and answer",
            f"{traffic['request_bytes'] // traffic['calls']:,} and"
            f" {traffic['answer_bytes'] // traffic['calls']:,}",
        ),
        Row("journal lines", f"{last['journal_lines']:,}"),
        row("commits of databases", [each["durable"]["commits"] for each in replays], 0),
        row("appends to the log", [each["durable"]["appends"] for each in replays], 0),
        row("records in the log", [each["durable"]["records"] for each in replays], 0),
        row("network, processor ms a visit", [_cpu(each, "network_cpu_s") for each in replays]),
        row("driver, processor ms a visit", [_cpu(each, "driver_cpu_s") for each in replays]),
        *_memory_rows(replays),
    ]


def _memory_rows(replays: Sequence[Figures]) -> list[Row]:
    names = {"1": "a tenth", "5": "half", "10": "all"}
    rows = [
        row(
            f"network's memory after {name} of the visits, MiB",
            [_resident(each, tenth) for each in replays],
            1,
        )
        for tenth, name in names.items()
    ]
    judged = replays[0]["visits"] >= JUDGED_FROM
    growth = row(
        "its growth from half to end, KiB a visit",
        [_growth(each) for each in replays],
        bound=f"at most {GROWTH_KIB}" if judged else "",
        met=(lambda median: median <= GROWTH_KIB) if judged else None,
    )
    return [*rows, growth]


def command_rows(helps: CommandTimes, adjudications: CommandTimes) -> list[Row]:
    """Return the rows of the commands' times."""
    claims = f"yidi adjudicate, {CLAIMS:,} claims"
    return [
        *_timing("yidi --help", "python -c pass", helps, HELP_S),
        *_timing(claims, "parsing them", adjudications, ADJUDICATE_S),
    ]


def outcomes_told(replay: Figures, adjudications: Mapping[str, int]) -> str:
    """Return what became of the visits and of the claims."""
    return f"Visits: {_told(replay['states'])}. Claims: {_told(adjudications)}."


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _timing(name: str, reference: str, times: CommandTimes, most_s: float) -> list[Row]:
    ratios = [ours / bare for ours, bare in zip(times.ours_s, times.reference_s, strict=True)]
    return [
        row(
            f"{name}, s",
            times.ours_s,
            3,
            bound=f"under {most_s} s",
            met=lambda median: median < most_s,
        ),
        row(f"{reference}, s", times.reference_s, 3),
        row(f"{name} / {reference}", ratios, 1),
    ]


def _rate(figures: Figures) -> float:
    return float(figures["visits"] / figures["played_s"])


def _cpu(figures: Figures, name: str) -> float | None:
    return None if figures[name] is None else figures[name] / figures["visits"] * 1000


def _resident(figures: Figures, tenth: str) -> float | None:
    kib = figures["resident_kib"].get(tenth)
    return None if kib is None else kib / 1024


def _growth(figures: Figures) -> float | None:
    kib = figures["resident_kib"]
    if "5" not in kib or "10" not in kib:
        return None
    return float((kib["10"] - kib["5"]) / (figures["visits"] / 2))
