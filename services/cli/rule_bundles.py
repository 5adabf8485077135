"""``yidi rules bundles REGION``: a region's rule bundles, how far each is, and who did what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from protos.insured.v1 import insured_pb2
from services.cli import exit_codes
from services.cli.connection import Connection
from services.cli.rule_desk import as_dict, at_desk


def bundles_command(region: str, data: Path, as_json: bool) -> int:
    """List the bundles: those that decide in the order they are asked, then the others."""

    async def work(connection: Connection) -> int:
        listed = await connection.insured.ListBundles(
            insured_pb2.ListBundlesRequest(insured_region=region)
        )
        if as_json:
            print(json.dumps(as_dict(listed), ensure_ascii=False, indent=2))
        else:
            _show(listed, Console(markup=False))
        return exit_codes.OK

    return at_desk(data, region, work)


def _show(listed: Any, console: Console) -> None:
    table = Table(title="rule bundles / 规则包", show_lines=True)
    table.add_column("bundle", overflow="fold", ratio=1)
    table.add_column("state / 状态")
    table.add_column("care days / 就医日期")
    table.add_column("acts / 经过", ratio=2)
    for bundle in listed.bundles:
        made_up = " (illustrative / 示例)" if bundle.illustrative else ""
        table.add_row(
            f"{bundle.policy_bundle}\n{bundle.name_zh}{made_up}",
            bundle.state,
            "\n".join(_days(each) for each in bundle.publications),
            "\n".join(_act(act) for act in bundle.acts),
        )
    console.print(table)


def _days(publication: Any) -> str:
    start = publication.from_on or "…"
    until = publication.superseded_from_on
    return f"#{publication.number} {start} –" + (f" before {until}" if until else "")


def _act(act: Any) -> str:
    why = f": {act.why}" if act.why else ""
    start = f" from {act.from_on}" if act.from_on else ""
    return f"{act.at.ToDatetime():%Y-%m-%d} {act.kind}{start} by {act.by}{why}"
