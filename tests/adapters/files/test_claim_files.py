"""Claim sets in Parquet: written and read back, and what is wrong with one named first."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.files.claim_files import COLUMNS, read_claim_set, write_claim_set
from clearing.benefits.claim import Cause, Claim
from clearing.benefits.claim_set import ClaimSet, claim_set_of
from clearing.benefits.evaluators.columns import PATHS
from clearing.errors import Malformed
from clearing.money import MAX_AMOUNT_FEN
from tests.clearing.benefits.claims import library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS, history


def _members() -> list[tuple[str, Claim]]:
    rng = random.Random(11)
    regions = (*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS)
    return [
        (f"m{number}", claim)
        for number in range(40)
        for claim in history(rng, regions[number % len(regions)])
    ]


def _read(path: Path) -> ClaimSet:
    return read_claim_set(path, library().categories)


def _table(folder: Path) -> Any:
    path = folder / "claims.parquet"
    write_claim_set(path, claim_set_of(_members()))
    return pq.read_table(path)


def _refused(folder: Path, table: Any) -> Malformed:
    path = folder / "wrong.parquet"
    pq.write_table(table, path)
    with pytest.raises(Malformed) as caught:
        _read(path)
    return caught.value


def _with(table: Any, name: str, row: int, value: Any) -> Any:
    """The table with one value replaced."""
    column = table.column(name)
    plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    values = plain.to_pylist()
    values[row] = value
    return table.set_column(table.column_names.index(name), name, pa.array(values, plain.type))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    members = _members()
    path = tmp_path / "claims.parquet"
    write_claim_set(path, claim_set_of(members))
    claims = _read(path)
    assert len(claims) == len(members)
    assert [(claims.member_at(i), claims.columns.claim(i)) for i in range(len(claims))] == members
    assert claims.sequence.tolist() == list(range(len(members)))


def test_the_columns_are_all_parts_of_a_claim() -> None:
    assert set(COLUMNS) == {"member_id", "sequence", *PATHS}


def test_plain_text_and_several_row_groups_read_alike(tmp_path: Path) -> None:
    table = _table(tmp_path)
    plain = pa.table(
        {
            name: table.column(name).cast(pa.string())
            if pa.types.is_dictionary(table.column(name).type)
            else table.column(name)
            for name in table.column_names
        }
    )
    path = tmp_path / "plain.parquet"
    pq.write_table(plain, path, row_group_size=7)
    first, second = _read(tmp_path / "claims.parquet"), _read(path)
    for row in range(len(first)):
        assert first.columns.claim(row) == second.columns.claim(row)
        assert first.member_at(row) == second.member_at(row)
    assert first.members().tolist() == second.members().tolist()


def test_parts_that_a_claim_may_leave_out_may_be_missing(tmp_path: Path) -> None:
    table = _table(tmp_path)
    optional = [name for name in ("cause", "delivered_on", "cap_increase_fen") if name in COLUMNS]
    path = tmp_path / "short.parquet"
    pq.write_table(table.drop_columns(optional), path)
    whole, short = _read(tmp_path / "claims.parquet"), _read(path)
    assert [_without(whole.columns.claim(i)) for i in range(len(whole))] == [
        short.columns.claim(i) for i in range(len(short))
    ]


def _without(claim: Claim) -> Claim:
    told = replace(claim.circumstances, cause=Cause.ILLNESS, delivered_on=None)
    return replace(claim, cap_increase_fen=0, circumstances=told)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("insured_region", "3302", "region_code"),
        ("care_region", "abcdef", "region_code"),
        ("scheme", "rural", "code_unknown"),
        ("care_type", "dental", "code_unknown"),
        ("hospital_level", "", "code_unknown"),
        ("filing", "filed", "code_unknown"),
        ("identities", "orphan king", "identity_unknown"),
        ("category", "toddler", "category_unknown"),
        ("total_fen", -1, "amount"),
        ("total_fen", MAX_AMOUNT_FEN + 1, "amount"),
        ("own_pay_fen", MAX_AMOUNT_FEN, "parts_above_total"),
        ("birth_date", date(2030, 1, 1), "birth_after_care"),
        ("discharged_on", date(1999, 1, 1), "discharge_before_admission"),
        ("member_id", None, "value_missing"),
        ("total_fen", None, "value_missing"),
    ],
)
def test_the_row_and_column_at_fault_are_named(
    tmp_path: Path, column: str, value: Any, code: str
) -> None:
    error = _refused(tmp_path, _with(_table(tmp_path), column, 41, value))
    assert (error.code, error.field) == (code, f"row 42, {column}")


def test_the_first_row_at_fault_is_named(tmp_path: Path) -> None:
    table = _with(_with(_table(tmp_path), "total_fen", 60, -5), "scheme", 30, "rural")
    assert _refused(tmp_path, table).field == "row 31, scheme"


def test_a_local_visit_is_at_home(tmp_path: Path) -> None:
    table = _table(tmp_path)
    row = table.column("filing").cast(pa.string()).to_pylist().index("local")
    error = _refused(tmp_path, _with(table, "care_region", row, "110000"))
    assert (error.code, error.field) == ("local_away_from_home", f"row {row + 1}, filing")


def test_columns_are_all_there_of_their_type_and_known(tmp_path: Path) -> None:
    table = _table(tmp_path)
    error = _refused(tmp_path, table.drop_columns(["care_type"]))
    assert (error.code, error.field) == ("column_missing", "care_type")
    error = _refused(tmp_path, table.append_column("total", table.column("total_fen")))
    assert (error.code, error.field) == ("column_unknown", "total")
    place = table.column_names.index("total_fen")
    floats = table.column("total_fen").cast(pa.float64())
    error = _refused(tmp_path, table.set_column(place, "total_fen", floats))
    assert (error.code, error.field) == ("column_type", "total_fen")


def test_a_day_outside_the_calendar_is_refused(tmp_path: Path) -> None:
    table = _table(tmp_path)
    days = table.column("birth_date").cast(pa.int32()).to_pylist()
    days[3] = 2**31 - 1
    place = table.column_names.index("birth_date")
    strange = pa.array(days, pa.int32()).cast(pa.date32())
    error = _refused(tmp_path, table.set_column(place, "birth_date", strange))
    assert (error.code, error.field) == ("date", "row 4, birth_date")


def test_a_file_without_claims_is_read(tmp_path: Path) -> None:
    path = tmp_path / "empty.parquet"
    pq.write_table(_table(tmp_path).slice(0, 0), path)
    assert len(_read(path)) == 0


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    path.write_text("not parquet", encoding="utf-8")
    for wrong in (path, tmp_path / "nowhere.parquet"):
        with pytest.raises(Malformed) as caught:
            _read(wrong)
        assert caught.value.code == "claim_file"
