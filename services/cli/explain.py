"""``yidi explain SETTLEMENT``: a settlement's decision, step by step, in Chinese and English."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table

from clearing.errors import Malformed, NotFound, YidiError
from clearing.geography import check_region
from clearing.money import format_yuan
from protos.common.v1 import common_pb2
from protos.insured.v1 import insured_pb2
from services.cli import exit_codes
from services.cli.connection import Connection, connected, describe

_NOWHERE = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAVAILABLE)


def explain_command(settlement_id: str, data: Path, region: str, as_json: bool) -> int:
    """Explain a settlement; without ``region`` every insured region is asked for it."""
    try:
        if region:
            check_region(region, "--region")
        explained = asyncio.run(_explained(settlement_id, data, region))
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        bad = isinstance(error, NotFound | Malformed)
        return exit_codes.BAD_INPUT if bad else exit_codes.UNREACHABLE
    if as_json:
        print(json.dumps(as_dict(explained), ensure_ascii=False, indent=2))
    else:
        show_explanation(explained, Console())
    return exit_codes.OK


async def _explained(settlement_id: str, data: Path, region: str) -> Any:
    async with connected(data) as connection:
        return await find_explanation(connection, settlement_id, region, data)


async def find_explanation(
    connection: Connection, settlement_id: str, region: str, data: Path
) -> Any:
    """Return the explanation from the insured region that decided the settlement."""
    regions = [region] if region else sorted(p.stem for p in (data / "insured").glob("*.sqlite3"))
    for candidate in regions:
        request = insured_pb2.ExplainSettlementRequest(
            insured_region=candidate, settlement_id=settlement_id
        )
        try:
            return await connection.insured.ExplainSettlement(request)
        except grpc.RpcError as error:
            if error.code() not in _NOWHERE:
                raise
    raise NotFound(
        "settlement_unknown",
        f"no insured region has settlement {settlement_id!r}",
        f"没有结算 {settlement_id!r}",
        field="SETTLEMENT",
    )


def as_dict(explained: Any) -> dict[str, Any]:
    """Return an explanation as JSON-like data, under the field names of the .proto."""
    return MessageToDict(
        explained,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
    )


def show_explanation(explained: Any, console: Console) -> None:
    """Print an explanation: who, what, each step with its source, and who pays what."""
    claim, decision = explained.claim, explained.adjudication
    state = common_pb2.SettlementState.Name(explained.state).removeprefix("SETTLEMENT_STATE_")
    title = f"{explained.settlement_id}  {state.lower()}"
    if decision.illustrative:
        title += "  (illustrative rules / 示例规则)"
    table = Table(title=title, show_lines=True)
    table.add_column("source / 依据")
    table.add_column("rule / 规则", ratio=1, overflow="fold")
    table.add_column("amount / 金额", justify="right")
    table.add_column("running / 累计", justify="right")
    for step in decision.explanation:
        edition = f"\n{step.edition}" if step.edition else ""
        table.add_row(
            f"{step.source or '-'}{edition}",
            f"{step.rule_zh}\n[dim]{step.rule_en}[/dim]",
            format_yuan(step.amount_fen),
            format_yuan(step.running_fen),
        )
    if claim.insured_region:
        console.print(
            f"{claim.insured_region} → {claim.care_region}  "
            f"{claim.admitted_on} – {claim.discharged_on}  "
            f"{format_yuan(claim.cost.total_fen)} yuan / 元"
        )
    console.print(table)
    payment = decision.payment
    if decision.outcome == common_pb2.OUTCOME_PAID:
        console.print(
            f"fund / 基金 {format_yuan(payment.fund_fen)}, "
            f"personal / 个人 {format_yuan(payment.personal_fen)} "
            f"(deductible / 起付线 {format_yuan(payment.deductible_fen)})"
        )
    elif decision.code:
        console.print(f"{decision.code}: {decision.message_zh} / {decision.message_en}")
    console.print(f"rules / 规则包 {decision.policy_bundle}", style="dim")
