"""Whatever is done to one row of any of the house's tables, verification finds it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.db.store import SqlStore
from clearing.benefits.claim import Fund
from clearing.breaks import BreakState
from clearing.calendar import instant_at
from clearing.chain import content_hash
from clearing.journal import JournalLine
from clearing.position import Position
from clearing.report import ReportedLine
from clearing.verification import Verification
from services.clearing_house.commands import CloseBreak, ListBreaks
from services.clearing_house.records import SPECS as HOUSE_SPECS
from services.clearing_house.role import SPECS
from services.clearing_house.verifying import verify_house
from tests.clearing.book_lines import book_line
from tests.services.clearing_house.house_node import HouseNode

TABLES = [spec.table for spec in HOUSE_SPECS if spec.table != "period"]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with every kind of row: matched, empty, waiting, differing, closed."""
    path = tmp_path_factory.mktemp("house") / "house.db"
    house = HouseNode(path)
    for number in range(6):
        house.match(
            book_line(
                line_id=f"lin-{number}",
                settlement_id=f"stl-{number}",
                business_time=instant_at(date(2020, 6, 28 + number // 2)),
                by_fund={Fund.POOLED: 100 + number, Fund.MEDICAL_AID: 5},
            )
            if number < 4
            else book_line(line_id=f"lin-{number}", by_fund={})
        )
    house.report("care", book_line(line_id="lin-waiting"))
    for number in (1, 2):
        line = book_line(line_id=f"lin-differs-{number}")
        house.report("care", line)
        house.report("payer", replace(line, total_fen=number))
    for number, found in enumerate(house.ask(ListBreaks()).breaks):
        house.request(
            CloseBreak(found.fingerprint, BreakState.ACCEPTED, "op", "why", "letter"), f"r-{number}"
        )
    house.match(book_line(line_id="lin-last", business_time=instant_at(date(2020, 7, 1))))
    assert house.verify().sound
    house.close()
    return path


@pytest.fixture
def copy(books: Path, tmp_path: Path) -> Path:
    target = tmp_path / "house.db"
    shutil.copy(books, target)
    return target


def verified(path: Path) -> Verification:
    store = SqlStore(path, SPECS)
    unit = store.begin()
    verification = verify_house(unit)
    unit.rollback()
    store.close()
    return verification


def rows_of(path: Path, table: str) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return database.execute(f"SELECT rowid AS place, * FROM {table} ORDER BY 1").fetchall()


def execute(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    with closing(sqlite3.connect(path)) as database:
        for sql, values in statements:
            database.execute(sql, values)
        database.commit()


def lengthened(value: Any) -> Any:
    """Return another value that a column might be given: one more, or a digit at the end."""
    return value + 1 if isinstance(value, int) else value + "0"


def altered(value: Any) -> Any:
    """Return a value that looks alike: the other sign, or another first letter."""
    if isinstance(value, int):
        return -value - 1
    return chr(ord(value[0]) + 1) + value[1:] if value else "x"


def test_the_books_as_written_are_sound(copy: Path) -> None:
    verification = verified(copy)
    lines = rows_of(copy, "journal_line")
    assert verification == Verification(True, len(lines), lines[-1]["hash"], "")


@pytest.mark.parametrize("table", TABLES)
def test_a_change_of_any_column_of_any_row_is_found(copy: Path, table: str) -> None:
    rows = rows_of(copy, table)
    assert rows
    update = f'UPDATE {table} SET "{{}}" = ? WHERE rowid = ?'
    for row, change in ((rows[0], lengthened), (rows[-1], altered)):
        for column in row.keys()[1:]:
            value = change(row[column])
            try:
                execute(copy, (update.format(column), (value, row["place"])))
            except sqlite3.IntegrityError:
                continue  # another row has this key: the database itself refuses
            verification = verified(copy)
            assert not verification.sound, (table, column, row[column], value)
            assert verification.first_fault
            place = value if column == rows_key(copy, table) else row["place"]
            execute(copy, (update.format(column), (row[column], place)))
    assert verified(copy).sound


def rows_key(path: Path, table: str) -> str | None:
    """Return the column that is the row's place itself, where a table has one."""
    with closing(sqlite3.connect(path)) as database:
        keys = [row for row in database.execute(f"PRAGMA table_info({table})") if row[5]]
    return keys[0][1] if len(keys) == 1 and keys[0][2] == "INTEGER" else None


@pytest.mark.parametrize("table", TABLES)
def test_any_row_that_is_gone_is_found(books: Path, tmp_path: Path, table: str) -> None:
    for row in rows_of(books, table):
        path = tmp_path / f"{row['place']}.db"
        shutil.copy(books, path)
        execute(path, (f"DELETE FROM {table} WHERE rowid = ?", (row["place"],)))
        assert not verified(path).sound, (table, dict(row))


@pytest.mark.parametrize("table", ["journal_line", "reported_line", "break_found", "break_closure"])
def test_two_swapped_rows_are_found(copy: Path, table: str) -> None:
    swap = f"UPDATE {table} SET sequence = ? WHERE sequence = ?"
    execute(copy, (swap, (99, 1)), (swap, (1, 2)), (swap, (2, 99)))
    verification = verified(copy)
    assert not verification.sound
    assert " 1" in verification.first_fault


def test_the_first_fault_names_the_line(copy: Path) -> None:
    execute(copy, ("UPDATE journal_line SET amount_fen = amount_fen + 1 WHERE sequence = 3", ()))
    verification = verified(copy)
    assert verification.first_fault == (
        "journal line 3 (line id lin-1, settlement id stl-1): its content does not give its hash"
    )
    assert verification.lines == 2


def test_a_cut_tail_is_found_though_its_chain_head_was_cut_too(copy: Path) -> None:
    line = rows_of(copy, "journal_line")[-2]
    execute(
        copy,
        ("DELETE FROM journal_line WHERE sequence > ?", (line["sequence"],)),
        (
            "UPDATE chain_head SET sequence = ?, hash = ? WHERE chain = 'journal'",
            (line["sequence"], line["hash"]),
        ),
    )
    assert not verified(copy).sound


def rewrite_last_line(path: Path, amount_fen: int) -> None:
    """Change the last journal line and everything that hangs on it: hash, head, position."""
    store = SqlStore(path, SPECS)
    unit = store.begin()
    line = unit.table(JournalLine).scan(limit=1000)[-1]
    forged = replace(line, amount_fen=amount_fen)
    forged = replace(forged, hash=content_hash(forged))
    positions = unit.table(Position)
    for position in positions.scan():
        if (position.fund, position.period) == (line.fund, line.period):
            more_fen = amount_fen - line.amount_fen
            positions.put(replace(position, amount_fen=position.amount_fen + more_fen))
    unit.table(JournalLine).put(forged)
    unit.commit()
    store.close()
    execute(path, ("UPDATE chain_head SET hash = ? WHERE chain = 'journal'", (forged.hash,)))


def test_a_rewritten_journal_is_found_by_what_both_sides_reported(copy: Path) -> None:
    rewrite_last_line(copy, 1)
    verification = verified(copy)
    assert not verification.sound
    assert "it is not what both sides reported" in verification.first_fault
    assert "lin-last" in verification.first_fault


def test_an_invented_report_does_not_stand_either(copy: Path) -> None:
    store = SqlStore(copy, SPECS)
    unit = store.begin()
    table = unit.table(ReportedLine)
    report = table.scan()[0]
    table.put(replace(report, total_fen=1))
    unit.commit()
    store.close()
    assert "report 1 (line id lin-0" in verified(copy).first_fault


def test_a_row_that_cannot_be_read_is_a_fault_and_no_crash(copy: Path) -> None:
    execute(copy, ("UPDATE journal_line SET fund = 'gold' WHERE sequence = 1", ()))
    verification = verified(copy)
    assert not verification.sound
    assert "Row 1 of table journal_line" in verification.first_fault


def test_a_period_that_was_opened_behind_a_slipped_line_is_found(copy: Path) -> None:
    execute(copy, ("INSERT INTO period (period, state, epoch) VALUES ('2020-06', 'closed', 2)", ()))
    house = HouseNode(copy)
    house.match(book_line(line_id="lin-late"))
    assert house.verify().sound
    house.close()
    execute(copy, ("UPDATE period SET state = 'open'", ()))
    assert "while 2020-06 is open" in verified(copy).first_fault
