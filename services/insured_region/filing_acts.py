"""Filings are made, changed and revoked in the order of their member's messages on the log.

So a settlement stands before or after a filing for good: a database that was put back to a
backup reads both again, in the same order, and comes to the same decision.
"""

from __future__ import annotations

from clearing.errors import NotFound, Rejected, RuleError, Unavailable, YidiError
from clearing.filing import FilingCategory, FilingRecord, FilingRequest, change, file, revoke
from clearing.messages import FilingAsked
from services.insured_region.answers import FilingSeen
from services.insured_region.filings import seen
from services.insured_region.members import member_of
from services.insured_region.rules import RegionRules
from services.node.command import Failed
from services.node.context import Context
from services.node.records import RequestEntry, RequestStatus


def on_filing_asked(asked: FilingAsked, context: Context, *, rules: RegionRules) -> None:
    """Do what the desk asked, or refuse it for good; either is the answer to its request.

    Raises ``NotFound`` (``member_unknown``, ``filing_unknown``) where a database that was put
    back to a backup has lost them: the message is parked until they are entered again.
    """
    if not _is_open(asked, context):
        return
    member_of(context, asked.member_id)
    before = _before(asked, context)
    answer: FilingSeen | Rejected
    try:
        answer = seen(_carried_out(asked, before, context, rules))
    except RuleError as error:  # the desk chose that day
        answer = Rejected(error.code, error.message_en, error.message_zh, field="approved_on")
    except Rejected as error:
        answer = error
    context.complete(asked.scope, asked.request_id, answer)


def on_filing_parked(asked: FilingAsked, reason: YidiError, context: Context) -> None:
    """Tell the desk why its request is not carried out yet; it stays open."""
    refusal = Unavailable(reason.code, reason.message_en, reason.message_zh)
    context.completed[asked.scope, asked.request_id] = Failed(refusal)


def give_up_filing(asked: FilingAsked, context: Context) -> None:
    """Refuse what will never be carried out."""
    if _is_open(asked, context):
        refusal = Rejected(
            "message_discarded",
            "the request could not be processed and was given up; it had no effect",
            "该请求未能处理并已放弃, 未产生任何结果",
        )
        context.complete(asked.scope, asked.request_id, refusal)


def _before(asked: FilingAsked, context: Context) -> FilingRecord | None:
    if not asked.before_id:
        return None
    before = context.table(FilingRecord).get(asked.before_id)
    if before is None:
        raise NotFound(
            "filing_unknown",
            f"there is no filing {asked.before_id!r}",
            f"没有备案 {asked.before_id!r}",
        )
    return before


def _carried_out(
    asked: FilingAsked, before: FilingRecord | None, context: Context, rules: RegionRules
) -> FilingRecord:
    table = context.table(FilingRecord)
    if asked.method == "RevokeFiling":
        assert before is not None
        record = revoke(before, asked.on)
        table.put(record)
        return record
    request = FilingRequest(
        filing_id=asked.filing_id,
        member_id=asked.member_id,
        category=FilingCategory(asked.category),
        destination_region=asked.destination_region,
        approved_on=asked.on,
        committed=asked.committed,
    )
    known = list(table.select(member_id=asked.member_id))
    if before is None:
        record = file(rules.filing, request, known)
    else:
        revoked, record = change(rules.filing, before, request, known)
        table.put(revoked)
    table.put(record)
    return record


def _is_open(asked: FilingAsked, context: Context) -> bool:
    """Tell whether the request waits for its answer; one that a backup does not hold does."""
    requests = context.table(RequestEntry)
    entry = requests.get(asked.scope, asked.request_id)
    if entry is None:
        requests.put(
            RequestEntry(
                asked.scope,
                asked.request_id,
                kind=asked.method,
                digest=asked.digest,
                status=RequestStatus.PENDING,
                business_time=context.business_time,
                accepted_at=asked.accepted_at,
                correlation_id=context.correlation_id,
            )
        )
        return True
    return entry.status is RequestStatus.PENDING
