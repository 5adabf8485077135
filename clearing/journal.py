"""The journal: one transfer a line, from the payer region to the payee region, for one fund.

Double entry: a line debits the payer and credits the payee with the same amount. Append-only
and hash-chained (``clearing.chain``); an amount that takes back an earlier one is a line of its
own, negative, linked to its original.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from clearing.benefits.claim import FUNDS, Fund, Scheme
from clearing.calendar import Instant
from clearing.frozen import quick
from clearing.money import Fen
from clearing.period import Posting
from clearing.reconcile import BookLine

JOURNAL = "journal"
"""The name of the house's one journal."""


@quick
@dataclass(frozen=True, slots=True)
class JournalLine:
    """A line of the journal; the payer owes the payee ``amount_fen`` more.

    The payer of a ``debit`` or ``debit_reversal`` is the region that holds the personal
    account, which need not be the patient's. ``slipped_months`` says by how many months the
    line missed its own month's period.
    """

    sequence: int
    line_id: str
    settlement_id: str
    kind: str
    payer_region: str
    payee_region: str
    scheme: Scheme
    clearing_type: str
    fund: Fund
    period: str
    epoch: int
    amount_fen: Fen
    business_time: Instant
    slipped_months: int
    previous_hash: str
    hash: str
    original_line_id: str = ""


@quick
@dataclass(frozen=True, slots=True)
class PublishedHead:
    """The journal's head as every region was told of it.

    ``journal_sequence`` and ``journal_hash`` are those of the last line then; ``on`` is the
    business day up to which the journal had been posted.
    """

    sequence: int
    on: date
    journal_sequence: int
    journal_hash: str
    published_at: Instant
    previous_hash: str
    hash: str


@quick
@dataclass(frozen=True, slots=True)
class JournalState:
    """What the next posting must know: the last business day, and what was published."""

    journal: str
    posting_on: date
    published_sequence: int


class Transfer(Protocol):
    """Whatever moves an amount from a payer to a payee: a journal line, a position."""

    @property
    def payer_region(self) -> str:
        """The debit side."""

    @property
    def payee_region(self) -> str:
        """The credit side."""

    @property
    def amount_fen(self) -> Fen:
        """What the payer owes the payee."""


@quick
@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One side of a region's books: what it owes (``payable``) or is owed (``receivable``)."""

    region: str
    side: str


def entries_for(line: BookLine, posting: Posting) -> list[JournalLine]:
    """Return the entries of a matched line, one a fund, in the order of ``Fund``.

    They have no place in the journal yet. A line without any amount has none.
    """
    return [
        JournalLine(
            sequence=0,
            line_id=line.line_id,
            settlement_id=line.settlement_id,
            kind=line.kind,
            payer_region=line.payer_region,
            payee_region=line.care_region,
            scheme=line.scheme,
            clearing_type=line.clearing_type,
            fund=fund,
            period=posting.period,
            epoch=posting.epoch,
            amount_fen=line.by_fund[fund],
            business_time=line.business_time,
            slipped_months=posting.slipped_months,
            previous_hash="",
            hash="",
            original_line_id=line.original_line_id,
        )
        for fund in FUNDS
        if line.by_fund.get(fund)
    ]


def posting_of(entry: JournalLine) -> Posting:
    """Return where an entry was posted."""
    return Posting(entry.period, entry.epoch, entry.slipped_months)


def trial_balance(transfers: Iterable[Transfer]) -> dict[Account, Fen]:
    """Return each account's balance: payables negative, receivables positive; the sum is 0."""
    balances: dict[Account, Fen] = {}
    for transfer in transfers:
        payable = Account(transfer.payer_region, "payable")
        receivable = Account(transfer.payee_region, "receivable")
        balances[payable] = balances.get(payable, 0) - transfer.amount_fen
        balances[receivable] = balances.get(receivable, 0) + transfer.amount_fen
    return balances
