"""The books beside each other, and every sum with what it is the sum of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from clearing.benefits.claim import Fund, Outcome
from clearing.breaks import BreakFound
from clearing.geography import is_home
from clearing.journal import JournalLine, trial_balance
from clearing.messages import Role
from clearing.position import Position, key_of, position_key
from clearing.reconcile import digest_of
from clearing.report import ReportedLine
from clearing.settlement import SettlementState
from services.care_region import records as at_care
from services.faults.promises import WITHOUT_EFFECT
from services.faults.rows import Rows
from services.faults.told import Told
from services.faults.wrong import Wrong
from services.insured_region import records as at_insured
from services.node.day_book import BookedLine, as_book_line


def sides_agree(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """Both sides have the same settlements, in the same state, with the same amounts."""
    decided = {row.settlement_id: row for _, row in rows.every(Role.INSURED, at_insured.Settlement)}
    for _, mine in rows.every(Role.CARE, at_care.Settlement):
        theirs = decided.pop(mine.settlement_id, None)
        name = f"settlement {mine.settlement_id}"
        if theirs is None:
            if mine.state not in WITHOUT_EFFECT:
                yield Wrong("sides_differ", name, f"{mine.state}, and nobody decided it")
        elif (mine.state, dict(mine.by_fund)) != (theirs.state, dict(theirs.by_fund)):
            yield Wrong("sides_differ", name, f"care {mine.state}, insured {theirs.state}")
    for settlement_id in decided:
        yield Wrong("sides_differ", f"settlement {settlement_id}", "nobody asked for it")


def three_books_agree(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """The lines that care regions, insured regions and the house have are the same."""
    books = {
        "care": _book(rows, Role.CARE),
        "insured": _book(rows, Role.INSURED),
        "house, as care reported": _reports(rows, "care"),
        "house, as payers reported": _reports(rows, "payer"),
    }
    lines = {line_id: name for book in books.values() for line_id, (_, name) in book.items()}
    for line_id, settlement_id in sorted(lines.items()):
        told = {who: book.get(line_id, ("missing", ""))[0] for who, book in books.items()}
        if len(set(told.values())) > 1:
            missing = [who for who, digest in told.items() if digest == "missing"]
            detail = f"line {line_id} is missing: {missing}" if missing else f"line {line_id}"
            yield Wrong("books_differ", f"settlement {settlement_id}", detail)
    for found in rows.house(BreakFound):
        yield Wrong("books_differ", f"break {found.fingerprint}", found.kind)


def journal_is_complete(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """Each booked line is posted once, fund by fund, to the 分, and nothing else is."""
    posted: dict[str, dict[Fund, int]] = defaultdict(dict)
    names: dict[str, str] = {}
    for line in rows.house(JournalLine):
        funds = posted[line.line_id]
        funds[line.fund] = funds.get(line.fund, 0) + line.amount_fen
        names[line.line_id] = line.settlement_id
    due: dict[str, dict[Fund, int]] = {}
    for _, booked in rows.every(Role.CARE, BookedLine):
        due[booked.line_id] = {fund: fen for fund, fen in booked.by_fund.items() if fen}
        names[booked.line_id] = booked.settlement_id
    for line_id in sorted(names):
        got, wanted = posted.get(line_id, {}), due.get(line_id, {})
        if got != wanted:
            yield Wrong("journal_wrong", f"settlement {names[line_id]}", f"{got}, not {wanted}")


def settled_is_booked(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """What regions owe each other is what the settlements that stand say, fund by fund."""
    due: Counter[tuple[str, str, Fund]] = Counter()
    booked = {line.line_id for _, line in rows.every(Role.CARE, BookedLine)}
    for node, mine in rows.every(Role.CARE, at_care.Settlement):
        home = is_home(mine.insured_region, node.region)
        paid = mine.outcome is Outcome.PAID and not home
        if paid and mine.settlement_id not in booked:
            yield Wrong("journal_wrong", f"settlement {mine.settlement_id}", "it was never booked")
        if mine.state is not SettlementState.SETTLED:
            continue
        for fund, amount_fen in mine.by_fund.items():
            if not home:
                due[mine.insured_region, node.region, fund] += amount_fen
        if mine.account_fen and not is_home(mine.account_region, node.region):
            due[mine.account_region, node.region, Fund.PERSONAL_ACCOUNT] += mine.account_fen
    owed: Counter[tuple[str, str, Fund]] = Counter()
    for line in rows.house(JournalLine):
        owed[line.payer_region, line.payee_region, line.fund] += line.amount_fen
    for key in sorted(due.keys() | owed.keys()):
        if due[key] != owed[key]:
            yield Wrong("journal_wrong", f"{key}", f"{owed[key]} fen posted, {due[key]} fen stand")


def journal_adds_up(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """The trial balance is 0, and every position is the sum of its lines."""
    lines = rows.house(JournalLine)
    if sum(trial_balance(lines).values()):
        yield Wrong("journal_unbalanced", "trial balance", "not 0")
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        sums[position_key(line)][0] += line.amount_fen
        sums[position_key(line)][1] += 1
    kept = {key_of(row): [row.amount_fen, row.lines] for row in rows.house(Position)}
    for key in sorted(sums.keys() | kept.keys()):
        if sums.get(key, [0, 0]) != kept.get(key, [0, 0]):
            yield Wrong("position_wrong", f"{key}", f"{kept.get(key)}, not {sums.get(key)}")


def accumulators_add_up(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """Accumulators are the sum of what lives added; accounts their opening less what was drawn."""
    sums: dict[Any, Counter[str]] = defaultdict(Counter)
    for node, row in rows.every(Role.INSURED, at_insured.Settlement):
        if row.state is SettlementState.SETTLED:
            sums[node, row.member_id, row.benefit_year].update(row.additions)
    for node, case in rows.every(Role.INSURED, at_insured.ManualCase):
        if case.state is at_insured.CaseState.DECIDED:
            sums[node, case.member_id, case.benefit_year].update(case.additions)
    kept = {
        (node, row.member_id, row.benefit_year): row.values
        for node, row in rows.every(Role.INSURED, at_insured.YearAccumulators)
    }
    for key in sorted(sums.keys() | kept.keys(), key=str):
        wanted, found = _not_0(sums[key]), _not_0(kept.get(key, {}))
        if wanted != found:
            node, member_id, year = key
            yield Wrong("accumulators_wrong", f"{node}: {member_id} in {year}", f"{found}")
    drawn: Counter[Any] = Counter()
    for node, debit in rows.every(Role.INSURED, at_insured.Debit):
        if debit.state is at_insured.DebitState.DEBITED:
            drawn[node, debit.account_id] += debit.amount_fen
    for node, account in rows.every(Role.INSURED, at_insured.Account):
        if account.balance_fen != account.opening_fen - drawn[node, account.account_id]:
            yield Wrong("account_wrong", f"{node}: account {account.account_id}", "not its sum")


def _book(rows: Rows, role: Role) -> dict[str, tuple[str, str]]:
    return {
        line.line_id: (digest_of(as_book_line(line)), line.settlement_id)
        for _, line in rows.every(role, BookedLine)
    }


def _reports(rows: Rows, side: str) -> dict[str, tuple[str, str]]:
    return {
        line.line_id: (line.digest, line.settlement_id)
        for line in rows.house(ReportedLine)
        if line.side == side
    }


def _not_0(values: Mapping[str, int]) -> dict[str, int]:
    return {name: value for name, value in values.items() if value}
