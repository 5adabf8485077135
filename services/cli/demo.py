"""``yidi demo``: a day of remote-care settlement, end to end, as an operator sees it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import uvloop
from rich.console import Console

from clearing.benefits.policies import Library
from clearing.calendar import Instant, civil_date
from clearing.errors import Malformed, YidiError
from clearing.geography import is_home
from clearing.wording import Language
from services.cli import exit_codes
from services.cli.balances import journal_lines
from services.cli.connection import Connection, connection_to, describe
from services.cli.explain import find_explanation, settlement_page
from services.cli.noted_rules import noted_rules
from services.cli.reconcile import reconcile, show_reconciliation
from services.cli.replay import ReplayOptions, replay_through
from services.cli.up import serving
from services.explaining.as_text import show_page
from services.harness.checkpoint import Checkpoint, checkpoint_path
from services.harness.corpus import FinalState, VisitResult
from services.harness.difference import DifferenceError, NodesUnreachable
from services.harness.folder import CorpusFolder
from services.harness.nodes_client import Endpoints
from services.harness.operator_view import balance_matrices, matrix_of, states_table
from services.network.network import Addresses, Network
from services.network.settings import NetworkSettings


def demo_command(corpus: Path, data: Path, *, once: bool) -> int:
    """Serve a network, replay a corpus through it, show what came of it, go on serving."""
    try:
        return uvloop.run(_demo(CorpusFolder(corpus), data, once))
    except DifferenceError as error:
        print(f"difference: {error.message_en}", file=sys.stderr)
        return exit_codes.DIFFERENCE
    except Malformed as error:
        print(describe(error), file=sys.stderr)
        return exit_codes.BAD_INPUT
    except (NodesUnreachable, YidiError) as error:
        print(f"error: {error}", file=sys.stderr)
        return exit_codes.UNREACHABLE


async def _demo(corpus: CorpusFolder, data: Path, once: bool) -> int:
    settings = NetworkSettings(data, replaying=True)
    if once:  # nobody else is to find it: any free ports will do
        settings = replace(settings, care_port=0, insured_port=0, house_port=0)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    console = Console()
    async with serving(settings) as (network, addresses):
        console.print(f"{len(network.nodes)} nodes serve; replaying {corpus.path}")
        outcome = await replay_through(
            corpus, Endpoints(**asdict(addresses)), ReplayOptions(data=data)
        )
        console.print(states_table(outcome.states))
        for table in balance_matrices(matrix_of(outcome.balances.positions), console.width):
            console.print(table)
        async with connection_to(addresses) as connection:
            sound = await _show_reconciliation(connection, console)
            await _show_explanation(connection, corpus, data, network, console)
        console.print(
            f"{outcome.visits:,} visits, each settlement and balance as expected "
            "/ 全部结算与余额与预期一致"
        )
        if not once:
            _say_serving(addresses, console)
            await ended.wait()
    return exit_codes.OK if sound else exit_codes.DIFFERENCE


async def _show_reconciliation(connection: Connection, console: Console) -> bool:
    """Reconcile every business day with lines; show the busiest in full, the others in a line."""
    days: Counter[date] = Counter()
    async for line in journal_lines(connection):
        days[civil_date(Instant(line.business_time.ToMilliseconds()))] += 1
    breaks = 0
    busiest = max(days, key=lambda day: (days[day], day), default=None)
    for day in sorted(days):
        answer = await reconcile(connection, day)
        breaks += len(answer.breaks) + len(answer.unreachable_regions)
        if day == busiest:
            show_reconciliation(answer, console)
    console.print(
        f"{len(days)} business days reconciled, {breaks} differences "
        f"/ 已对账 {len(days)} 个业务日, 差异 {breaks} 笔"
    )
    return breaks == 0


async def _show_explanation(
    connection: Connection, corpus: CorpusFolder, data: Path, network: Network, console: Console
) -> None:
    """Explain the largest remote settlement of a region whose rules a document gives."""
    visit_key = _largest(corpus, network.policies)
    if visit_key is None:
        return
    checkpoint = Checkpoint(checkpoint_path(data, corpus.digest()))
    settlement_id = checkpoint.finished[visit_key].settlement_ids[-1]
    checkpoint.close()
    explained, region = await find_explanation(connection, settlement_id, "", data)
    console.print(f"visit {visit_key}, explained / 逐条说明:")
    show_page(settlement_page(explained, region, noted_rules(data)), Language.BOTH, console)


def _largest(corpus: CorpusFolder, library: Library) -> str | None:
    remote = {
        visit.key: visit.insured_region
        for visit in corpus.visits()
        if not is_home(visit.insured_region, visit.care_region)
    }
    best: tuple[int, str] | None = None
    for result in corpus.results():
        if not isinstance(result, VisitResult) or result.state is not FinalState.SETTLED:
            continue
        policy = library.policy(remote.get(result.key, ""))
        if policy is None or policy.illustrative or result.payment is None:
            continue
        candidate = (result.payment.fund_fen, result.key)
        best = candidate if best is None else max(best, candidate)
    return None if best is None else best[1]


def _say_serving(addresses: Addresses, console: Console) -> None:
    console.print("serving until Ctrl-C / 持续服务, 按 Ctrl-C 结束:")
    console.print(f"  care-region service     {addresses.care}")
    console.print(f"  insured-region service  {addresses.insured}")
    console.print(f"  clearing house          {addresses.house}")
