"""Claim sets as Parquet files: one row a claim, every column dictionary-encoded or plain.

The columns, in this order (``tests`` hold the list to the parts of a claim):

* ``member_id``: text; a member is known by ``insured_region`` and ``member_id`` together;
* ``sequence``: int64, in which order a member's claims were settled;
* every part of ``clearing.benefits.claim.Claim`` and of its ``Circumstances`` under its name:
  amounts int64 分, days date32, ``selected_institution`` and other yes-or-no parts bool,
  everything else text by the words of ``yidi adjudicate``; ``identities`` is one text, several
  parted by a space.

Text may be plain or dictionary-encoded. A part that a claim may leave out may be missing; no
value is null but a day that a claim may leave out. Columns that are none of these are refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from clearing.benefits.claim_faults import Categories, Columns, refuse, refuse_faulty
from clearing.benefits.claim_set import ClaimSet
from clearing.benefits.evaluators.columns import AMOUNTS, CODED, DAYS, DEFAULTS, ClaimColumns, Coded
from clearing.errors import Malformed

MEMBER: Final = "member_id"
SEQUENCE: Final = "sequence"
COLUMNS: Final = (MEMBER, SEQUENCE, *CODED, *DAYS, *AMOUNTS)
_FLAGS: Final = frozenset(name for name in CODED if isinstance(DEFAULTS.get(name), bool)) | {
    "selected_institution"
}
_TEXTS: Final = (MEMBER, *(name for name in CODED if name not in _FLAGS))


def read_claim_set(path: Path, categories: Categories) -> ClaimSet:
    """Return the claims of a file.

    Raises ``Malformed`` for a file that is none, a column that is missing, unknown or of another
    type, and for the first row at fault with its first column (rows count from 1).
    ``categories`` tells the member categories of a region's scheme.
    """
    table = _table(path)
    columns: dict[str, Coded | NDArray[Any]] = {}
    for name in COLUMNS:
        if name in table.column_names:
            columns[name] = _column(name, table.column(name))
    member_id, sequence = columns.pop(MEMBER), columns.pop(SEQUENCE)
    assert isinstance(member_id, Coded)
    assert not isinstance(sequence, Coded)
    refuse_faulty(columns, categories)
    return ClaimSet(ClaimColumns.from_columns(columns), member_id, sequence)


def write_claim_set(path: Path, claims: ClaimSet) -> None:
    """Write claims with every column."""
    columns = claims.columns
    arrays: dict[str, Any] = {
        MEMBER: _encoded(claims.member_id),
        SEQUENCE: pa.array(claims.sequence, pa.int64()),
    }
    for name in CODED:
        coded = columns.coded[name]
        if name in _FLAGS:
            arrays[name] = pa.array(coded.mapped(coded.values).astype(np.bool_))
        else:
            arrays[name] = _encoded(coded)
    for name in DAYS:
        arrays[name] = pa.array(columns.days[name], pa.date32())
    for name in AMOUNTS:
        arrays[name] = pa.array(columns.amounts[name], pa.int64())
    beside = path.with_name(path.name + ".part")
    pq.write_table(pa.table(arrays), beside, compression="zstd")
    beside.replace(path)


def _encoded(column: Coded) -> Any:
    texts = [" ".join(value) if isinstance(value, tuple) else str(value) for value in column.values]
    return pa.DictionaryArray.from_arrays(
        pa.array(column.codes, pa.int32()), pa.array(texts, pa.string())
    )


def _table(path: Path) -> Any:
    try:
        schema = pq.read_schema(path)
        _check_schema(schema)
        texts = [name for name in _TEXTS if name in schema.names]
        return pq.read_table(path, read_dictionary=texts).unify_dictionaries().combine_chunks()
    except (OSError, pa.ArrowInvalid) as error:
        raise Malformed(
            "claim_file",
            f"{path} is no Parquet file of claims: {error}",
            f"{path} 不是 Parquet 数据集",
            field=path.name,
        ) from error


def _check_schema(schema: Any) -> None:
    for name in schema.names:
        if name not in COLUMNS or schema.names.count(name) > 1:
            known = ", ".join(COLUMNS)
            raise Malformed(
                "column_unknown",
                f"column {name} is unknown or there twice; the columns are {known}",
                f"未知或重复的列 {name}",
                field=name,
            )
    for name in COLUMNS:
        if name not in schema.names:
            if name in DEFAULTS:
                continue
            raise Malformed(
                "column_missing", f"there is no column {name}", f"缺少列 {name}", field=name
            )
        expected, fits = _expected(name, schema.field(name).type)
        if not fits:
            raise Malformed(
                "column_type",
                f"column {name} is {schema.field(name).type}; it must be {expected}",
                f"列 {name} 的类型应为 {expected}",
                field=name,
            )


def _expected(name: str, found: Any) -> tuple[str, bool]:
    if name in _TEXTS:
        plain = found.value_type if pa.types.is_dictionary(found) else found
        return "string", pa.types.is_string(plain) or pa.types.is_large_string(plain)
    if name in _FLAGS:
        return "bool", pa.types.is_boolean(found)
    if name in DAYS:
        return "date32[day]", pa.types.is_date32(found)
    return "int64", pa.types.is_int64(found)


def _column(name: str, chunks: Any) -> Coded | NDArray[Any]:
    """Return one column; a null is a fault, save in a day that may be left out."""
    array = chunks.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # more than one chunk where a dictionary grew too large
        array = pa.concat_arrays(array.chunks)
    may_be_null = name in DAYS and name in DEFAULTS
    if array.null_count and not may_be_null:
        row = int(np.argmax(array.is_null().to_numpy(zero_copy_only=False)))
        refuse(name, row + 1, "value_missing", "this must be given", "缺少取值")
    if name in _TEXTS:
        values = array.dictionary.to_pylist()
        if name == "identities":
            values = [tuple(sorted(set(text.split()))) for text in values]
        return Coded(array.indices.to_numpy(), tuple(values))
    if name in _FLAGS:
        return Coded(array.to_numpy(zero_copy_only=False).astype(np.int8), (False, True))
    numbers: NDArray[Any] = array.to_numpy(zero_copy_only=False)
    return numbers.astype("datetime64[D]") if name in DAYS else numbers


__all__ = ["COLUMNS", "Columns", "read_claim_set", "write_claim_set"]
