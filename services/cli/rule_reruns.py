"""``yidi rules reruns|rerun|correct``: what a publication changes of what was settled before."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from clearing.money import format_yuan
from protos.insured.v1 import insured_pb2
from services.cli import exit_codes
from services.cli.connection import Connection
from services.cli.rule_desk import as_dict, at_desk, header

_POLL_S = 0.2
_PAGE = 1_000


def reruns_command(
    region: str, rerun_id: str, data: Path, *, changed_only: bool, as_json: bool
) -> int:
    """List a region's re-runs, or the items of one."""

    async def work(connection: Connection) -> int:
        if rerun_id:
            found = await _whole(connection, region, rerun_id, changed_only)
            _show_one(found, as_json)
            return exit_codes.OK
        listed = await connection.insured.ListReruns(
            insured_pb2.ListRerunsRequest(insured_region=region)
        )
        _show_all(listed, as_json)
        return exit_codes.OK

    return at_desk(data, region, work)


def repeat_command(region: str, rerun_id: str, data: Path, wait_s: int, as_json: bool) -> int:
    """Run the chains of a re-run once more, and list what comes of it."""

    async def work(connection: Connection) -> int:
        started = await connection.insured.RepeatRerun(
            insured_pb2.RepeatRerunRequest(header=header(region, "repeat"), rerun_id=rerun_id)
        )
        _show_one(await rerun_of(connection, region, started.rerun_id, wait_s), as_json)
        return exit_codes.OK

    return at_desk(data, region, work)


def correct_command(
    region: str,
    item: tuple[str, str],
    by: str,
    why: str,
    data: Path,
    *,
    through_hospital: bool = False,
    as_json: bool = False,
) -> int:
    """Record that the difference of an item, a re-run's and a settlement's id, was settled."""
    rerun_id, settlement_id = item

    async def work(connection: Connection) -> int:
        recorded = await connection.insured.RecordCorrection(
            insured_pb2.RecordCorrectionRequest(
                header=header(region, "correct"),
                rerun_id=rerun_id,
                settlement_id=settlement_id,
                by=by,
                why=why,
                through_hospital=through_hospital,
            )
        )
        if as_json:
            print(json.dumps(as_dict(recorded), ensure_ascii=False, indent=2))
        else:
            amount = format_yuan(recorded.difference_fen)
            print(f"{settlement_id} {recorded.remedy} {amount} {recorded.state}")
        return exit_codes.OK

    return at_desk(data, region, work)


async def rerun_of(connection: Connection, region: str, rerun_id: str, wait_s: int) -> Any:
    """Return a re-run with what it changes, once it is done or ``wait_s`` have passed."""
    give_up = time.monotonic() + wait_s
    while True:
        request = insured_pb2.GetRerunRequest(insured_region=region, rerun_id=rerun_id, limit=1)
        page = await connection.insured.GetRerun(request)
        if page.rerun.state == "done" or time.monotonic() > give_up:
            return await _whole(connection, region, rerun_id, changed_only=True)
        await asyncio.sleep(_POLL_S)


async def _whole(connection: Connection, region: str, rerun_id: str, changed_only: bool) -> Any:
    """Return all pages of a re-run as one."""
    whole, after = None, ""
    while True:
        page = await connection.insured.GetRerun(
            insured_pb2.GetRerunRequest(
                insured_region=region,
                rerun_id=rerun_id,
                after_settlement_id=after,
                limit=_PAGE,
                changed_only=changed_only,
            )
        )
        if whole is None:
            whole = page
        else:
            whole.items.extend(page.items)
        after = page.next_after
        if not after:
            return whole


def show_rerun(found: Any, console: Console) -> None:
    """Print a re-run: each settlement with old, new, difference and what to do."""
    job = found.rerun
    console.print(
        f"{job.rerun_id} {job.state}: {job.settlements:,} settlements of {job.chains:,} member "
        f"years; reimburse / 补付 {format_yuan(job.reimburse_fen)}, "
        f"recover / 追回 {format_yuan(job.recover_fen)}"
    )
    if not found.items:
        return
    table = Table()
    for heading in ("settlement", "member"):
        table.add_column(heading, overflow="fold")
    table.add_column("day", no_wrap=True)
    for heading in ("old / 原", "new / 新", "difference / 差额"):
        table.add_column(heading, justify="right")
    table.add_column("to do / 处理")
    for item in found.items:
        old, new = (
            sum(each.amount_fen for each in funds) for funds in (item.old_by_fund, item.new_by_fund)
        )
        table.add_row(
            item.settlement_id,
            item.member_id,
            item.day,
            format_yuan(old),
            format_yuan(new),
            format_yuan(item.difference_fen),
            f"{item.remedy} ({item.state})" + (f" {item.new_code}" if item.new_code else ""),
        )
    console.print(table)


def _show_one(found: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(as_dict(found), ensure_ascii=False, indent=2))
    else:
        show_rerun(found, Console(markup=False))


def _show_all(listed: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(as_dict(listed), ensure_ascii=False, indent=2))
        return
    table = Table(title="re-runs / 追溯重算")
    for heading in ("re-run", "from / 起", "state"):
        table.add_column(heading, no_wrap=True)
    for heading in ("settlements", "reimburse / 补付", "recover / 追回"):
        table.add_column(heading, justify="right")
    table.add_column("rules / 规则包", overflow="fold")
    for job in listed.reruns:
        table.add_row(
            job.rerun_id,
            job.from_on,
            job.state,
            f"{job.settlements:,}",
            format_yuan(job.reimburse_fen),
            format_yuan(job.recover_fen),
            job.policy_bundle,
        )
    Console(markup=False).print(table)
