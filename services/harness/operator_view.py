"""What a clearing operator wants to see: settlements by state, and who owes whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rich.table import Table

from clearing.money import Fen, format_yuan
from services.harness.corpus import PositionKey

Matrix = Mapping[tuple[str, str], Fen]
"""What each payer region owes each payee region, in 分."""

_WORDS = {
    "settled": "settled / 已结算",
    "refused": "refused / 不予支付",
    "manual": "manual / 转人工",
    "cancelled": "cancelled / 已撤销",
    "reversed": "reversed / 已冲正",
    "withdrawn": "visit withdrawn / 就诊取消",
}


def states_table(states: Mapping[str, int]) -> Table:
    """Return settlements by their final state."""
    table = Table(title="settlements by state / 结算状态")
    table.add_column("state")
    table.add_column("visits", justify="right")
    for state, words in _WORDS.items():
        if states.get(state):
            table.add_row(words, f"{states[state]:,}")
    table.add_section()
    table.add_row("all / 合计", f"{sum(states.values()):,}")
    return table


def matrix_of(positions: Mapping[PositionKey, tuple[Fen, int]]) -> Matrix:
    """Add positions up by payer and payee."""
    matrix: dict[tuple[str, str], Fen] = defaultdict(int)
    for key, (amount_fen, _) in positions.items():
        matrix[key.payer_region, key.payee_region] += amount_fen
    return matrix


def balance_matrices(matrix: Matrix, width: int) -> list[Table]:
    """Return who owes whom in yuan: payers down, payees across, with totals.

    Several tables where one would be wider than ``width`` characters.
    """
    payees = sorted({payee for _, payee in matrix})
    cells = [_amount(value) for value in matrix.values()]
    cells += [format_yuan(sum(matrix.values())), "000000"]
    column = max(len(cell) for cell in cells) + 3
    at_once = max((width - 2 * column) // column, 1)
    groups = [payees[start : start + at_once] for start in range(0, len(payees), at_once)]
    return [_matrix(matrix, group, last=group is groups[-1]) for group in groups]


def _matrix(matrix: Matrix, payees: Sequence[str], *, last: bool) -> Table:
    payers = sorted({payer for payer, _ in matrix})
    table = Table(title="payer (down) owes payee (across), yuan / 付款地(行)欠收款地(列), 元")
    table.add_column("payer")
    for payee in payees:
        table.add_column(payee, justify="right", no_wrap=True)
    if last:
        table.add_column("total", justify="right", no_wrap=True)
    for payer in payers:
        cells = [_amount(matrix.get((payer, payee), 0)) for payee in payees]
        owed = sum(amount_fen for (one, _), amount_fen in matrix.items() if one == payer)
        table.add_row(payer, *cells, *([format_yuan(owed)] if last else []))
    table.add_section()
    sums = [sum(matrix.get((payer, payee), 0) for payer in payers) for payee in payees]
    everything = [format_yuan(sum(matrix.values()))] if last else []
    table.add_row("total", *(format_yuan(value) for value in sums), *everything)
    return table


def _amount(amount_fen: Fen) -> str:
    return format_yuan(amount_fen) if amount_fen else ""
