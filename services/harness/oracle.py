"""What must come of a corpus: one plain pass in order of time.

No log, no database, no batches, no messages: only the domain and sums. The replay through the
nodes and this pass check each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adapters.files.corpus_files import corpus_file_error
from adapters.files.rule_books import RuleBooks
from clearing.assembly import Barred, CareVisit, assemble
from clearing.benefits.claim import Claim, Decision, Filing, Fund, Outcome, Scheme
from clearing.calendar import Instant, civil_date
from clearing.catalogue import Catalogue
from clearing.enrolment.spans import EnrolmentSpan
from clearing.errors import Rejected
from clearing.filing import FilingRules
from clearing.messages import CostSplit
from clearing.money import Fen
from clearing.settlement import clearing_type, payment_of
from services.harness.books import Books
from services.harness.corpus import (
    UNDOING,
    AccountKey,
    Balances,
    FilingResult,
    FilingStep,
    FinalState,
    Institution,
    Member,
    Payment,
    Story,
    Visit,
    VisitResult,
    YearKey,
)
from services.harness.filing_desk import FilingDesk
from services.harness.timeline import Part, VisitPart

_STATES = {
    Outcome.PAID: FinalState.SETTLED,
    Outcome.REFUSED: FinalState.REFUSED,
    Outcome.MANUAL: FinalState.MANUAL,
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a visit would come to; ``claim`` is ``None`` where it doesn't reach the policy."""

    outcome: Outcome
    code: str
    cost: CostSplit
    claim: Claim | None = None
    decision: Decision | None = None


@dataclass(slots=True)
class _Standing:
    """A visit whose story is under way."""

    ruling: Ruling | None = None
    state: FinalState = FinalState.WITHDRAWN
    account_fen: Fen = 0
    refusals: list[str] = field(default_factory=list)


class Oracle:
    """Takes filing steps and parts of visits in order of time."""

    def __init__(
        self, rules: RuleBooks, institutions: Iterable[Institution], members: Iterable[Member]
    ) -> None:
        self._rules = rules
        self._levels = {(one.care_region, one.institution_id): one.level for one in institutions}
        self._members: dict[tuple[str, str], Member] = {}
        self._drawers: dict[AccountKey, frozenset[str]] = {}
        self._books = Books()
        self._desk = FilingDesk(rules)
        self._under_way: dict[str, _Standing] = {}
        for member in members:
            self._take_member(member)

    def file(self, step: FilingStep) -> FilingResult:
        """Carry out a filing step."""
        return self._desk.take(step)

    def rule(self, visit: Visit, at: Instant) -> Ruling:
        """Return what settling a visit now would give; changes nothing."""
        cost = self._catalogue(visit).split(visit.live_lines(), visit.admitted_on).totals
        member = self._members.get((visit.insured_region, visit.member_id))
        if member is None:
            return Ruling(Outcome.REFUSED, "member_unknown", cost)
        made = assemble(
            visit.insured_region,
            member.birth_date,
            member.identities,
            _spans(member),
            self._desk.filings(visit.insured_region, visit.member_id),
            self._care_visit(visit, cost),
            civil_date(at),
            self._filing_rules(visit),
        )
        if isinstance(made, Barred):
            outcome = Outcome.MANUAL if made.manual else Outcome.REFUSED
            return Ruling(outcome, made.code, cost)
        policy = self._rules.policies.policy(visit.insured_region)
        day = made.claim.discharged_on if policy is None else policy.day_of(made.claim)
        year = YearKey(visit.insured_region, visit.member_id, day.year)
        decision = self._rules.policies.adjudicate(made.claim, self._books.accumulators(year))
        return Ruling(decision.outcome, decision.code or "", cost, made.claim, decision)

    def play(self, event: VisitPart) -> VisitResult | None:
        """Carry out a part of a visit; return how the visit ended with its last part."""
        visit = event.visit
        standing = self._under_way.setdefault(visit.key, _Standing())
        if event.part is Part.SETTLE:
            self._first_part(visit, standing)
        elif event.part is Part.UNDO:
            self._undo(visit, standing, event.at)
        elif visit.story is Story.SETTLED_ANEW:
            self._settle(visit, standing, event.at)
        else:
            self._restore(visit, standing, event.at)
        if not event.last:
            return None
        return _result(visit.key, self._under_way.pop(visit.key))

    def balances(self) -> Balances:
        """Return all balances as they stand."""
        return self._books.balances()

    def _check(self, visit: Visit) -> None:
        """Raise ``CorpusFileError`` for a visit that the counter can't bring about."""
        numbers = [line.line_no for line in visit.lines]
        voids = visit.story is Story.LINE_VOIDED
        if not visit.live_lines() or len(set(numbers)) < len(numbers):
            raise _unplayable(visit, "it has no line left, or a number twice")
        if voids and (not visit.voided or not set(visit.voided) <= set(numbers[:-1])):
            raise _unplayable(visit, "it voids nothing, or a line that isn't there yet")
        if visit.account is not None and visit.account.own:
            member = self._members.get((visit.insured_region, visit.member_id))
            own = None if member is None else (member.account_id, member.insured_region)
            if own != (visit.account.account_id, visit.account.account_region):
                raise _unplayable(visit, "its own account isn't the member's")

    def _take_member(self, member: Member) -> None:
        self._members[member.insured_region, member.member_id] = member
        if member.account_id:
            account = AccountKey(member.insured_region, member.account_id)
            self._books.open_account(account, member.account_balance_fen)
            self._drawers[account] = frozenset({member.member_id, *member.account_shared_with})

    def _first_part(self, visit: Visit, standing: _Standing) -> None:
        self._check(visit)
        if visit.refused_line is not None:
            catalogue = self._catalogue(visit)
            try:
                catalogue.split([visit.refused_line], visit.admitted_on)
            except Rejected as error:
                standing.refusals.append(error.code)
            else:
                raise _unplayable(visit, "its refused_line is a good one")
        if visit.story is Story.WITHDRAWN:
            return
        if visit.story is Story.REQUEST_LOST:
            standing.refusals.append("request_reversed")
        self._settle(visit, standing, visit.settle_at)

    def _settle(self, visit: Visit, standing: _Standing, at: Instant) -> None:
        ruling = self.rule(visit, at)
        standing.ruling, standing.state = ruling, _STATES[ruling.outcome]
        standing.account_fen = 0
        if ruling.outcome is Outcome.PAID:
            self._move(visit, ruling, 1, at)
            assert ruling.decision is not None
            self._draw(visit, standing, ruling.decision.account_limit_fen, at)
        elif visit.story in UNDOING and ruling.outcome is Outcome.REFUSED:
            raise _unplayable(visit, "it is refused and there is nothing to undo")

    def _undo(self, visit: Visit, standing: _Standing, at: Instant) -> None:
        ruling = standing.ruling
        assert ruling is not None
        reversed_ = visit.story is Story.REVERSED
        standing.state = FinalState.REVERSED if reversed_ else FinalState.CANCELLED
        if ruling.outcome is Outcome.PAID:
            self._move(visit, ruling, -1, at)
        if standing.account_fen:
            assert visit.account is not None
            self._books.give_back(_account(visit), standing.account_fen)
            self._post_account(visit, ruling, -standing.account_fen, at)

    def _restore(self, visit: Visit, standing: _Standing, at: Instant) -> None:
        ruling = standing.ruling
        assert ruling is not None
        standing.state = _STATES[ruling.outcome]
        if ruling.outcome is Outcome.PAID:
            self._move(visit, ruling, 1, at)
            self._draw(visit, standing, standing.account_fen, at)

    def _move(self, visit: Visit, ruling: Ruling, sign: int, at: Instant) -> None:
        """Move accumulators and positions by what a decision gives."""
        decision, scheme = ruling.decision, _scheme(ruling)
        assert decision is not None
        year = YearKey(visit.insured_region, visit.member_id, decision.benefit_year)
        if decision.additions:
            self._books.accumulate(year, decision.additions, sign)
        self._books.post(
            visit.insured_region,
            visit.care_region,
            scheme,
            clearing_type(visit.care_type),
            _times(decision.by_fund, sign),
            at,
        )

    def _draw(self, visit: Visit, standing: _Standing, limit_fen: Fen, at: Instant) -> None:
        """Draw on the account that the visit names, if its holder lets this member do so."""
        standing.account_fen = 0
        if visit.account is None or limit_fen <= 0:
            return
        account = _account(visit)
        if visit.member_id in self._drawers.get(account, ()):
            standing.account_fen = self._books.draw(account, limit_fen)
        if standing.account_fen:
            assert standing.ruling is not None
            self._post_account(visit, standing.ruling, standing.account_fen, at)

    def _post_account(self, visit: Visit, ruling: Ruling, amount_fen: Fen, at: Instant) -> None:
        assert visit.account is not None
        self._books.post(
            visit.account.account_region,
            visit.care_region,
            _scheme(ruling),
            clearing_type(visit.care_type),
            {Fund.PERSONAL_ACCOUNT: amount_fen},
            at,
        )

    def _care_visit(self, visit: Visit, cost: CostSplit) -> CareVisit:
        level = self._levels.get((visit.care_region, visit.institution_id))
        if level is None:
            raise _unplayable(visit, f"institution {visit.institution_id} is not in the corpus")
        return CareVisit(
            visit.care_region,
            level,
            visit.care_type,
            visit.admitted_on,
            visit.discharged_on,
            visit.emergency,
            visit.records_verified,
            visit.selected_institution,
            cost,
            visit.circumstances,
        )

    def _catalogue(self, visit: Visit) -> Catalogue:
        catalogue = self._rules.catalogue(visit.care_region)
        if catalogue is None:
            raise _unplayable(visit, f"care region {visit.care_region} has no catalogue")
        return catalogue

    def _filing_rules(self, visit: Visit) -> FilingRules:
        rules = self._rules.filing_rules(visit.insured_region)
        if rules is None:
            raise _unplayable(visit, f"insured region {visit.insured_region} has no filing rules")
        return rules


def _result(key: str, standing: _Standing) -> VisitResult:
    ruling = standing.ruling
    if ruling is None:
        return VisitResult(key, standing.state, refusals=tuple(standing.refusals))
    decision = ruling.decision
    return VisitResult(
        key,
        standing.state,
        ruling.outcome,
        ruling.code,
        decision.flags if decision else (),
        ruling.cost,
        _payment(ruling, standing.account_fen),
        _filing(ruling),
        tuple(standing.refusals),
    )


def _payment(ruling: Ruling, account_fen: Fen) -> Payment | None:
    """Refused is all personal; what a person decides later has no amounts yet."""
    if ruling.outcome is Outcome.MANUAL:
        return None
    decision = ruling.decision if ruling.outcome is Outcome.PAID else None
    split = payment_of(
        ruling.cost,
        decision.by_fund if decision else {},
        account_fen=account_fen,
        deductible_fen=decision.deductible_fen if decision else 0,
    )
    return Payment(
        split.fund_fen,
        split.by_fund,
        split.personal_fen,
        split.account_fen,
        split.cash_fen,
        split.deductible_fen,
    )


def _spans(member: Member) -> tuple[EnrolmentSpan, ...]:
    return tuple(
        EnrolmentSpan(
            span.scheme,
            span.category,
            span.benefit_from,
            span.benefit_until,
            span.enrolled_on,
            span.cap_increase_fen,
        )
        for span in member.spans
    )


def _scheme(ruling: Ruling) -> Scheme:
    assert ruling.claim is not None
    return ruling.claim.scheme


def _filing(ruling: Ruling) -> Filing | None:
    return ruling.claim.filing if ruling.claim else None


def _account(visit: Visit) -> AccountKey:
    assert visit.account is not None
    return AccountKey(visit.account.account_region, visit.account.account_id)


def _times(by_fund: Mapping[Fund, Fen], sign: int) -> dict[Fund, Fen]:
    return {fund: sign * amount_fen for fund, amount_fen in by_fund.items()}


def _unplayable(visit: Visit, why: str) -> Exception:
    return corpus_file_error(f"visits.jsonl: {visit.key}", why, "该就诊无法按语料回放")
