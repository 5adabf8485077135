"""The agency's desk for remote-care filings (异地就医备案)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from clearing.errors import Malformed, NotFound, Rejected, RuleError
from clearing.filing import FilingCategory, FilingRecord, FilingRequest, change, file, revoke
from clearing.geography import check_region
from services.insured_region import commands
from services.insured_region.answers import FilingSeen, FilingsSeen
from services.insured_region.members import member_of
from services.insured_region.records import Member
from services.insured_region.rules import RegionRules
from services.node.context import Context


def file_remote_care(
    command: commands.FileRemoteCare, context: Context, *, rules: RegionRules
) -> FilingSeen:
    """File remote care for a member by the rules of the day of approval."""
    category = _category(command.category)
    check_region(command.destination_region, "destination_region")
    _one_at_a_time(command.member_id, context)
    request = FilingRequest(
        filing_id=context.mint("fil"),
        member_id=command.member_id,
        category=category,
        destination_region=command.destination_region,
        approved_on=command.approved_on,
        committed=command.committed,
    )
    with _by_day_of_approval():
        record = file(rules.filing, request, _of(command.member_id, context))
    context.table(FilingRecord).put(record)
    return _seen(record)


def change_filing(
    command: commands.ChangeFiling, context: Context, *, rules: RegionRules
) -> FilingSeen:
    """Revoke a filing and file anew, both or neither."""
    category = _category(command.category)
    check_region(command.destination_region, "destination_region")
    before = _filing(command.filing_id, context)
    _one_at_a_time(before.member_id, context)
    request = FilingRequest(
        filing_id=context.mint("fil"),
        member_id=before.member_id,
        category=category,
        destination_region=command.destination_region,
        approved_on=command.approved_on,
    )
    with _by_day_of_approval():
        revoked, record = change(rules.filing, before, request, _of(before.member_id, context))
    table = context.table(FilingRecord)
    table.put(revoked)
    table.put(record)
    return _seen(record)


def revoke_filing(command: commands.RevokeFiling, context: Context) -> FilingSeen:
    """Revoke a filing, unless its lock period is not over."""
    before = _filing(command.filing_id, context)
    _one_at_a_time(before.member_id, context)
    record = revoke(before, command.revoked_on)
    context.table(FilingRecord).put(record)
    return _seen(record)


def list_filings(command: commands.ListFilings, context: Context) -> FilingsSeen:
    """Show a member's filings, by approval."""
    member_of(context, command.member_id)
    records = sorted(
        _of(command.member_id, context), key=lambda record: (record.approved_on, record.filing_id)
    )
    return FilingsSeen(tuple(_seen(record) for record in records))


@contextmanager
def _by_day_of_approval() -> Iterator[None]:
    """Refuse a day of approval that no edition of the rules covers: the desk chose that day."""
    try:
        yield
    except RuleError as error:
        raise Rejected(
            error.code, error.message_en, error.message_zh, field="approved_on"
        ) from error


def _one_at_a_time(member_id: str, context: Context) -> None:
    """Let of two desks that act for a member at once the second start anew.

    Each reads all of the member's filings and writes another one: two that exclude each other
    would both stand. Raises ``NotFound``.
    """
    context.table(Member).put(member_of(context, member_id))


def _of(member_id: str, context: Context) -> list[FilingRecord]:
    return list(context.table(FilingRecord).select(member_id=member_id))


def _filing(filing_id: str, context: Context) -> FilingRecord:
    record = context.table(FilingRecord).get(filing_id)
    if record is None:
        raise NotFound(
            "filing_unknown",
            f"there is no filing {filing_id!r}",
            f"没有备案 {filing_id!r}",
            field="filing_id",
        )
    return record


def _category(text: str) -> FilingCategory:
    try:
        return FilingCategory(text)
    except ValueError:
        known = ", ".join(FilingCategory)
        raise Malformed(
            "filing_category",
            f"a filing's category is one of {known}",
            f"备案类别应为 {known} 之一",
            field="category",
        ) from None


def _seen(record: FilingRecord) -> FilingSeen:
    return FilingSeen(
        record.filing_id,
        record.member_id,
        record.insured_region,
        str(record.category),
        record.destination_region,
        record.approved_on,
        record.valid_from,
        record.valid_until,
        record.revoked_on,
        record.locked_until,
    )
