"""What must hold once everything has arrived: the full comparison of all books."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from clearing.benefits.claim import Fund
from clearing.breaks import BreakFound
from clearing.filing import FilingRecord
from clearing.journal import JournalLine, trial_balance
from clearing.lines_digest import digest_of_lines
from clearing.messages import HOUSE, Address, Role
from clearing.position import Position
from clearing.reconcile import digest_of
from clearing.report import ReportedLine
from clearing.settlement import SettlementState
from services.care_region import records as at_care
from services.care_region.verifying import verify_care
from services.clearing_house.verifying import verify_house
from services.insured_region import records as at_insured
from services.insured_region.verifying import verify_insured
from services.node import topics
from services.node.day_book import BookedLine, as_book_line
from services.node.records import Outgoing, RequestEntry, RequestStatus, SeenMessage
from services.simulator.history import check_same
from services.simulator.violation import Violation
from services.simulator.wire import id_of
from services.simulator.world import World

_LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)
_ENDED = (at_care.DebitState.DEBITED, at_care.DebitState.REFUSED, at_care.DebitState.UNDONE)


def check_at_rest(world: World, *, verify: bool = True) -> None:
    """Compare every book with every other. Raises ``Violation``.

    With ``verify`` each node's books are recomputed from the first entry as well.
    """
    roles = {role: [at for at in world.disks if at.role is role] for role in Role}
    for at in world.disks:
        _everything_arrived(world, at)
    for at in roles[Role.CARE]:
        _nothing_is_open(world, at)
    _both_sides_settled_alike(world, roles[Role.CARE], roles[Role.INSURED])
    _three_books_agree(world, roles[Role.CARE], roles[Role.INSURED])
    for at in roles[Role.INSURED]:
        _details_arrived(world, at)
    if verify:
        _books_are_sound(world, roles)


def check_again(world: World) -> None:
    """Carry everything out once more on fresh nodes, and compare. Raises ``Violation``."""
    for at in world.disks:
        records = _SAME_AGAIN.get(at.role)
        if records is not None:
            check_same(at, world.disks[at], world.again(at), records)


_SAME_AGAIN = {
    Role.INSURED: (
        at_insured.Settlement,
        at_insured.YearAccumulators,
        at_insured.Account,
        at_insured.Debit,
        at_insured.ManualCase,
        at_insured.LiveSettlement,
        at_insured.CareRequest,
        FilingRecord,
        BookedLine,
    ),
    Role.HOUSE: (ReportedLine, JournalLine, Position),
}
"""What comes out the same; a care region's node mints the ids, so its books do not."""


def _everything_arrived(world: World, at: Address) -> None:
    """Every message in the log was carried out: as many seen as there are different ones."""
    places = [p for topic in topics.read_by(at) for p in world.log.partitions(topic)]
    sent = {id_of(record.value) for place in places for record in world.broker.records[place]}
    seen = {row.message_id for row in world.rows(at, SeenMessage)}
    if missing := (sent - {""}) ^ seen:
        raise Violation("message_lost", f"{at}: {len(seen)} seen, not {sorted(missing)[:3]}")
    for process in world.processes(at):
        if process.unpublished:
            raise Violation("outbox_stuck", f"{process.seat}: {len(process.unpublished)} rows")
    if left := world.rows(at, Outgoing):
        raise Violation("outbox_stuck", f"{at}: {len(left)} rows are left, row {left[0].sequence}")


def _nothing_is_open(world: World, at: Address) -> None:
    for entry in world.rows(at, RequestEntry):
        if entry.status is RequestStatus.PENDING:
            raise Violation("request_lost", f"{at}: {entry.request_id} has no answer")
    waiting: Counter[str] = Counter()
    for load in world.rows(at, at_care.RegionLoad):
        waiting[load.insured_region] += load.waiting
    if any(waiting.values()):
        raise Violation("load_miscounted", f"{at}: {dict(waiting)}")
    for undo in world.rows(at, at_care.Undo):
        if undo.awaits_policy or undo.awaits_account:
            raise Violation("undo_open", f"{at}: {undo}")
    for debit in world.rows(at, at_care.Debit):
        if debit.state not in _ENDED:
            raise Violation("debit_open", f"{at}: {debit}")
    live = Counter(s.visit_id for s in world.rows(at, at_care.Settlement) if s.state in _LIVE)
    for visit in world.rows(at, at_care.Visit):
        settled = visit.state is at_care.VisitState.SETTLED
        if visit.state is at_care.VisitState.SETTLING or live[visit.visit_id] != settled:
            raise Violation("visit_open", f"{at}: {visit}; {live[visit.visit_id]} live")


def _both_sides_settled_alike(world: World, cares: list[Address], insured: list[Address]) -> None:
    decided = {
        row.settlement_id: row for at in insured for row in world.rows(at, at_insured.Settlement)
    }
    for at in cares:
        for mine in world.rows(at, at_care.Settlement):
            theirs = decided.pop(mine.settlement_id, None)
            if theirs is None:  # it never had an effect
                if mine.state not in (SettlementState.EXPIRED, SettlementState.REFUSED):
                    raise Violation("sides_differ", f"{at}: {mine}, and nobody decided it")
                continue
            if (mine.state, dict(mine.by_fund)) != (theirs.state, dict(theirs.by_fund)):
                raise Violation("sides_differ", f"{mine} and {theirs}")
    if decided:
        raise Violation("sides_differ", f"nobody asked for {sorted(decided)}")


def _three_books_agree(world: World, cares: list[Address], insured: list[Address]) -> None:
    mine = _book(world, cares)
    theirs = _book(world, insured)
    if mine != theirs:
        differing = sorted(set(mine.items()) ^ set(theirs.items()))
        raise Violation("books_differ", f"care and insured: {differing[:2]}")
    if HOUSE not in world.disks:
        return
    for side in ("care", "payer"):
        reports = {
            row.line_id: row.digest for row in world.rows(HOUSE, ReportedLine) if row.side == side
        }
        if reports != mine:
            differing = sorted(set(mine.items()) ^ set(reports.items()))
            raise Violation("books_differ", f"the house and the {side} side: {differing[:2]}")
    if found := world.rows(HOUSE, BreakFound):
        raise Violation("books_differ", f"a break: {found[0]}")
    _position_is_what_lives(world, cares)


def _position_is_what_lives(world: World, cares: list[Address]) -> None:
    """What regions owe each other is what the settlements that stand say, fund by fund."""
    positions = world.rows(HOUSE, Position)
    if sum(trial_balance(positions).values()):
        raise Violation("journal_unbalanced", "the trial balance is not 0")
    owed: dict[tuple[str, str, Fund], int] = defaultdict(int)
    for row in positions:
        owed[row.payer_region, row.payee_region, row.fund] += row.amount_fen
    due: dict[tuple[str, str, Fund], int] = defaultdict(int)
    for at in cares:
        for mine in world.rows(at, at_care.Settlement):
            if mine.state is SettlementState.SETTLED:
                for fund, amount_fen in mine.by_fund.items():
                    due[mine.insured_region, at.region, fund] += amount_fen
                account = mine.account_region, at.region, Fund.PERSONAL_ACCOUNT
                due[account] += mine.account_fen
    differing = {key for key in owed.keys() | due.keys() if owed[key] != due[key]}
    if differing:
        key = min(differing)
        raise Violation("journal_wrong", f"{key}: {owed[key]} fen posted, {due[key]} fen stand")


def _book(world: World, nodes: list[Address]) -> dict[str, str]:
    lines = [row for at in nodes for row in world.rows(at, BookedLine)]
    return {row.line_id: digest_of(as_book_line(row)) for row in lines}


def _details_arrived(world: World, at: Address) -> None:
    kept: dict[str, list[Any]] = defaultdict(list)
    for chunk in world.rows(at, at_insured.LineDetails):
        kept[chunk.settlement_id] += chunk.lines
    for settlement in world.rows(at, at_insured.Settlement):
        if digest_of_lines(kept[settlement.settlement_id]) != settlement.lines_digest:
            raise Violation("details_lost", f"{at}: fee lines of {settlement.settlement_id}")


def _books_are_sound(world: World, roles: dict[Role, list[Address]]) -> None:
    for at in (*roles[Role.CARE], *roles[Role.INSURED]):
        verified = verify_care if at.role is Role.CARE else verify_insured
        _, fault = world.look(at, lambda unit, at=at, how=verified: how(unit, at.region))  # type: ignore[misc]  # bound at once
        if fault:
            raise Violation("books_unsound", f"{at}: {fault}")
    if HOUSE in world.disks:
        found = world.look(HOUSE, verify_house)
        if not found.sound:
            raise Violation("books_unsound", f"{HOUSE}: {found.first_fault}")
