"""Whether a figure may be told: every request was decided once and is in every book once.

What is counted comes from the databases of the three roles, each by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import psycopg

from clearing.messages import HOUSE, Address, Role
from tests.bench.child import BenchError
from tests.bench.on_servers.network import BenchNetwork

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the databases hold of settlements and of the debits of accounts.

    ``…_lines`` are lines of a book, ``reported_…`` the house's copies of them by side, and
    ``journal_…`` distinct lines in the journal. ``posted_twice`` are a line and fund that the
    journal has more than once. ``unbalanced`` are positions that differ from the journal's
    entries. ``askew`` are regions whose own book sums up to something else than what the journal
    says they owe or are owed: with none, what all are owed less what all owe is 0. Amounts are
    sums of all lines.
    """

    requests: int
    care_decisions: int
    payer_decisions: int
    care_lines: int
    payer_lines: int
    reported_care: int
    reported_payer: int
    journal_settlements: int
    journal_debits: int
    debits: int
    posted_twice: int
    unbalanced: int
    outbox: int
    parked: int
    care_fen: int
    payer_fen: int
    journal_fen: int
    askew: int


def faults(counted: Counted, *, settlements: int, fund_fen: int | None = None) -> list[str]:
    """Return what is wrong with the books after so many settle requests; nothing when all is well.

    ``fund_fen`` is what the rules give by a pass of their own, where that is known.
    """
    lines = settlements + counted.debits
    expected: dict[str, tuple[int, int]] = {
        name: (getattr(counted, name), wanted)
        for name, wanted in {
            "requests": settlements,
            "care_decisions": settlements,
            "payer_decisions": settlements,
            "journal_settlements": settlements,
            "journal_debits": counted.debits,
            "care_lines": lines,
            "payer_lines": lines,
            "reported_care": lines,
            "reported_payer": lines,
            "posted_twice": 0,
            "unbalanced": 0,
            "outbox": 0,
            "parked": 0,
            "askew": 0,
            "care_fen": counted.journal_fen,
            "payer_fen": counted.journal_fen,
            "journal_fen": counted.journal_fen if fund_fen is None else fund_fen,
        }.items()
    }
    return [
        f"{name} is {found:,}, not {wanted:,}"
        for name, (found, wanted) in expected.items()
        if found != wanted
    ]


def require_sound(network: BenchNetwork, settlements: int, fund_fen: int | None = None) -> Counted:
    """Count and compare. Raises ``BenchError`` naming everything that is wrong."""
    counted = count(network)
    wrong = faults(counted, settlements=settlements, fund_fen=fund_fen)
    if wrong:
        raise BenchError(f"the books are wrong: {'; '.join(wrong)} ({asdict(counted)})")
    return counted


def count(network: BenchNetwork) -> Counted:
    """Count in every node's database."""
    care = network.addresses(Role.CARE)
    insured = network.addresses(Role.INSURED)
    with network.servers.connect() as connection:
        sums = _Sums(connection, network)
        settled = "state = 'settled'"
        return Counted(
            requests=sums.over(care, "count(*)", "request", "kind = 'Settle'"),
            care_decisions=sums.over(care, "count(*)", "settlement", settled),
            payer_decisions=sums.over(insured, "count(*)", "settlement", settled),
            care_lines=sums.over(care, "count(*)", "booked_line", "side = 'care'"),
            payer_lines=sums.over(insured, "count(*)", "booked_line", "side = 'payer'"),
            debits=sums.over(insured, "count(*)", "debit", "state = 'debited'"),
            outbox=sums.over([*care, *insured, HOUSE], "count(*)", "outbox"),
            parked=sums.over([*care, *insured, HOUSE], "count(*)", "parked_record"),
            care_fen=sums.over(care, _FUNDS, "booked_line", "side = 'care'"),
            payer_fen=sums.over(insured, _FUNDS, "booked_line", "side = 'payer'"),
            askew=sum(_is_askew(sums, node) for node in (*care, *insured)),
            **_of_house(sums),
        )


_FUNDS = "sum((SELECT sum(fund.value::bigint) FROM jsonb_each_text(by_fund::jsonb) AS fund))"


class _Sums:
    def __init__(self, connection: psycopg.Connection[Row], network: BenchNetwork) -> None:
        self._connection = connection
        self._network = network

    def over(self, nodes: Iterable[Address], what: str, table: str, where: str = "true") -> int:
        return sum(self._of(node, what, table, where) for node in nodes)

    def _of(self, node: Address, what: str, table: str, where: str) -> int:
        schema = self._network.schema(node)
        return self.ask(f'SELECT {what} FROM "{schema}"."{table}" WHERE {where}')

    def ask(self, statement: str) -> int:
        row = self._connection.execute(statement).fetchone()
        return 0 if row is None or row[0] is None else int(str(row[0]))

    def house(self, statement: str) -> int:
        return self.ask(statement.replace("{house}", f'"{self._network.schema(HOUSE)}"'))


def _of_house(sums: _Sums) -> Mapping[str, int]:
    lines = "SELECT count(DISTINCT line_id) FROM {house}.journal_line WHERE kind ="
    reports = "SELECT count(*) FROM {house}.reported_line WHERE side ="
    return {
        "journal_settlements": sums.house(f"{lines} 'settlement'"),
        "journal_debits": sums.house(f"{lines} 'debit'"),
        "reported_care": sums.house(f"{reports} 'care'"),
        "reported_payer": sums.house(f"{reports} 'payer'"),
        "posted_twice": sums.house(
            "SELECT count(*) FROM (SELECT FROM {house}.journal_line"
            " GROUP BY line_id, fund HAVING count(*) > 1) AS twice"
        ),
        "journal_fen": sums.house("SELECT sum(amount_fen) FROM {house}.journal_line"),
        "unbalanced": sums.house(_UNBALANCED),
    }


def _is_askew(sums: _Sums, node: Address) -> bool:
    care = node.role is Role.CARE
    own = sums.over([node], _FUNDS, "booked_line")
    region = "payee_region" if care else "payer_region"
    posted = sums.house(
        f"SELECT sum(amount_fen) FROM {{house}}.journal_line WHERE {region} = '{node.region}'"
    )
    return own != posted


_UNBALANCED = """
    SELECT count(*) FROM (
        SELECT payer_region, payee_region, scheme, clearing_type, fund, period,
            sum(amount_fen) AS amount_fen
        FROM {house}.journal_line GROUP BY 1, 2, 3, 4, 5, 6
    ) AS journal
    FULL JOIN {house}.position AS position
        USING (payer_region, payee_region, scheme, clearing_type, fund, period)
    WHERE journal.amount_fen IS DISTINCT FROM position.amount_fen
"""
