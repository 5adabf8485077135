"""Charts as SVG inside a page: bars side by side, drawn in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_LEFT, _TOP, _PLOT, _FOOT = 110, 30, 220, 40
_BAR, _GAP = 22, 26


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of bars: a value a label, and how each is told to a reader."""

    name: str
    colour: str
    values: Sequence[int]
    told: Sequence[str]


def bar_chart(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Return a chart with a group of bars for each label; values may be negative."""
    group = _BAR * len(series) + _GAP
    width, height = _LEFT + group * len(labels) + _GAP, _TOP + _PLOT + _FOOT
    values = [value for each in series for value in each.values]
    top, bottom = max([0, *values]), min([0, *values])
    scale = max(1, top - bottom)

    def y(value: int) -> int:
        return _TOP + (top - value) * _PLOT // scale

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        *_legend(series),
    ]
    for i, label in enumerate(labels):
        left = _LEFT + i * group
        for j, each in enumerate(series):
            value, x = each.values[i], left + j * _BAR
            high, low = min(y(value), y(0)), max(y(value), y(0))
            said = escape(f"{label} · {each.name}: {each.told[i]}")
            parts.append(
                f'<rect x="{x}" y="{high}" width="{_BAR - 2}" height="{low - high}" '
                f'fill="{each.colour}"><title>{said}</title></rect>'
            )
        middle = left + _BAR * len(series) // 2
        parts.append(
            f'<text x="{middle}" y="{height - 14}" text-anchor="middle">{escape(label)}</text>'
        )
    parts.append(f'<line x1="{_LEFT - 8}" x2="{width}" y1="{y(0)}" y2="{y(0)}" stroke="#333"/>')
    parts.extend(_ends(series, y(top), y(bottom), top, bottom))
    return "\n".join([*parts, "</svg>"])


def _legend(series: Sequence[Series]) -> list[str]:
    parts = []
    for i, each in enumerate(series):
        x = _LEFT + i * 170
        parts.append(f'<rect x="{x}" y="6" width="12" height="12" fill="{each.colour}"/>')
        parts.append(f'<text x="{x + 18}" y="16">{escape(each.name)}</text>')
    return parts


def _ends(series: Sequence[Series], high: int, low: int, top: int, bottom: int) -> list[str]:
    """Write the largest and the smallest value beside the axis."""
    told = {
        value: words for each in series for value, words in zip(each.values, each.told, strict=True)
    }
    told.setdefault(0, "0.00")
    ends = {top: high, bottom: low, 0: None}
    return [
        f'<text x="{_LEFT - 12}" y="{at + 4}" text-anchor="end">{escape(told[value])}</text>'
        for value, at in ends.items()
        if at is not None and value in told
    ]
