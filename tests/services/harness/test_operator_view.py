from __future__ import annotations

from clearing.benefits.claim import Fund, Scheme
from services.harness.corpus import PositionKey
from services.harness.operator_view import balance_matrices, matrix_of, states_table


def position(payer: str, payee: str, fund: Fund = Fund.POOLED) -> PositionKey:
    return PositionKey(payer, payee, Scheme.RESIDENT, "11", fund, "2024-05")


POSITIONS = {
    position("330213", "310000"): (100, 1),
    position("330213", "310000", Fund.BIG_ILLNESS): (20, 1),
    position("440700", "310000"): (-5, 2),
    position("440700", "110000"): (7, 1),
}


def test_the_matrix_adds_up_by_payer_and_payee() -> None:
    assert matrix_of(POSITIONS) == {
        ("330213", "310000"): 120,
        ("440700", "310000"): -5,
        ("440700", "110000"): 7,
    }


def test_every_pair_and_every_total_is_shown() -> None:
    (table,) = balance_matrices(matrix_of(POSITIONS), 120)
    shown = {str(column.header): list(column.cells) for column in table.columns}
    assert shown["payer"] == ["330213", "440700", "total"]
    assert shown["110000"] == ["", "0.07", "0.07"]
    assert shown["310000"] == ["1.20", "-0.05", "1.15"]
    assert shown["total"] == ["1.20", "0.02", "1.22"]


def test_a_narrow_screen_gets_several_tables() -> None:
    tables = balance_matrices(matrix_of(POSITIONS), 30)
    headers = [[str(column.header) for column in table.columns] for table in tables]
    assert headers == [["payer", "110000"], ["payer", "310000", "total"]]


def test_states_are_counted() -> None:
    table = states_table({"settled": 3, "refused": 1})
    assert list(table.columns[1].cells) == ["3", "1", "4"]
