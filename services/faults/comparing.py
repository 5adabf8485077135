"""The proof beyond the rows: a sequential pass, the product's own verification, reconciliation."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import date

from adapters.files.rule_books import RuleBooks
from clearing.errors import YidiError
from clearing.messages import Role
from protos.common.v1 import common_pb2
from protos.house.v1 import house_pb2
from services.faults.hospital import Hospital
from services.faults.load import Load
from services.faults.rows import Rows
from services.faults.wrong import Wrong
from services.harness.compare import compare_accumulators, compare_visit
from services.harness.read_back import member_balances, visit_results
from services.node.day_book import BookedLine

Proofs = dict[str, list[Wrong]]

ACCOUNTS = "account balances = the same pass"
ACCUMULATORS = "accumulators = a sequential pass over all visits from the first"
VISITS = "every visit ended as in that pass, to the 分"
VERIFIED = "yidi verify --server finds every book sound"
RECONCILED = "yidi reconcile finds no break on any day"

DAYS_AT_ONCE = 8


async def compare_with_pass(load: Load, hospital: Hospital, rules: RuleBooks) -> Proofs:
    """Compare what the nodes show with a sequential pass over what was played."""
    expected, balances = load.expected(rules)
    proofs: Proofs = {VISITS: [], ACCUMULATORS: [], ACCOUNTS: []}
    async for got in visit_results(hospital, load.visits, load.played):
        try:
            compare_visit(expected[got.key], got)
        except YidiError as error:
            ids = ", ".join(load.played[got.key].settlement_ids)
            proofs[VISITS].append(Wrong("visit_differs", f"settlement {ids}", error.message_en))
    shown = await member_balances(hospital, load.members())
    try:
        compare_accumulators(balances.accumulators, shown.accumulators)
    except YidiError as error:
        proofs[ACCUMULATORS].append(Wrong("accumulators_differ", "a member", error.message_en))
    for account, balance_fen in sorted(balances.accounts.items()):
        if shown.accounts.get(account) != balance_fen:
            name = f"{account.account_region}: account {account.account_id}"
            detail = f"{shown.accounts.get(account)} fen, not {balance_fen}"
            proofs[ACCOUNTS].append(Wrong("account_differs", name, detail))
    return proofs


def verify_books(url: str) -> Proofs:
    """Have ``yidi verify`` recompute all books of the database server."""
    done = subprocess.run(
        [sys.executable, "-m", "services.cli.main", "verify", "--server", "--json"],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"YIDI_DATABASE_URL": url},
    )
    try:
        nodes = json.loads(done.stdout)["nodes"]
    except (ValueError, KeyError):
        return {VERIFIED: [Wrong("not_verified", "the books", done.stderr[-500:])]}
    wrong = [
        Wrong("books_unsound", node["node"], node["first_fault"])
        for node in nodes
        if node["first_fault"]
    ]
    return {VERIFIED: wrong}


async def reconcile_days(hospital: Hospital, rows: Rows) -> Proofs:
    """Have the house compare the three books of every day that has a line."""
    days = sorted({line.on for _, line in rows.every(Role.CARE, BookedLine)})
    wrong: list[Wrong] = []
    for at in range(0, len(days), DAYS_AT_ONCE):
        some = days[at : at + DAYS_AT_ONCE]
        for found in await asyncio.gather(*(_reconciled(hospital, day) for day in some)):
            wrong += found
    return {f"{RECONCILED} of {len(days)}": wrong}


async def _reconciled(hospital: Hospital, day: date) -> list[Wrong]:
    header = common_pb2.RequestHeader(
        request_id=f"faults.{day}", institution_id="operator", region="000000"
    )
    request = house_pb2.ReconcileDayRequest(header=header, on=day.isoformat())
    answer = await hospital.call(hospital.house.ReconcileDay, request)
    wrong = [
        Wrong("break", f"settlement line {each.line_id}", f"{day}: {each.kind}")
        for each in answer.breaks
    ]
    if answer.unreachable_regions:
        regions = ", ".join(answer.unreachable_regions)
        wrong.append(Wrong("not_reconciled", f"{day}", f"not reached: {regions}"))
    return wrong
