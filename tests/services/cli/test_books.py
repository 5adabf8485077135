"""What operators ask of a folder of books: balances, reconciliation, explanation, verification."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from protos.common.v1 import common_pb2
from protos.house.v1 import house_pb2
from services.cli import exit_codes
from services.cli.balances import Wanted, balances_command
from services.cli.explain import Asked, explain_command
from services.cli.explanation_form import Form
from services.cli.reconcile import reconcile_command, show_reconciliation
from services.cli.verify import verify_command
from tests.effort import thorough_only


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def _rows(database: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _tamper(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    try:
        assert connection.execute(statement).rowcount == 1
        connection.commit()
    finally:
        connection.close()


def _worked_example(data: Path) -> str:
    """Return the settlement of 22,980.00: Fenghua adult A on referral in Shanghai (S3:88)."""
    query = "select settlement_id from settlement where by_fund = '{\"pooled\":2298000}'"
    [(settlement_id,)] = _rows(data / "insured" / "330213.sqlite3", query)
    return str(settlement_id)


def test_balances_are_the_sums_of_the_lines_behind_them(
    replayed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = Wanted(payer="330213", lines=True)
    assert balances_command(wanted, replayed, as_json=True) == exit_codes.OK
    found = _json(capsys)
    owed = {p["payee_region"]: 0 for p in found["positions"]}
    for line in found["lines"]:
        owed[line["payee_region"]] += int(line["amount_fen"])
    positions = dict.fromkeys(owed, 0)
    for position in found["positions"]:
        positions[position["payee_region"]] += int(position["amount_fen"])
    assert owed == positions
    assert owed["310000"] > 0


def test_balances_as_a_person_reads_them(
    replayed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert balances_command(Wanted(), replayed, as_json=False) == exit_codes.OK
    assert "付款地" in capsys.readouterr().out


def test_lines_are_not_cut_where_no_terminal_is(
    replayed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = Wanted(payer="330213", lines=True)
    assert balances_command(wanted, replayed, as_json=False) == exit_codes.OK
    shown = capsys.readouterr().out
    assert _worked_example(replayed) in shown
    assert "…" not in shown


def test_the_worked_example_is_explained_with_its_sources(
    replayed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settlement = _worked_example(replayed)
    assert explain_command(settlement, Asked(replayed), Form(as_json=True)) == exit_codes.OK
    explained = _json(capsys)
    steps = explained["adjudication"]["explanation"]
    assert [step["source"] for step in steps if step["step"] == "subtract_points"] == ["S3:138"]
    assert explained["adjudication"]["payment"]["fund_fen"] == "2298000"
    assert all(step["rule_zh"] and step["rule_en"] for step in steps)


def test_an_unknown_settlement_is_said_to_be_unknown(
    replayed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain_command("stl-none", Asked(replayed), Form()) == exit_codes.BAD_INPUT
    assert "settlement_unknown" in capsys.readouterr().err


def test_a_region_that_is_away_is_not_shown_as_having_nothing() -> None:
    told = common_pb2.DayTotal(lines=5, fund_fen=59_925)
    pair = house_pb2.PairReconciliation(
        care_region="310000", insured_region="330213", care=told, house=told
    )
    answer = house_pb2.ReconcileDayResponse(
        on="2024-03-21", pairs=[pair], unreachable_regions=["330213"]
    )
    shown = StringIO()
    show_reconciliation(answer, Console(file=shown, width=200))
    (row,) = [line for line in shown.getvalue().splitlines() if "310000" in line]
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["310000", "330213", "5 × 599.25", "?", "5 × 599.25", "?"]


def test_a_day_reconciles(replayed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reconcile_command(date(2020, 6, 10), replayed, as_json=True) == exit_codes.OK
    answer = _json(capsys)
    assert answer["breaks"] == []
    assert any(pair["agrees"] for pair in answer["pairs"])


def test_a_line_that_one_side_lost_is_a_break(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settlement = _worked_example(copy)
    _tamper(
        copy / "care" / "310000.sqlite3",
        f"delete from booked_line where line_id = '{settlement}'",
    )
    assert reconcile_command(date(2020, 6, 10), copy, as_json=True) == exit_codes.DIFFERENCE
    assert [b["kind"] for b in _json(capsys)["breaks"]] == ["missing_at_care"]


def test_untouched_books_are_sound(replayed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_command(replayed, as_json=True) == exit_codes.OK
    found = _json(capsys)
    assert found["sound"]
    assert sum(node["entries"] for node in found["nodes"]) > 100


TAMPERED = [
    (
        "house.sqlite3",
        "update journal_line set amount_fen = amount_fen + 1 where sequence = 1",
        "journal",
    ),
    (
        "house.sqlite3",
        "delete from journal_line where sequence = (select max(sequence) from journal_line)",
        "journal",
    ),
    (
        "insured/330213.sqlite3",
        "update settlement set by_fund = '{\"pooled\":2298001}' "
        "where by_fund = '{\"pooled\":2298000}'",
        "sealed",
    ),
    (
        "insured/440700.sqlite3",
        "update accumulators set \"values\" = '{}' "
        "where member_id = (select min(member_id) from accumulators)",
        "accumulators",
    ),
    (
        "care/310000.sqlite3",
        "update fee_line set in_scope_fen = in_scope_fen + 1, amount_fen = amount_fen + 1 "
        "where (visit_id, line_no) = (select visit_id, line_no from fee_line limit 1)",
        "quantity × price",
    ),
    (
        "care/310000.sqlite3",
        "update visit set total_fen = total_fen + 1 where visit_id = (select min(visit_id) "
        "from visit)",
        "fee lines",
    ),
    (
        "care/310000.sqlite3",
        "update visit set state = 'open' where visit_id = (select min(visit_id) from visit "
        "where state = 'settled')",
        "visit",
    ),
    (
        "insured/330213.sqlite3",
        "delete from care_request where settlement_id = (select min(settlement_id) from "
        "settlement)",
        "the request that asked for it",
    ),
    (
        "care/310000.sqlite3",
        "update settlement set state = 'lost' where settlement_id = (select "
        "min(settlement_id) from settlement)",
        "settlement: the first row cannot be read",
    ),
    (
        "house.sqlite3",
        "update reported_line set by_fund = 'no json' where sequence = 2",
        "table reported_line",
    ),
]
"""A database, what is done to it, and what the fault names."""


@pytest.mark.parametrize(
    ("database", "statement", "named"),
    # Every column of every table is changed in the verification's own tests.
    [pytest.param(*one, marks=thorough_only if n % 3 else ()) for n, one in enumerate(TAMPERED)],
)
def test_one_tampered_row_is_found_and_named(
    copy: Path, capsys: pytest.CaptureFixture[str], database: str, statement: str, named: str
) -> None:
    _tamper(copy / database, statement)
    assert verify_command(copy, as_json=True) == exit_codes.DIFFERENCE
    faults = [node["first_fault"] for node in _json(capsys)["nodes"] if node["first_fault"]]
    assert any(named in fault for fault in faults), faults


def test_parked_messages_are_counted_and_break_no_book(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = copy / "care" / "310000.sqlite3"
    _tamper(
        database,
        "insert into parked_record values "
        "('t', 0, 1, 'k', x'00', 'c', 'r', 1, 'parked', '', '', '', 1, 1, 1, null, '', '', '')",
    )
    assert verify_command(copy, as_json=True) == exit_codes.DIFFERENCE
    (uncounted,) = [n for n in _json(capsys)["nodes"] if n["first_fault"]]
    assert uncounted["first_fault"] == "held key k of t: it does not count what is parked"
    _tamper(database, "insert into held_key values ('t', 'k', 1)")
    assert verify_command(copy, as_json=True) == exit_codes.OK
    found = _json(capsys)
    assert found["sound"]
    (node,) = [n for n in found["nodes"] if n["parked"]]
    assert (node["node"], node["parked"]) == ("care/310000", 1)
    assert node["parked_codes"] == {"c": 1}
    assert verify_command(copy, as_json=False) == exit_codes.OK
    assert "1 parked messages wait for a person" in capsys.readouterr().out


def test_a_file_that_is_no_database_is_named(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "care" / "310000.sqlite3").write_bytes(b"no database" * 1_000)
    assert verify_command(copy, as_json=True) == exit_codes.DIFFERENCE
    faults = {n["node"]: n["first_fault"] for n in _json(capsys)["nodes"] if n["first_fault"]}
    assert list(faults) == ["care/310000"]
    assert "the database cannot be read" in faults["care/310000"]


def test_a_folder_without_books_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for code in (
        verify_command(tmp_path, as_json=False),
        balances_command(Wanted(), tmp_path, as_json=False),
        reconcile_command(date(2020, 6, 10), tmp_path, as_json=False),
        explain_command("stl-1", Asked(tmp_path), Form()),
    ):
        assert code == exit_codes.BAD_INPUT
    assert capsys.readouterr().err.count("data_missing") == 4
    assert list(tmp_path.iterdir()) == []
