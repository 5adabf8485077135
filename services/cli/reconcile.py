"""``yidi reconcile DAY``: three-way reconciliation of a business day."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table

from clearing.errors import NotFound, YidiError
from clearing.money import format_yuan
from protos.common.v1 import common_pb2
from protos.house.v1 import house_pb2
from services.cli import exit_codes
from services.cli.connection import Connection, connected, describe


def reconcile_command(day: date, data: Path, as_json: bool, house: str = "") -> int:
    """Reconcile a day; the exit code is 1 while it has open breaks, 3 where a region is away.

    ``house`` is ``host:port`` of a running clearing house, instead of the data folder's.
    """
    try:
        answer = asyncio.run(_reconciled(day, data, house))
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        return exit_codes.BAD_INPUT if isinstance(error, NotFound) else exit_codes.UNREACHABLE
    if as_json:
        print(
            json.dumps(
                MessageToDict(
                    answer,
                    preserving_proto_field_name=True,
                    always_print_fields_with_no_presence=True,
                ),
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        show_reconciliation(answer, Console())
    if answer.breaks:
        return exit_codes.DIFFERENCE
    return exit_codes.UNREACHABLE if answer.unreachable_regions else exit_codes.OK


async def _reconciled(day: date, data: Path, house: str) -> Any:
    async with connected(data, house) as connection:  # the house asks the regions itself
        return await reconcile(connection, day)


async def reconcile(connection: Connection, day: date) -> Any:
    """Have the house reconcile a day and return its answer."""
    header = common_pb2.RequestHeader(
        request_id=f"reconcile.{day}.{secrets.token_hex(8)}",
        institution_id="operator",
        region="000000",
    )
    return await connection.house.ReconcileDay(
        house_pb2.ReconcileDayRequest(header=header, on=day.isoformat()), timeout=300
    )


def show_reconciliation(answer: Any, console: Console) -> None:
    """Print the three sides of each pair, and the breaks."""
    table = Table(title=f"reconciliation of {answer.on} / 三方对账")
    table.add_column("care / 就医地")
    table.add_column("payer / 付款地")
    for side in ("care side / 就医侧", "payer side / 参保侧", "house / 清算中心"):
        table.add_column(side, justify="right")
    table.add_column("agrees / 一致")
    away = set(answer.unreachable_regions)
    for pair in answer.pairs:
        agrees = "yes / 是" if pair.agrees else "[bold red]no / 否[/bold red]"
        table.add_row(
            pair.care_region,
            pair.insured_region,
            _NOT_KNOWN if _is_away(pair, "care", away) else _total(pair.care),
            _NOT_KNOWN if _is_away(pair, "insured", away) else _total(pair.insured),
            _total(pair.house),
            _NOT_KNOWN if away & {pair.care_region, pair.insured_region} else agrees,
        )
    console.print(table)
    for found in answer.breaks:
        console.print(f"[bold red]{found.kind}[/bold red] {found.line_id}: {found.detail}")
    if answer.unreachable_regions:
        console.print(f"not reached / 未应答: {', '.join(answer.unreachable_regions)}")
    console.print(
        f"{answer.matched_lines} lines matched / 笔一致, {len(answer.breaks)} breaks / 差异"
    )


_NOT_KNOWN = "?"


def _is_away(pair: Any, side: str, away: AbstractSet[str]) -> bool:
    """Tell whether a side has said nothing because its region does not answer."""
    return getattr(pair, f"{side}_region") in away and not pair.HasField(side)


def _total(side: Any) -> str:
    return f"{side.lines} × {format_yuan(side.fund_fen + side.account_fen)}"
