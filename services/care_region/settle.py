"""Settling a visit: ask the insured region, record what it decided, tell house and hospital."""

from __future__ import annotations

from collections.abc import Sequence

from clearing.calendar import Instant, civil_date
from clearing.catalogue import Catalogue
from clearing.errors import Conflict, InvariantBroken, Malformed, Rejected
from clearing.frozen import replace
from clearing.geography import check_region
from clearing.lines_digest import digest_of_lines
from clearing.messages import (
    Address,
    DetailedLine,
    FeeLinesDetailed,
    LineReported,
    Role,
    SettlementDecided,
    SettleRequested,
)
from clearing.settlement import SettlementState, clearing_type, move
from services.care_region import commands
from services.care_region.account_leg import start_debit
from services.care_region.live_lines import live_lines
from services.care_region.records import (
    FeeLineRow,
    Institution,
    Settlement,
    Visit,
    VisitState,
)
from services.care_region.region_load import no_longer_waiting, wait_for
from services.care_region.results import STATES, check_known
from services.care_region.settlement_view import payment_split, view_of
from services.care_region.visits import (
    cost_of,
    fitting,
    resting_state,
    scope_of,
    unsettled,
    visit_of,
)
from services.node import topics
from services.node.command import PENDING
from services.node.context import Context
from services.node.day_book import book

DEADLINE_MS = 20_000
LINES_A_CHUNK = 200


def settle(
    command: commands.Settle, context: Context, *, catalogue: Catalogue, max_waiting: int
) -> object:
    """Ask the insured region to settle the visit; the answer comes with its decision.

    Raises ``Unavailable`` (``region_behind``) while ``max_waiting`` requests wait for that region.
    """
    visit = unsettled(visit_of(context, command.visit_id))
    institution = context.table(Institution).get(visit.institution_id)
    if institution is None:
        raise InvariantBroken("institution_gone", "a visit has no institution", "就诊机构缺失")
    if visit.discharged_on is None:
        raise Conflict(
            "visit_not_closed",
            "close the visit with its day of discharge first",
            "请先办理出院",
            field="visit_id",
        )
    if visit.discharged_on > civil_date(context.business_time):
        raise Rejected(
            "date_in_future",
            "the visit ends after the business day",
            "出院日期晚于业务日期",
            field="header.business_time",
        )
    fitting(visit)
    if visit.line_count == 0:
        raise Conflict(
            "visit_without_lines", "upload fee lines first", "请先上传费用明细", field="visit_id"
        )
    _check_account(command)
    wait_for(visit.insured_region, max_waiting, context)
    assert context.meta is not None
    settlement = Settlement(
        settlement_id=context.mint("stl"),
        visit_id=visit.visit_id,
        institution_id=scope_of(context),
        request_id=context.meta.request_id,
        insured_region=visit.insured_region,
        member_id=visit.member_id,
        care_type=visit.care_type,
        state=SettlementState.REQUESTED,
        business_time=context.business_time,
        total_fen=visit.total_fen,
        own_pay_fen=visit.own_pay_fen,
        over_limit_fen=visit.over_limit_fen,
        first_pay_fen=visit.first_pay_fen,
        in_scope_fen=visit.in_scope_fen,
        catalogue_bundle=catalogue.bundle_hash,
        use_account=command.use_account,
        account_id=command.account_id,
        account_region=command.account_region or visit.insured_region,
        visit_changes=visit.changes,
    )
    context.table(Settlement).put(settlement)
    context.table(Visit).put(
        replace(visit, state=VisitState.SETTLING, settlement_id=settlement.settlement_id)
    )
    lines = [_detailed(line) for line in live_lines(context, visit.visit_id)]
    context.correlation_id = settlement.settlement_id
    context.send(
        Address(Role.INSURED, visit.insured_region),
        visit.member_id,
        SettleRequested(
            settlement_id=settlement.settlement_id,
            institution_id=settlement.institution_id,
            request_id=settlement.request_id,
            visit_id=visit.visit_id,
            care_region=context.address.region,
            insured_region=visit.insured_region,
            member_id=visit.member_id,
            hospital_level=institution.level,
            care_type=visit.care_type,
            admitted_on=visit.admitted_on,
            discharged_on=visit.discharged_on,
            emergency=visit.emergency,
            records_verified=visit.records_verified,
            selected_institution=visit.selected_institution,
            cost=cost_of(visit),
            line_count=len(lines),
            lines_digest=digest_of_lines(lines),
            catalogue_bundle=catalogue.bundle_hash,
            deadline=Instant(context.now + DEADLINE_MS),
            circumstances=visit.circumstances,
        ),
        correlation_id=settlement.settlement_id,
    )
    _send_details(settlement, lines, context)
    return PENDING


def _check_account(command: commands.Settle) -> None:
    if not command.account_region:
        return
    check_region(command.account_region, "account_region")
    if not command.account_id:
        raise Malformed(
            "field_missing",
            "a region that holds an account needs the account",
            "指定账户所在地时必须提供账户",
            field="account_id",
        )


def on_settlement_decided(decided: SettlementDecided, context: Context) -> None:
    """Record the insured region's decision; ask for account money where there is some to draw."""
    settlements = context.table(Settlement)
    settlement = settlements.get(decided.settlement_id)
    if settlement is None or settlement.state is not SettlementState.REQUESTED:
        raise Rejected(
            "decision_unexpected",
            f"no settlement {decided.settlement_id} waits for a decision",
            f"没有等待应答的结算 {decided.settlement_id}",
        )
    no_longer_waiting(settlement.insured_region, context)
    settlement = as_decided(settlement, decided)
    settlements.put(settlement)
    _rest_visit(settlement, context)
    if settlement.state is SettlementState.SETTLED:
        book(context, "care", settlement_line(settlement, context.address.region, "care"))
        if settlement.use_account:
            code = _account_code(settlement)
            if not code:
                start_debit(settlement, settlement.account_limit_fen, context)
                return
            settlement = replace(settlement, account_code=code)
            settlements.put(settlement)
    context.complete(settlement.institution_id, settlement.request_id, view_of(settlement))


def as_decided(settlement: Settlement, decided: SettlementDecided) -> Settlement:
    """Return a settlement as its insured region has decided it.

    Raises ``Rejected``: ``result_unknown``, or ``decision_amounts`` for amounts that cannot be, and
    for an account that may be drawn on for more than the patient pays. Another region's mistake is
    no fault of these books.
    """
    check_known(decided)
    state, outcome = STATES[decided.result]
    settlement = replace(
        settlement,
        state=move(settlement.state, state),
        outcome=outcome,
        scheme=decided.scheme,
        code=decided.code,
        message_zh=decided.message_zh,
        message_en=decided.message_en,
        flags=decided.flags,
        by_fund=decided.by_fund,
        deductible_fen=decided.deductible_fen,
        account_limit_fen=decided.account_limit_fen,
        policy_bundle=decided.policy_bundle,
        illustrative=decided.illustrative,
        account_id=settlement.account_id or decided.account_id,
    )
    try:
        payment_split(replace(settlement, account_fen=max(settlement.account_limit_fen, 0)))
    except InvariantBroken as error:
        raise Rejected(
            "decision_amounts",
            "funds, account and deductible are more than the cost, or an amount is negative",
            "基金、个人账户与起付线金额超出总费用, 或有负数",
        ) from error
    return settlement


def _account_code(settlement: Settlement) -> str:
    """Return why the account is not even asked, ``""`` when it is."""
    if settlement.undo_id:
        return "undo_under_way"
    if settlement.account_limit_fen <= 0:
        return "not_payable_from_account"
    return "" if settlement.account_id else "account_not_given"


def settlement_line(settlement: Settlement, care_region: str, side: str) -> LineReported:
    """Return the line that a paid settlement gives to the books."""
    assert settlement.scheme is not None
    return LineReported(
        side=side,
        line_id=settlement.settlement_id,
        settlement_id=settlement.settlement_id,
        kind="settlement",
        care_region=care_region,
        payer_region=settlement.insured_region,
        scheme=settlement.scheme,
        clearing_type=clearing_type(settlement.care_type),
        total_fen=settlement.total_fen,
        by_fund=settlement.by_fund,
    )


def _detailed(line: FeeLineRow) -> DetailedLine:
    return DetailedLine(
        line.line_no,
        line.item_code,
        line.quantity_e4,
        line.unit_price_e6,
        line.amount_fen,
        line.own_pay_fen,
        line.over_limit_fen,
        line.first_pay_fen,
        line.in_scope_fen,
        line.incurred_on,
    )


def _send_details(settlement: Settlement, lines: Sequence[DetailedLine], context: Context) -> None:
    chunks = [lines[i : i + LINES_A_CHUNK] for i in range(0, len(lines), LINES_A_CHUNK)]
    for number, chunk in enumerate(chunks, start=1):
        context.send(
            Address(Role.INSURED, settlement.insured_region),
            settlement.member_id,
            FeeLinesDetailed(settlement.settlement_id, number, len(chunks), tuple(chunk)),
            correlation_id=settlement.settlement_id,
            topic=topics.details(settlement.insured_region),
        )


def _rest_visit(settlement: Settlement, context: Context) -> None:
    """Refused and expired leave the visit to be settled anew; paid and manual do not."""
    visits = context.table(Visit)
    visit = visits.get(settlement.visit_id)
    assert visit is not None
    settled = settlement.state in (SettlementState.SETTLED, SettlementState.MANUAL)
    if settlement.undo_id:
        return  # an undo is on its way and decides what the visit becomes
    visits.put(replace(visit, state=VisitState.SETTLED if settled else resting_state(visit)))
