"""A backtest's report as one page of HTML that needs nothing beside it."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from clearing.money import format_yuan
from services.backtest.backtest import Backtest
from services.backtest.chart import Series, bar_chart
from services.backtest.report import report_of, signed
from services.backtest.words import HEADINGS, MEMBERS, OUTCOMES, both, label

_OLD, _NEW, _UP, _DOWN = "#8a8f98", "#1f6feb", "#1a7f37", "#cf222e"


def page_of(result: Backtest) -> str:
    """Return the page; the same result gives the same page."""
    environment = Environment(
        loader=PackageLoader("services.backtest", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["grouped"] = grouped
    report = report_of(result)
    by = [name for name in HEADINGS if f"by_{name}" in report]
    return environment.get_template("page.html.j2").render(
        report=report,
        charts=[(title, Markup(chart)) for title, chart in charts(result).items()],
        tables=[(both(HEADINGS[name]), _rows(report, name)) for name in by],
        members=[(both(MEMBERS[name]), group) for name, group in report["by_member"].items()],
        most={name: both(MEMBERS[name]) for name in result.most_changed},
        outcomes={name: both(words) for name, words in OUTCOMES.items()},
    )


def charts(result: Backtest) -> dict[str, str]:
    """Return charts by title: what the funds pay by decile before and after, and the change."""
    deciles = result.effect.groups["decile"]
    labels = [each.name for each in deciles]
    change = [each.change_fen for each in deciles]
    old = Series("现行 / as it is", _OLD, *_told([each.before_fen for each in deciles]))
    new = Series("方案 / what if", _NEW, *_told([each.after_fen for each in deciles]))
    colour = _UP if sum(change) >= 0 else _DOWN
    difference = Series(
        "差额 / change", colour, change, [grouped(signed(value)) for value in change]
    )
    drawn = {
        "按总费用十分位的基金支付 / What the funds pay by decile of total cost": [old, new],
        "按总费用十分位的差额 / The change by decile of total cost": [difference],
    }
    return {title: bar_chart(title, labels, series) for title, series in drawn.items()}


def _told(values: list[int]) -> tuple[list[int], list[str]]:
    return values, [grouped(format_yuan(value)) for value in values]


def _rows(report: dict[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(label(name, row), row) for row in report[f"by_{name}"]]


def grouped(amount: str | int) -> str:
    """Write a number or an amount in yuan with commas between thousands."""
    whole, point, cents = str(amount).partition(".")
    sign = whole[0] if whole[0] in "+-" else ""
    return f"{sign}{int(whole.removeprefix(sign)):,}{point}{cents}"
