"""The agency's desk for remote-care filings (异地就医备案): what is asked, and what is shown.

What is asked travels over the log, on the member's key: see ``filing_acts``.
"""

from __future__ import annotations

from datetime import date

from clearing.errors import Malformed, NotFound
from clearing.filing import FilingCategory, FilingRecord
from clearing.geography import check_region
from clearing.messages import FilingAsked
from services.insured_region import commands
from services.insured_region.answers import FilingSeen, FilingsSeen
from services.insured_region.members import member_of
from services.node.command import PENDING
from services.node.context import Context
from services.node.records import RequestEntry


def file_remote_care(command: commands.FileRemoteCare, context: Context) -> object:
    """Ask for a filing; it is made by the rules of the day of approval."""
    _check_category(command.category)
    check_region(command.destination_region, "destination_region")
    member_of(context, command.member_id)
    _ask(
        command,
        command.member_id,
        command.approved_on,
        context,
        filing_id=context.mint("fil"),
        category=command.category,
        destination_region=command.destination_region,
        committed=command.committed,
    )
    return PENDING


def change_filing(command: commands.ChangeFiling, context: Context) -> object:
    """Ask that a filing is revoked and another made, both or neither."""
    _check_category(command.category)
    check_region(command.destination_region, "destination_region")
    before = _filing(command.filing_id, context)
    _ask(
        command,
        before.member_id,
        command.approved_on,
        context,
        filing_id=context.mint("fil"),
        before_id=before.filing_id,
        category=command.category,
        destination_region=command.destination_region,
    )
    return PENDING


def revoke_filing(command: commands.RevokeFiling, context: Context) -> object:
    """Ask that a filing is revoked, unless its lock period is not over."""
    before = _filing(command.filing_id, context)
    _ask(command, before.member_id, command.revoked_on, context, before_id=before.filing_id)
    return PENDING


def list_filings(command: commands.ListFilings, context: Context) -> FilingsSeen:
    """Show a member's filings, by approval."""
    member_of(context, command.member_id)
    records = sorted(
        context.table(FilingRecord).select(member_id=command.member_id),
        key=lambda record: (record.approved_on, record.filing_id),
    )
    return FilingsSeen(tuple(seen(record) for record in records))


def _ask(
    command: commands.FileRemoteCare | commands.ChangeFiling | commands.RevokeFiling,
    member_id: str,
    on: date,
    context: Context,
    *,
    filing_id: str = "",
    before_id: str = "",
    category: str = "",
    destination_region: str = "",
    committed: bool = False,
) -> None:
    """Put what a desk asks among the member's messages: it takes effect when that is read."""
    assert context.meta is not None
    entry = context.table(RequestEntry).get(context.meta.scope, context.meta.request_id)
    assert entry is not None
    context.correlation_id = filing_id or before_id
    context.send(
        context.address,
        member_id,
        FilingAsked(
            type(command).__name__,
            entry.scope,
            entry.request_id,
            entry.digest,
            entry.accepted_at,
            member_id,
            on,
            filing_id,
            before_id,
            category,
            destination_region,
            committed,
        ),
        correlation_id=context.correlation_id,
    )


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


def _check_category(text: str) -> None:
    if text not in list(FilingCategory):
        known = ", ".join(FilingCategory)
        raise Malformed(
            "filing_category",
            f"a filing's category is one of {known}",
            f"备案类别应为 {known} 之一",
            field="category",
        )


def seen(record: FilingRecord) -> FilingSeen:
    """Return a filing as the desk sees it."""
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
