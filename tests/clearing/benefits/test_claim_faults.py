"""Columns of claims are held to what a single claim is held to."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from clearing.benefits.claim_faults import refuse_faulty
from clearing.benefits.claim_input import read_claim
from clearing.benefits.evaluators.columns import AMOUNTS, CODED, DAYS, Coded
from clearing.errors import Malformed
from clearing.money import MAX_AMOUNT_FEN
from tests.clearing.benefits.claims import library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS, history

# What read_claim calls the parts that columns call otherwise.
_INPUT = {
    "category": "member.category",
    "birth_date": "member.birth_date",
    "identities": "member.identities",
    "total_fen": "amounts.total",
    "own_pay_fen": "amounts.own_pay",
    "over_limit_fen": "amounts.over_limit",
    "first_pay_fen": "amounts.first_pay",
}
_WRONG: dict[str, tuple[Any, ...]] = {
    "insured_region": ("33021", "ABCDEF", "999999"),
    "care_region": ("33021", "", "110000", "330299"),
    "scheme": ("resident", "employee", "rural"),
    "category": ("adult", "active", "adult_a", "nobody"),
    "hospital_level": ("primary", "level_3"),
    "care_type": ("outpatient", "inpatient", "dental"),
    "filing": ("local", "referral", "filed"),
    "identities": ((), ("orphan",), ("king",), ("king", "orphan")),
    "birth_date": ("1950-01-01", "2031-01-01"),
    "admitted_on": ("2019-01-01", "2031-01-01"),
    "discharged_on": ("2019-01-01", "2031-01-01"),
    "total_fen": (0, 1, -1, MAX_AMOUNT_FEN, MAX_AMOUNT_FEN + 1),
    "own_pay_fen": (0, 10_000_000, -1),
    "over_limit_fen": (0, 10_000_000),
    "first_pay_fen": (0, 10_000_000),
}


@pytest.mark.parametrize("seed", range(6))
def test_columns_are_refused_where_a_claim_is_and_for_the_same_reason(seed: int) -> None:
    rng = random.Random(seed)
    refused = 0
    for _ in range(60):
        rows = [_parts(one) for one in history(rng, rng.choice(_REGIONS))]
        at = rng.randrange(len(rows))
        name = rng.choice(list(_WRONG))
        rows[at][name] = rng.choice(_WRONG[name])
        single, several = _one(rows[at]), _all(rows)
        if single is None:
            assert several is None
            continue
        refused += 1
        assert several is not None
        row, _, column = (several.field or "").partition(", ")
        assert (several.code, row) == (single.code, f"row {at + 1}")
        assert _INPUT.get(column, column) == (single.field or "").partition("[")[0]
    assert refused > 10


_REGIONS = (*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS)


def _parts(one: Any) -> dict[str, Any]:
    parts = {name: getattr(one, name) for name in (*_WRONG, "selected_institution")}
    return {name: value.isoformat() if name in DAYS else value for name, value in parts.items()}


def _one(parts: dict[str, Any]) -> Malformed | None:
    data: dict[str, Any] = {"member": {}, "amounts": {}}
    for name, value in parts.items():
        if name in AMOUNTS:
            value = f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
        if name == "identities":
            value = list(value)
        group, _, inner = _INPUT.get(name, name).partition(".")
        if inner:
            data[group][inner] = value
        else:
            data[group] = value
    try:
        read_claim(data, library().categories)
    except Malformed as error:
        return error
    return None


def _all(rows: list[dict[str, Any]]) -> Malformed | None:
    columns: dict[str, Any] = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        if name in CODED:
            columns[name] = Coded.of(values)
        else:
            columns[name] = np.array(values, "datetime64[D]" if name in DAYS else np.int64)
    try:
        refuse_faulty(columns, library().categories)
    except Malformed as error:
        return error
    return None
