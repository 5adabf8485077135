"""A corpus as requests of the nodes' services. Every request id is derived from a key."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from clearing.benefits.claim import ORDINARY, Circumstances
from clearing.calendar import Instant, instant_at
from clearing.catalogue import FeeLine
from protos.care.v1 import care_pb2
from protos.common.v1 import common_pb2
from protos.insured.v1 import insured_pb2
from services.harness.corpus import FilingAction, FilingStep, Institution, Member, Visit

DESK = "replay"
"""In whose name the agency's requests are made."""


def wire_enum(kind: Any, prefix: str, value: StrEnum) -> Any:
    """Return the wire's number for a word."""
    return kind.Value(f"{prefix}_{value.name}")


def header(
    request_id: str, institution_id: str, region: str, at: Instant
) -> common_pb2.RequestHeader:
    """Return the head of a mutating call."""
    return common_pb2.RequestHeader(
        request_id=request_id,
        institution_id=institution_id,
        region=region,
        business_time=timestamp(at),
    )


def timestamp(at: Instant) -> Timestamp:
    """Return an instant as the wire has it."""
    return Timestamp(seconds=at // 1000, nanos=at % 1000 * 1_000_000)


def visit_header(visit: Visit, step: str, at: Instant) -> common_pb2.RequestHeader:
    """Return the head of a call about a visit; its request id is ``<visit key>:<step>``."""
    return header(f"{visit.key}:{step}", visit.institution_id, visit.care_region, at)


def register_institutions(
    name: str, institutions: Sequence[Institution], at: Instant
) -> care_pb2.RegisterInstitutionsRequest:
    """Register institutions of one care region."""
    levels = common_pb2.HospitalLevel
    return care_pb2.RegisterInstitutionsRequest(
        header=header(name, DESK, institutions[0].care_region, at),
        institutions=[
            care_pb2.Institution(
                institution_id=one.institution_id,
                name=one.name,
                level=wire_enum(levels, "HOSPITAL_LEVEL", one.level),
            )
            for one in institutions
        ],
    )


def register_members(
    name: str, members: Sequence[Member], at: Instant
) -> insured_pb2.RegisterMembersRequest:
    """Register members of one insured region."""
    return insured_pb2.RegisterMembersRequest(
        header=header(name, DESK, members[0].insured_region, at),
        members=[_member(member) for member in members],
    )


def _member(member: Member) -> insured_pb2.Member:
    return insured_pb2.Member(
        member_id=member.member_id,
        insured_region=member.insured_region,
        birth_date=member.birth_date.isoformat(),
        identities=member.identities,
        spans=[
            insured_pb2.EnrolmentSpan(
                scheme=wire_enum(common_pb2.Scheme, "SCHEME", span.scheme),
                category=span.category,
                benefit_from=span.benefit_from.isoformat(),
                benefit_until=span.benefit_until.isoformat(),
                enrolled_on=span.enrolled_on.isoformat(),
                cap_increase_fen=span.cap_increase_fen,
            )
            for span in member.spans
        ],
        account_id=member.account_id,
        account_balance_fen=member.account_balance_fen,
        account_shared_with=member.account_shared_with,
    )


def filing_request(step: FilingStep, filing_id: str) -> Any:
    """Return the request of a filing step; ``filing_id`` is that of the step it is about."""
    head = header(step.key, DESK, step.insured_region, step.at)
    if step.action is FilingAction.REVOKE:
        return insured_pb2.RevokeFilingRequest(
            header=head, filing_id=filing_id, revoked_on=str(step.revoked_on)
        )
    if step.action is FilingAction.CHANGE:
        return insured_pb2.ChangeFilingRequest(
            header=head,
            filing_id=filing_id,
            category=step.category,
            destination_region=step.destination_region,
            approved_on=str(step.approved_on),
        )
    return insured_pb2.FileRemoteCareRequest(
        header=head,
        member_id=step.member_id,
        category=step.category,
        destination_region=step.destination_region,
        approved_on=str(step.approved_on),
        committed=step.committed,
    )


def open_visit(visit: Visit) -> care_pb2.OpenVisitRequest:
    """Open the visit on the morning of its day of admission."""
    at = min(instant_at(visit.admitted_on, 7), visit.settle_at)
    return care_pb2.OpenVisitRequest(
        header=visit_header(visit, "open", at),
        insured_region=visit.insured_region,
        member_id=visit.member_id,
        care_type=wire_enum(common_pb2.CareType, "CARE_TYPE", visit.care_type),
        admitted_on=visit.admitted_on.isoformat(),
        emergency=visit.emergency,
        records_verified=visit.records_verified,
        selected_institution=visit.selected_institution,
        circumstances=_circumstances(visit.circumstances),
    )


def upload_lines(
    visit: Visit, visit_id: str, step: str, lines: Sequence[FeeLine]
) -> care_pb2.UploadFeeLinesRequest:
    """Upload fee lines."""
    return care_pb2.UploadFeeLinesRequest(
        header=visit_header(visit, step, visit.settle_at),
        visit_id=visit_id,
        lines=[
            care_pb2.FeeLine(
                line_no=line.line_no,
                item_code=line.item_code,
                quantity_e4=line.quantity_e4,
                unit_price_e6=line.unit_price_e6,
                amount_fen=line.amount_fen,
            )
            for line in lines
        ],
    )


def void_lines(visit: Visit, visit_id: str) -> care_pb2.VoidFeeLinesRequest:
    """Void the lines that are to be voided."""
    return care_pb2.VoidFeeLinesRequest(
        header=visit_header(visit, "void", visit.settle_at),
        visit_id=visit_id,
        line_nos=visit.voided,
    )


def close_visit(visit: Visit, visit_id: str) -> care_pb2.CloseVisitRequest:
    """Discharge."""
    return care_pb2.CloseVisitRequest(
        header=visit_header(visit, "close", visit.settle_at),
        visit_id=visit_id,
        discharged_on=visit.discharged_on.isoformat(),
    )


def withdraw_visit(visit: Visit, visit_id: str) -> care_pb2.CancelVisitRequest:
    """Cancel the visit itself."""
    return care_pb2.CancelVisitRequest(
        header=visit_header(visit, "withdraw", visit.settle_at), visit_id=visit_id
    )


def look_up(visit: Visit) -> care_pb2.LookUpMemberRequest:
    """Ask who the patient is, as the counter does first."""
    return care_pb2.LookUpMemberRequest(
        care_region=visit.care_region,
        insured_region=visit.insured_region,
        member_id=visit.member_id,
        on=visit.admitted_on.isoformat(),
    )


def quote(visit: Visit, visit_id: str) -> care_pb2.QuoteRequest:
    """Ask what settling would give, as the counter does last."""
    return care_pb2.QuoteRequest(
        care_region=visit.care_region,
        institution_id=visit.institution_id,
        visit_id=visit_id,
        business_time=timestamp(visit.settle_at),
    )


def settle(visit: Visit, visit_id: str, step: str, at: Instant) -> care_pb2.SettleRequest:
    """Settle the visit, with account money where the corpus asks for it."""
    account = visit.account
    shared = account is not None and not account.own
    return care_pb2.SettleRequest(
        header=visit_header(visit, step, at),
        visit_id=visit_id,
        use_account=account is not None,
        account_id=account.account_id if account and shared else "",
        account_region=account.account_region if account and shared else "",
    )


def cancel_settlement(visit: Visit, settlement_id: str) -> care_pb2.CancelSettlementRequest:
    """Cancel a settlement."""
    assert visit.undo_at is not None
    return care_pb2.CancelSettlementRequest(
        header=visit_header(visit, "cancel", visit.undo_at), settlement_id=settlement_id
    )


def reverse(visit: Visit, step: str, target: str, at: Instant) -> care_pb2.ReverseRequestRequest:
    """Reverse a request of this visit by the step it was made in."""
    return care_pb2.ReverseRequestRequest(
        header=visit_header(visit, step, at),
        target_request_id=f"{visit.key}:{target}",
        member_id=visit.member_id,
        insured_region=visit.insured_region,
    )


def outcome_of(visit: Visit, step: str) -> care_pb2.GetOutcomeRequest:
    """Ask what became of a request of this visit."""
    return care_pb2.GetOutcomeRequest(
        care_region=visit.care_region,
        institution_id=visit.institution_id,
        request_id=f"{visit.key}:{step}",
    )


def _circumstances(told: Circumstances) -> common_pb2.Circumstances | None:
    """Return what a hospital sends, nothing where nothing is special."""
    if told == ORDINARY:
        return None
    return common_pb2.Circumstances(
        cause=wire_enum(common_pb2.Cause, "CAUSE", told.cause),
        third_party_compensation_fen=told.third_party_compensation_fen,
        delivery=wire_enum(common_pb2.Delivery, "DELIVERY", told.delivery),
        delivered_on="" if told.delivered_on is None else told.delivered_on.isoformat(),
        special_disease=told.special_disease,
    )
