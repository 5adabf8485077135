"""``yidi balances``: who owes whom, and the journal lines behind it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table

from clearing.errors import Malformed, NotFound, YidiError
from clearing.geography import check_region
from clearing.money import format_yuan
from protos.common.v1 import common_pb2
from protos.house.v1 import house_pb2
from services.cli import exit_codes
from services.cli.connection import Connection, connected, describe
from services.harness.operator_view import balance_matrices

PAGE = 5_000
_WIDTH = 200
"""Of what is no terminal: ids are not cut there."""

_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which positions; ``""`` means any. ``lines`` drills down to the journal."""

    payer: str = ""
    payee: str = ""
    period: str = ""
    lines: bool = False


def balances_command(wanted: Wanted, data: Path, as_json: bool, house: str = "") -> int:
    """Print positions, or the journal lines behind them.

    ``house`` is ``host:port`` of a running clearing house, instead of the data folder's.
    """
    try:
        _check(wanted)
        positions, lines = asyncio.run(_fetch(wanted, data, house))
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        bad = isinstance(error, NotFound | Malformed)
        return exit_codes.BAD_INPUT if bad else exit_codes.UNREACHABLE
    if as_json:
        found = {
            "positions": [_as_dict(p) for p in positions],
            "lines": [_as_dict(x) for x in lines],
        }
        print(json.dumps(found, ensure_ascii=False, indent=2))
    elif wanted.lines:
        width = None if sys.stdout.isatty() else _WIDTH
        Console(markup=False, width=width).print(_line_table(lines))
    else:
        _show_positions(positions, Console(markup=False))
    return exit_codes.OK


def _check(wanted: Wanted) -> None:
    """Raise ``Malformed`` for a filter that can match nothing: silence would look like zero."""
    for name, region in (("--payer", wanted.payer), ("--payee", wanted.payee)):
        if region:
            check_region(region, name)
    if wanted.period and not _PERIOD.fullmatch(wanted.period):
        raise Malformed(
            "period",
            "a clearing month is written YYYY-MM",
            "清算期应写作 YYYY-MM",
            field="--period",
        )


async def _fetch(wanted: Wanted, data: Path, house: str) -> tuple[list[Any], list[Any]]:
    async with connected(data, house) as connection:
        answer = await connection.house.ListPositions(
            house_pb2.ListPositionsRequest(
                payer_region=wanted.payer, payee_region=wanted.payee, period=wanted.period
            )
        )
        lines: list[Any] = []
        if wanted.lines:
            found = journal_lines(connection, wanted.payer, wanted.payee, wanted.period)
            lines = [line async for line in found]
        return list(answer.positions), lines


async def journal_lines(
    connection: Connection, payer: str = "", payee: str = "", period: str = ""
) -> AsyncIterator[Any]:
    """Yield the journal's lines in order, page by page; ``""`` means any."""
    after = 0
    while True:
        page = await connection.house.ListJournalLines(
            house_pb2.ListJournalLinesRequest(
                payer_region=payer,
                payee_region=payee,
                period=period,
                after_sequence=after,
                limit=PAGE,
            )
        )
        for line in page.lines:
            yield line
        after = page.next_after_sequence
        if not after:
            return


def _as_dict(message: Any) -> dict[str, Any]:
    return MessageToDict(
        message,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
    )


def _show_positions(positions: list[Any], console: Console) -> None:
    matrix: dict[tuple[str, str], int] = defaultdict(int)
    by_fund: dict[tuple[str, str], int] = defaultdict(int)
    for position in positions:
        matrix[position.payer_region, position.payee_region] += position.amount_fen
        scheme = common_pb2.Scheme.Name(position.scheme).removeprefix("SCHEME_").lower()
        by_fund[scheme, _fund(position.fund)] += position.amount_fen
    if not positions:
        console.print("nobody owes anybody anything / 无应付款项")
        return
    for table in balance_matrices(matrix, console.width):
        console.print(table)
    funds = Table(title="by scheme and fund, yuan / 按险种和基金, 元")
    funds.add_column("scheme")
    funds.add_column("fund")
    funds.add_column("amount", justify="right")
    for (scheme, fund), amount_fen in sorted(by_fund.items()):
        funds.add_row(scheme, fund, format_yuan(amount_fen))
    console.print(funds)


def _line_table(lines: list[Any]) -> Table:
    table = Table(title="journal lines / 清算明细")
    for name in ("no.", "period", "payer", "payee", "kind", "fund", "amount", "settlement"):
        table.add_column(name, justify="right" if name in ("no.", "amount") else "left")
    for line in lines:
        table.add_row(
            str(line.sequence),
            line.period,
            line.payer_region,
            line.payee_region,
            line.kind,
            _fund(line.fund),
            format_yuan(line.amount_fen),
            line.settlement_id,
        )
    return table


def _fund(number: Any) -> str:
    return common_pb2.Fund.Name(number).removeprefix("FUND_").lower()
