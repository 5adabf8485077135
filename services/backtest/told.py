"""A backtest's result on the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from services.backtest.words import HEADINGS, MEMBERS, OUTCOMES, both, label

_NUMBERS = ("claims", "changed", "before", "after", "change", "%")


def show(report: dict[str, Any], console: Console) -> None:
    """Print a report of ``report_of``, without the explanations."""
    what_if = report["what_if"]
    console.print(f"{what_if['zh']} / {what_if['en']}", style="bold", markup=False)
    console.print(
        "假设方案, 非现行政策 / a what-if: its numbers are nobody's policy", style="yellow"
    )
    if report["illustrative_rules"]:
        console.print(
            "部分现行规则为示例 / some rules compared with are illustrative", style="yellow"
        )
    if report["findings"]:
        console.print(
            f"方案未通过规则检查 / the changed rules do not pass the check "
            f"({len(report['findings'])}):",
            style="bold red",
        )
        for finding in report["findings"]:
            console.print(f"  {finding}", style="red", markup=False)
    console.print(_sums(report))
    members = Table(title="参保人 / members")
    members.add_column("")
    for name in ("members", "change"):
        members.add_column(name, justify="right")
    for name, group in report["by_member"].items():
        members.add_row(both(MEMBERS[name]), str(group["members"]), group["change"])
    console.print(members)
    if report["outcomes_changed"]:
        console.print(_outcomes(report))
    if report["largest"]:
        console.print(_largest(report))
    for region in report["regions"]:
        after = region["bundle_after"] if region["touched"] else "unchanged / 不变"
        console.print(
            f"{region['region']}: {region['claims']} claims; {region['bundle_before']} → {after}",
            style="dim",
            highlight=False,
        )


def _sums(report: dict[str, Any]) -> Table:
    table = Table(
        title=f"基金支付, 元 / what the funds pay, yuan: {report['claims']} claims of "
        f"{report['members']} members"
    )
    table.add_column("")
    for name in _NUMBERS:
        table.add_column(name, justify="right")
    table.add_row("合计 / total", *_figures(report["total"]), end_section=True)
    for by, heading in HEADINGS.items():
        rows = report[f"by_{by}"]
        for i, row in enumerate(rows):
            last = i == len(rows) - 1
            name = f"{heading.zh}: {label(by, row)}"
            table.add_row(name, *_figures(row), end_section=last)
    return table


def _figures(row: dict[str, Any]) -> tuple[str, ...]:
    numbers = (str(row.get("claims", "")), str(row.get("changed", "")))
    return (*numbers, row["before"], row["after"], row["change"], row["change_percent"] or "-")


def _outcomes(report: dict[str, Any]) -> Table:
    table = Table(title="结论变化 / outcomes that change")
    for name in ("before", "after"):
        table.add_column(name)
    for name in ("claims", "paid before", "paid after"):
        table.add_column(name, justify="right")
    for each in report["outcomes_changed"]:
        sides = (
            f"{both(OUTCOMES[each[side]])} {each[f'{side}_code'] or ''}"
            for side in ("before", "after")
        )
        table.add_row(*sides, str(each["claims"]), each["paid_before"], each["paid_after"])
    return table


def _largest(report: dict[str, Any]) -> Table:
    table = Table(title="变化最大的费用 / the largest changes (explained in the report)")
    for name in ("row", "member", "region", "care"):
        table.add_column(name)
    for name in ("total", "before", "after", "change"):
        table.add_column(name, justify="right")
    for each in report["largest"]:
        claim = each["claim"]
        sides = (each[side]["fund"] or each[side]["outcome"] for side in ("before", "after"))
        table.add_row(
            str(each["row"]),
            each["member_id"],
            claim["insured_region"],
            f"{claim['care_type']} {claim['discharged_on']}",
            claim["total"],
            *sides,
            each["change"],
        )
    return table
