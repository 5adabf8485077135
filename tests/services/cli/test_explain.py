"""``yidi explain SETTLEMENT``: a page about every settlement of a network, whatever came of it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clearing.wording import Language
from services.cli import exit_codes
from services.cli.connection import connected
from services.cli.explain import Asked, explain_command, find_explanation, settlement_page
from services.cli.explanation_form import Form
from services.cli.main import app
from services.explaining.page import Page


def _settlements(data: Path) -> list[str]:
    found: list[str] = []
    for database in sorted((data / "insured").glob("*.sqlite3")):
        connection = sqlite3.connect(database)
        rows = connection.execute("select settlement_id from settlement").fetchall()
        found.extend(str(settlement_id) for (settlement_id,) in rows)
        connection.close()
    return found


async def _pages(data: Path) -> list[tuple[Any, Page]]:
    pages = []
    async with connected(data) as connection:
        for settlement_id in _settlements(data):
            explained, region = await find_explanation(connection, settlement_id, "", data)
            pages.append((explained, settlement_page(explained, region, None)))
    return pages


def test_every_settlement_has_a_page_that_adds_up(replayed: Path) -> None:
    pages = asyncio.run(_pages(replayed))
    assert {page.outcome for _, page in pages} == {"paid", "refused", "manual"}
    for explained, page in pages:
        facts = {fact.label.en: fact.value.en for fact in page.facts}
        assert facts["Member (pseudonym)"] == explained.member_id
        assert page.total_fen == sum(part.amount_fen for part in page.cost) > 0
        assert page.settlement_id
        assert page.lines
        if page.fund_fen is not None:
            assert sum(part.amount_fen for part in page.payment) == page.total_fen
        kinds = {banner.kind for banner in page.banners}
        assert (page.outcome == "paid") == (not kinds & {"refused", "manual"})
    undone = [page for _, page in pages if page.banners and page.banners[0].kind == "undone"]
    assert undone


def test_a_visit_that_never_came_before_the_policy_has_a_page(replayed: Path) -> None:
    barred = [p for e, p in asyncio.run(_pages(replayed)) if not e.HasField("claim")]
    assert barred
    for page in barred:
        assert "scheme" not in {fact.label.en.lower() for fact in page.facts}
        assert page.banners[0].sentences[0].zh


def test_a_page_of_html_and_the_page_in_json(
    replayed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settlement = _settlements(replayed)[0]
    path = tmp_path / "page.html"
    form = Form(Language.CHINESE, str(path), as_json=True)
    assert explain_command(settlement, Asked(replayed), form) == exit_codes.OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["settlement_id"] == answer["page"]["settlement_id"] == settlement
    assert answer["page"]["total"] in path.read_text(encoding="utf-8")
    assert int(answer["cost"]["total_fen"]) > 0


def test_a_process_is_asked_for_a_settlement_of_one_region(
    replayed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settlement = _settlements(replayed)[0]

    async def ask() -> list[int]:
        async with connected(replayed) as connection:
            _, region = await find_explanation(connection, settlement, "", replayed)
            here = Asked(tmp_path, region, connection.addresses.insured)
            away = replace(here, insured="127.0.0.1:1")
            form = Form(as_json=True)
            return [
                await asyncio.to_thread(explain_command, wanted, asked, form)
                for wanted, asked in ((settlement, here), ("stl-none", here), (settlement, away))
            ]

    assert asyncio.run(ask()) == [exit_codes.OK, exit_codes.BAD_INPUT, exit_codes.UNREACHABLE]
    assert json.loads(capsys.readouterr().out)["settlement_id"] == settlement


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "stl-1", "--insured", "127.0.0.1:7620"],
        ["explain", "stl-1", "--insured", "127.0.0.1", "--region", "330213"],
        ["explain", "stl-1", "--insured", "330213=127.0.0.1:7620", "--region", "330213"],
        ["balances", "--house", "127.0.0.1"],
        ["balances", "--house", "http://127.0.0.1:7630"],
        ["reconcile", "2024-01-01", "--house", "127.0.0.1:99999"],
        ["dead-letters", "list", "--care", "a:1|b"],
    ],
)
def test_an_address_without_a_port_or_a_process_without_a_region_is_bad_input(
    arguments: list[str],
) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == exit_codes.BAD_INPUT
    assert "HOST:PORT" in result.output or "--region" in result.output
