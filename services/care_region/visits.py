"""Opening, changing, closing, withdrawing and showing visits."""

from __future__ import annotations

from datetime import date

from clearing.benefits.circumstances_input import check_circumstances
from clearing.benefits.claim import CareType, Circumstances
from clearing.calendar import civil_date
from clearing.errors import Conflict, Malformed, NotFound, Rejected
from clearing.frozen import replace
from clearing.geography import check_region
from clearing.messages import CostSplit
from services.care_region import answers, commands
from services.care_region.live_lines import live_lines
from services.care_region.records import Institution, Settlement, Visit, VisitState
from services.care_region.settlement_view import view_of
from services.node.context import Context

MAX_INSTITUTIONS = 500
MAX_VISITS = 500


def register_institutions(
    command: commands.RegisterInstitutions, context: Context
) -> answers.InstitutionsRegistered:
    """Register or update institutions of this region."""
    if not 1 <= len(command.institutions) <= MAX_INSTITUTIONS:
        raise Malformed(
            "batch_size",
            f"1 to {MAX_INSTITUTIONS} institutions a call",
            f"每次1至{MAX_INSTITUTIONS}家机构",
            field="institutions",
        )
    table = context.table(Institution)
    for entry in command.institutions:
        table.put(Institution(entry.institution_id, entry.name, entry.level))
    return answers.InstitutionsRegistered(len(command.institutions))


def open_visit(
    command: commands.OpenVisit,
    context: Context,
    *,
    insured_regions: frozenset[str] | None = None,
) -> answers.VisitAnswer:
    """Open a visit.

    Raises ``NotFound`` for an institution this region has not designated, ``Rejected``
    (``region_unknown``) for an insured region that is not part of the network.
    """
    check_region(command.insured_region, "insured_region")
    if insured_regions is not None and command.insured_region not in insured_regions:
        raise Rejected(
            "region_unknown",
            f"the network has no insured region {command.insured_region}",
            f"联网地区中没有参保地 {command.insured_region}",
            field="insured_region",
        )
    scope = scope_of(context)
    if context.table(Institution).get(scope) is None:
        raise NotFound(
            "institution_unknown",
            f"{scope} is not a designated institution of {context.address.region}",
            f"{scope} 不是 {context.address.region} 的定点医药机构",
            field="header.institution_id",
        )
    _not_in_future(command.admitted_on, context, "admitted_on")
    _check_told(command.circumstances, command.care_type, context)
    inpatient = command.care_type is CareType.INPATIENT
    visit = Visit(
        visit_id=context.mint("vst"),
        institution_id=scope,
        insured_region=command.insured_region,
        member_id=command.member_id,
        care_type=command.care_type,
        admitted_on=command.admitted_on,
        discharged_on=None if inpatient else command.admitted_on,
        emergency=command.emergency,
        records_verified=command.records_verified,
        selected_institution=command.selected_institution,
        diagnosis_code=command.diagnosis_code,
        state=VisitState.OPEN,
        circumstances=command.circumstances,
    )
    context.table(Visit).put(visit)
    return _answer(visit)


def change_visit(command: commands.ChangeVisit, context: Context) -> answers.VisitAnswer:
    """Change what is given. The day of admission stays once lines are split by it."""
    visit = unsettled(visit_of(context, command.visit_id))
    if command.admitted_on is not None and command.admitted_on != visit.admitted_on:
        _not_in_future(command.admitted_on, context, "admitted_on")
        if visit.line_count:
            raise Conflict(
                "visit_has_lines",
                "void the fee lines before the day of admission changes",
                "变更入院日期前请先撤销费用明细",
                field="admitted_on",
            )
        inpatient = visit.care_type is CareType.INPATIENT
        visit = replace(
            visit,
            admitted_on=command.admitted_on,
            discharged_on=visit.discharged_on if inpatient else command.admitted_on,
            changes=visit.changes + 1,
        )
        _in_order(visit.admitted_on, visit.discharged_on, "admitted_on")
    if command.diagnosis_code:
        visit = replace(visit, diagnosis_code=command.diagnosis_code)
    if command.circumstances not in (None, visit.circumstances):
        assert command.circumstances is not None, "it was given"
        _check_told(command.circumstances, visit.care_type, context)
        visit = replace(visit, circumstances=command.circumstances, changes=visit.changes + 1)
    context.table(Visit).put(visit)
    return _answer(visit)


def _check_told(told: Circumstances, care_type: CareType, context: Context) -> None:
    """Raise ``Malformed`` where circumstances contradict themselves or the kind of care."""
    today = civil_date(context.business_time)
    check_circumstances(told, care_type, today, None, _circumstance)


def fitting(visit: Visit) -> Visit:
    """Return a visit whose circumstances fit its cost and discharge.

    Raises ``Rejected``: ``compensation_above_total`` or ``born_after_discharge``. What was told
    may be changed until the visit is settled.
    """
    told, discharged_on = visit.circumstances, visit.discharged_on or visit.admitted_on
    try:
        check_circumstances(told, visit.care_type, discharged_on, visit.total_fen, _circumstance)
    except Malformed as error:
        raise Rejected(error.code, error.message_en, error.message_zh, field=error.field) from error
    return visit


def _circumstance(name: str) -> str:
    unit = "_fen" if name == "third_party_compensation" else ""
    return f"circumstances.{name}{unit}"


def close_visit(command: commands.CloseVisit, context: Context) -> answers.VisitAnswer:
    """Discharge. An outpatient visit ends on its only day."""
    visit = unsettled(visit_of(context, command.visit_id))
    _not_in_future(command.discharged_on, context, "discharged_on")
    _in_order(visit.admitted_on, command.discharged_on, "discharged_on")
    if visit.care_type is not CareType.INPATIENT and command.discharged_on != visit.admitted_on:
        raise Rejected(
            "outpatient_days",
            "only an inpatient visit lasts over a day's end",
            "只有住院可以跨日",
            field="discharged_on",
        )
    if any(
        line.incurred_on > command.discharged_on for line in live_lines(context, visit.visit_id)
    ):
        raise Rejected(
            "incurred_on_outside_stay",
            "a fee line was incurred after this day; void it first",
            "有费用发生在该日之后, 请先撤销该费用明细",
            field="discharged_on",
        )
    if command.discharged_on != visit.discharged_on:
        visit = replace(visit, discharged_on=command.discharged_on, changes=visit.changes + 1)
    visit = replace(visit, state=VisitState.CLOSED)
    context.table(Visit).put(visit)
    return _answer(visit)


def cancel_visit(command: commands.CancelVisit, context: Context) -> answers.VisitAnswer:
    """Withdraw a visit that is not settled."""
    visit = replace(unsettled(visit_of(context, command.visit_id)), state=VisitState.CANCELLED)
    context.table(Visit).put(visit)
    return _answer(visit)


def get_visits(command: commands.GetVisits, context: Context) -> answers.VisitsSeen:
    """Show visits with their last settlements."""
    if len(command.visit_ids) > MAX_VISITS:
        raise Malformed(
            "too_many", f"at most {MAX_VISITS} a call", f"每次最多{MAX_VISITS}", field="visit_ids"
        )
    found = context.table(Visit).get_many([(visit_id,) for visit_id in command.visit_ids])
    settlements = context.table(Settlement).get_many(
        [(visit.settlement_id,) for visit in found.values() if visit.settlement_id]
    )
    return answers.VisitsSeen(
        tuple(
            _seen(found[visit_id,], settlements.get((found[visit_id,].settlement_id,)))
            for visit_id in command.visit_ids
            if (visit_id,) in found
        )
    )


def visit_of(context: Context, visit_id: str, scope: str | None = None) -> Visit:
    """Return a visit of the asking institution, else raise ``NotFound``."""
    visit = context.table(Visit).get(visit_id)
    if visit is None or visit.institution_id != (scope or scope_of(context)):
        raise NotFound(
            "visit_unknown",
            f"this institution has no visit {visit_id!r}",
            f"本机构没有就诊 {visit_id!r}",
            field="visit_id",
        )
    return visit


def unsettled(visit: Visit) -> Visit:
    """Return the visit when it may still change, else raise ``Conflict``."""
    if visit.state in (VisitState.OPEN, VisitState.CLOSED):
        return visit
    raise Conflict(
        f"visit_{visit.state}",
        f"the visit is {visit.state}; look at it before going on",
        "就诊状态已变化, 请先查询",
        field="visit_id",
    )


def cost_of(visit: Visit) -> CostSplit:
    """Return the visit's cost as split so far."""
    return CostSplit(
        visit.total_fen,
        visit.own_pay_fen,
        visit.over_limit_fen,
        visit.first_pay_fen,
        visit.in_scope_fen,
    )


def resting_state(visit: Visit) -> VisitState:
    """Return the state a visit goes back to when nothing of a settlement is left."""
    discharged = visit.care_type is CareType.INPATIENT and visit.discharged_on is not None
    return VisitState.CLOSED if discharged else VisitState.OPEN


def scope_of(context: Context) -> str:
    """Return the asking institution."""
    assert context.meta is not None
    return context.meta.scope


def _not_in_future(day: date, context: Context, field: str) -> None:
    if day > civil_date(context.business_time):
        raise Rejected(
            "date_in_future", f"{day} is after the business day", f"{day} 晚于业务日期", field=field
        )


def _in_order(admitted_on: date, discharged_on: date | None, field: str) -> None:
    if discharged_on is not None and discharged_on < admitted_on:
        raise Rejected(
            "dates_out_of_order", "discharge lies before admission", "出院早于入院", field=field
        )


def _answer(visit: Visit) -> answers.VisitAnswer:
    return answers.VisitAnswer(visit.visit_id, visit.state)


def _seen(visit: Visit, settlement: Settlement | None) -> answers.VisitSeen:
    return answers.VisitSeen(
        visit.visit_id,
        visit.institution_id,
        visit.insured_region,
        visit.member_id,
        visit.state,
        visit.admitted_on,
        visit.discharged_on,
        cost_of(visit),
        None if settlement is None else view_of(settlement),
    )
