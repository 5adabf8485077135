"""The proof: what must hold in the databases once a network has come to rest.

Each check yields what is wrong, naming the settlement; nothing is taken on trust from a node
that runs. What was told is compared with what is kept, the three books with each other, and
every sum with what it is the sum of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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
from services.faults.rows import Rows
from services.faults.told import RequestKey, Told
from services.insured_region import records as at_insured
from services.node.day_book import BookedLine, as_book_line
from services.node.records import LetterState, Outgoing, ParkedRecord, RequestEntry, RequestStatus

LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)
WITHOUT_EFFECT = (SettlementState.REFUSED, SettlementState.EXPIRED)
_DEBIT_OPEN = (at_care.DebitState.REQUESTED, at_care.DebitState.UNDOING)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that does not hold; ``what`` names the settlement, or what there is of it."""

    code: str
    what: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.what}: {self.detail}"


Check = Callable[[Rows, Told], Iterator[Wrong]]


def acknowledged(rows: Rows, told: Told) -> Iterator[Wrong]:
    """Every settlement that a caller was told of is on both sides, as it was told."""
    mine = _by_request(rows)
    theirs = {row.settlement_id: row for _, row in rows.every(Role.INSURED, at_insured.Settlement)}
    for request, answer in told.settlements.items():
        name = f"settlement {answer.settlement_id}"
        care, insured = mine.get(request), theirs.get(answer.settlement_id)
        if care is None or care.settlement_id != answer.settlement_id:
            yield Wrong("acknowledged_lost", name, f"{request}: the care side does not have it")
            continue
        if answer.state in WITHOUT_EFFECT:
            if insured is not None and insured.state not in WITHOUT_EFFECT:
                yield Wrong("told_otherwise", name, f"told {answer.state}, it is {insured.state}")
            continue
        if insured is None or insured.state in WITHOUT_EFFECT or care.state in WITHOUT_EFFECT:
            yield Wrong("acknowledged_lost", name, f"{request}: the insured side has no effect")
            continue
        for side, row in (("care", care), ("insured", insured)):
            if dict(row.by_fund) != dict(answer.by_fund):
                yield Wrong(
                    "told_otherwise", name, f"told {answer.by_fund}, {side} has {row.by_fund}"
                )


def answers_stay(_rows: Rows, told: Told) -> Iterator[Wrong]:
    """No request was answered twice and not alike."""
    for text in told.changed:
        yield Wrong("answer_changed", text, "an answer was not final")


def undone_stays_undone(rows: Rows, told: Told) -> Iterator[Wrong]:
    """What a reversal was told to have undone does not stand, nor what never was to come."""
    mine = _by_request(rows)
    for request, answer in told.undone.items():
        row = None if answer.target is None else mine.get(answer.target)
        if row is None:
            continue
        stands = row.state in LIVE
        never = answer.result == "tombstoned" and row.state not in WITHOUT_EFFECT
        if never or (answer.result == "reversed" and stands):
            name = f"settlement {row.settlement_id}"
            yield Wrong("told_otherwise", name, f"{request}: {answer.result}, it is {row.state}")


def refused_has_no_effect(rows: Rows, told: Told) -> Iterator[Wrong]:
    """A settle request that was refused for good settled nothing."""
    mine = _by_request(rows)
    for request, code in told.refused.items():
        row = mine.get(request)
        if row is not None and row.state in LIVE:
            yield Wrong("told_otherwise", f"settlement {row.settlement_id}", f"refused with {code}")


def effects_are_single(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """No request has two settlements, no visit two that stand, no line two entries."""
    asked: Counter[RequestKey] = Counter()
    decided: Counter[RequestKey] = Counter()
    for node, mine in rows.every(Role.CARE, at_care.Settlement):
        asked[RequestKey(node.region, mine.institution_id, mine.request_id)] += 1
    for _, their in rows.every(Role.INSURED, at_insured.Settlement):
        decided[RequestKey(their.care_region, their.institution_id, their.request_id)] += 1
    for side, counts in (("care", asked), ("insured", decided)):
        for request, count in counts.items():
            if count > 1:
                yield Wrong("two_effects", f"request {request}", f"{count} on the {side} side")
    standing = Counter(
        (node.region, row.visit_id)
        for node, row in rows.every(Role.CARE, at_care.Settlement)
        if row.state in LIVE
    )
    for (region, visit_id), count in standing.items():
        if count > 1:
            yield Wrong("two_effects", f"visit {region}/{visit_id}", f"{count} settlements stand")
    entries = Counter((line.line_id, line.fund) for line in rows.house(JournalLine))
    for (line_id, fund), count in entries.items():
        if count > 1:
            yield Wrong("two_effects", f"settlement line {line_id}", f"{count} entries of {fund}")


def nothing_is_open(rows: Rows, _told: Told) -> Iterator[Wrong]:
    """Every request that was accepted has an outcome, every outbox is empty, nothing is parked."""
    for node in rows.tables:
        for entry in rows.of(node, RequestEntry):
            if entry.status is RequestStatus.PENDING:
                name = f"request {entry.scope}/{entry.request_id}"
                yield Wrong("without_outcome", name, f"{entry.kind} at {node}")
        for row in rows.of(node, Outgoing):
            yield Wrong("outbox_full", f"{node}: row {row.sequence}", f"key {row.key}")
        for letter in rows.of(node, ParkedRecord):
            if letter.state in (LetterState.PARKED, LetterState.BEHIND):
                name = f"settlement {letter.correlation_id or letter.message_id}"
                yield Wrong("parked", name, f"{letter.kind} at {node}: {letter.reason}")
    for node, mine in rows.every(Role.CARE, at_care.Settlement):
        if mine.state is SettlementState.REQUESTED or mine.awaits_account:
            yield Wrong("without_outcome", f"settlement {mine.settlement_id}", f"at {node}")
    for _, undo in rows.every(Role.CARE, at_care.Undo):
        if undo.awaits_policy or undo.awaits_account:
            yield Wrong("without_outcome", f"settlement {undo.settlement_id}", f"{undo.kind}")
    for _, debit in rows.every(Role.CARE, at_care.Debit):
        if debit.state in _DEBIT_OPEN:
            yield Wrong("without_outcome", f"settlement {debit.settlement_id}", f"{debit.state}")
    for _, visit in rows.every(Role.CARE, at_care.Visit):
        if visit.state is at_care.VisitState.SETTLING:
            yield Wrong("without_outcome", f"settlement {visit.settlement_id}", "still settling")
    for node, load in rows.every(Role.CARE, at_care.RegionLoad):
        if load.waiting:
            yield Wrong("load_miscounted", f"{node}", f"{load.waiting} for {load.insured_region}")


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


CHECKS: Mapping[str, Check] = {
    "every acknowledged settlement stands on both sides as it was told": acknowledged,
    "no final answer was ever followed by another one": answers_stay,
    "what was told to be undone is undone": undone_stays_undone,
    "what was refused for good has no effect": refused_has_no_effect,
    "no request has two effects, no line two entries": effects_are_single,
    "no accepted request without an outcome, outboxes empty, nothing parked": nothing_is_open,
    "care = insured, settlement by settlement": sides_agree,
    "care = insured = house, line by line": three_books_agree,
    "each booked line is in the journal once": journal_is_complete,
    "what regions owe is what the standing settlements say": settled_is_booked,
    "Σ journal = 0, positions = Σ lines": journal_adds_up,
    "accumulators = Σ additions of live settlements": accumulators_add_up,
}
"""Every check, by what it proves; the words are those of the report."""


def check_all(rows: Rows, told: Told) -> dict[str, list[Wrong]]:
    """Return what each check found."""
    return {name: list(check(rows, told)) for name, check in CHECKS.items()}


def _by_request(rows: Rows) -> Mapping[RequestKey, at_care.Settlement]:
    return {
        RequestKey(node.region, row.institution_id, row.request_id): row
        for node, row in rows.every(Role.CARE, at_care.Settlement)
    }


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
