"""The result as a Markdown table, which reads well as plain text too."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured: its name, the median of its runs, their spread, what it's held to."""

    name: str
    median: str
    spread: str = ""
    bound: str = ""


def row(
    name: str,
    values: Sequence[float | None],
    digits: int = 2,
    *,
    unit: str = "",
    bound: str = "",
    met: Callable[[float], bool] | None = None,
) -> Row:
    """Make a row of the runs' values; ``met`` says whether a median keeps the bound."""
    known = [value for value in values if value is not None]
    if not known:
        return Row(name, "not known here", bound=bound)
    median = statistics.median(known)
    told = bound if met is None else f"{bound}: {'met' if met(median) else 'MISSED'}"
    spread = f"{min(known):,.{digits}f} to {max(known):,.{digits}f}" if len(known) > 1 else ""
    return Row(name, f"{median:,.{digits}f}{unit}", spread, told)


def markdown(rows: Sequence[Row]) -> str:
    """Return the table with its columns aligned."""
    cells = [("what", "median", "spread", "bound"), ("---", "---:", "---:", "---")]
    cells += [(each.name, each.median, each.spread, each.bound) for each in rows]
    widths = [max(_width(line[at]) for line in cells) for at in range(4)]
    return "\n".join("| " + " | ".join(_filled(line, widths)) + " |" for line in cells)


def _filled(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
