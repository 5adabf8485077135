"""A corpus as JSON: amounts in yuan with two decimals, dates ISO, times at +08:00."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from clearing.benefits.claim import ORDINARY, CareType, HospitalLevel, Scheme
from clearing.calendar import Instant
from clearing.catalogue import FeeLine
from clearing.money import format_yuan
from services.harness.circumstances import circumstances_json, read_circumstances
from services.harness.corpus import (
    THREE_PARTS,
    UNDOING,
    AccountUse,
    FilingAction,
    FilingStep,
    Institution,
    Member,
    Span,
    Story,
    Visit,
)
from services.harness.fields import Fields

_SHANGHAI = timezone(timedelta(hours=8))
_SCALED = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,6}))?")

Json = dict[str, Any]


def institution_json(institution: Institution) -> Json:
    """Write an institution."""
    return {
        "institution_id": institution.institution_id,
        "care_region": institution.care_region,
        "name": institution.name,
        "level": institution.level.value,
    }


def read_institution(fields: Fields) -> Institution:
    """Read an institution."""
    return Institution(
        institution_id=fields.text("institution_id"),
        care_region=fields.text("care_region"),
        name=fields.text("name"),
        level=fields.choice("level", HospitalLevel),
    )


def member_json(member: Member) -> Json:
    """Write a member."""
    data: Json = {
        "member_id": member.member_id,
        "insured_region": member.insured_region,
        "birth_date": member.birth_date.isoformat(),
    }
    if member.identities:
        data["identities"] = list(member.identities)
    data["spans"] = [_span_json(span) for span in member.spans]
    if member.account_id:
        data["account_id"] = member.account_id
        data["account_balance"] = format_yuan(member.account_balance_fen)
        if member.account_shared_with:
            data["account_shared_with"] = list(member.account_shared_with)
    return data


def read_member(fields: Fields) -> Member:
    """Read a member."""
    account_id = fields.text("account_id", "")
    return Member(
        member_id=fields.text("member_id"),
        insured_region=fields.text("insured_region"),
        birth_date=fields.day("birth_date"),
        identities=fields.texts("identities"),
        spans=tuple(span.take(_read_span) for span in fields.objects("spans")),
        account_id=account_id,
        account_balance_fen=fields.yuan("account_balance") if account_id else 0,
        account_shared_with=fields.texts("account_shared_with") if account_id else (),
    )


def _span_json(span: Span) -> Json:
    data: Json = {
        "scheme": span.scheme.value,
        "category": span.category,
        "enrolled_on": span.enrolled_on.isoformat(),
        "benefit_from": span.benefit_from.isoformat(),
        "benefit_until": span.benefit_until.isoformat(),
    }
    if span.cap_increase_fen:
        data["cap_increase"] = format_yuan(span.cap_increase_fen)
    return data


def _read_span(fields: Fields) -> Span:
    return Span(
        scheme=fields.choice("scheme", Scheme),
        category=fields.text("category"),
        enrolled_on=fields.day("enrolled_on"),
        benefit_from=fields.day("benefit_from"),
        benefit_until=fields.day("benefit_until"),
        cap_increase_fen=fields.optional_yuan("cap_increase"),
    )


def filing_json(step: FilingStep) -> Json:
    """Write a filing step."""
    data: Json = {
        "key": step.key,
        "action": step.action.value,
        "insured_region": step.insured_region,
        "member_id": step.member_id,
        "at": format_local(step.at),
    }
    if step.of:
        data["of"] = step.of
    if step.category:
        data["category"] = step.category
        data["destination_region"] = step.destination_region
    if step.approved_on:
        data["approved_on"] = step.approved_on.isoformat()
    if step.revoked_on:
        data["revoked_on"] = step.revoked_on.isoformat()
    if step.committed:
        data["committed"] = True
    return data


def read_filing(fields: Fields) -> FilingStep:
    """Read a filing step."""
    action = fields.choice("action", FilingAction)
    files = action is not FilingAction.REVOKE
    return FilingStep(
        key=fields.text("key"),
        action=action,
        insured_region=fields.text("insured_region"),
        member_id=fields.text("member_id"),
        at=fields.instant("at"),
        of="" if action is FilingAction.FILE else fields.text("of"),
        category=fields.text("category") if files else "",
        destination_region=fields.text("destination_region") if files else "",
        approved_on=fields.day("approved_on") if files else None,
        revoked_on=None if files else fields.day("revoked_on"),
        committed=fields.flag("committed"),
    )


def visit_json(visit: Visit) -> Json:
    """Write a visit."""
    data: Json = {
        "key": visit.key,
        "care_region": visit.care_region,
        "institution_id": visit.institution_id,
        "insured_region": visit.insured_region,
        "member_id": visit.member_id,
        "care_type": visit.care_type.value,
        "admitted_on": visit.admitted_on.isoformat(),
        "discharged_on": visit.discharged_on.isoformat(),
        "settle_at": format_local(visit.settle_at),
    }
    for name in ("emergency", "records_verified", "selected_institution"):
        if getattr(visit, name):
            data[name] = True
    if visit.circumstances != ORDINARY:
        data["circumstances"] = circumstances_json(visit.circumstances)
    if visit.account:
        data["account"] = {
            "account_id": visit.account.account_id,
            "account_region": visit.account.account_region,
            "own": visit.account.own,
        }
    if visit.story is not Story.PLAIN:
        data["story"] = visit.story.value
    if visit.undo_at is not None:
        data["undo_at"] = format_local(visit.undo_at)
    if visit.again_at is not None:
        data["again_at"] = format_local(visit.again_at)
    if visit.refused_line:
        data["refused_line"] = _line_json(visit.refused_line)
    if visit.voided:
        data["voided"] = list(visit.voided)
    data["lines"] = [_line_json(line) for line in visit.lines]
    return data


def read_visit(fields: Fields) -> Visit:
    """Read a visit; its story has the times it needs and no others."""
    story = fields.choice("story", Story, Story.PLAIN)
    account = fields.optional_object("account")
    refused = fields.optional_object("refused_line") if story is Story.LINE_REFUSED else None
    return Visit(
        key=fields.text("key"),
        care_region=fields.text("care_region"),
        institution_id=fields.text("institution_id"),
        insured_region=fields.text("insured_region"),
        member_id=fields.text("member_id"),
        care_type=fields.choice("care_type", CareType),
        admitted_on=fields.day("admitted_on"),
        discharged_on=fields.day("discharged_on"),
        settle_at=fields.instant("settle_at"),
        emergency=fields.flag("emergency"),
        records_verified=fields.flag("records_verified"),
        selected_institution=fields.flag("selected_institution"),
        circumstances=read_circumstances(fields.optional_object("circumstances")),
        account=account.take(_read_account) if account else None,
        story=story,
        undo_at=fields.instant("undo_at") if story in UNDOING else None,
        again_at=fields.instant("again_at") if story in THREE_PARTS else None,
        refused_line=refused.take(_read_line) if refused else None,
        voided=fields.numbers("voided") if story is Story.LINE_VOIDED else (),
        lines=tuple(line.take(_read_line) for line in fields.objects("lines")),
    )


def _read_account(fields: Fields) -> AccountUse:
    return AccountUse(fields.text("account_id"), fields.text("account_region"), fields.flag("own"))


def _line_json(line: FeeLine) -> Json:
    return {
        "no": line.line_no,
        "item": line.item_code,
        "quantity": format_scaled(line.quantity_e4, 4, 0),
        "price": format_scaled(line.unit_price_e6, 6, 2),
        "amount": format_yuan(line.amount_fen),
    }


def _read_line(fields: Fields) -> FeeLine:
    return FeeLine(
        line_no=fields.number("no"),
        item_code=fields.text("item"),
        quantity_e4=_scaled(fields, "quantity", 4),
        unit_price_e6=_scaled(fields, "price", 6),
        amount_fen=fields.yuan("amount"),
    )


def _scaled(fields: Fields, name: str, decimals: int) -> int:
    text = fields.text(name)
    match = _SCALED.fullmatch(text)
    if match is None or len(match[2] or "") > decimals:
        raise fields.error(name, f"cannot be {text!r}", f"不能为 {text!r}")
    return int(match[1] + (match[2] or "").ljust(decimals, "0"))


def format_scaled(value: int, decimals: int, least: int) -> str:
    """Write ``value / 10**decimals`` exactly, with ``least`` decimals or more."""
    whole, part = divmod(value, 10**decimals)
    digits = f"{part:0{decimals}d}".rstrip("0").ljust(least, "0")
    return f"{whole}.{digits}" if digits else str(whole)


def format_local(instant: Instant) -> str:
    """Write an instant as Shanghai reads it, to the second."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return moment.astimezone(_SHANGHAI).isoformat(timespec="seconds")
