"""``yidi explain SETTLEMENT``: a page about every settlement of a network, whatever came of it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from clearing.wording import Language
from services.cli import exit_codes
from services.cli.connection import connected
from services.cli.explain import explain_command, find_explanation, settlement_page
from services.cli.explanation_form import Form
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
    assert explain_command(settlement, replayed, "", form) == exit_codes.OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["settlement_id"] == answer["page"]["settlement_id"] == settlement
    assert answer["page"]["total"] in path.read_text(encoding="utf-8")
    assert int(answer["cost"]["total_fen"]) > 0
