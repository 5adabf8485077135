"""Registering and showing members and their personal accounts."""

from __future__ import annotations

from dataclasses import replace

from clearing.benefits.claim import IDENTITIES
from clearing.calendar import civil_date
from clearing.enrolment.spans import check_spans
from clearing.errors import Malformed, NotFound, Rejected
from clearing.money import MAX_AMOUNT_FEN
from services.insured_region import commands
from services.insured_region.answers import MembersRegistered
from services.insured_region.records import Account, Member
from services.insured_region.rules import RegionRules, RulesInForce
from services.node.context import Context

MAX_MEMBERS = 500


def register_members(
    command: commands.RegisterMembers, context: Context, *, rules: RegionRules
) -> MembersRegistered:
    """Register or update members, all or none.

    An account's balance is taken when the account is first seen; afterwards it only moves by
    debits and their undoing.
    """
    if not 1 <= len(command.members) <= MAX_MEMBERS:
        raise Malformed(
            "batch_size",
            f"1 to {MAX_MEMBERS} members a call",
            f"每次1至{MAX_MEMBERS}人",
            field="members",
        )
    in_force = rules.in_force(context.uow)
    seen: set[str] = set()
    for index, entry in enumerate(command.members):
        if entry.insured_region != context.address.region:
            raise Rejected(
                "region_mismatch",
                f"this node serves {context.address.region}",
                f"本节点参保地为 {context.address.region}",
                field=f"members[{index}].insured_region",
            )
        try:
            check_spans(entry.spans)
        except Rejected as error:
            error.field = f"members[{index}].{error.field}"
            raise
        if entry.member_id in seen:
            raise Rejected(
                "member_twice",
                f"member {entry.member_id!r} is in this call already",
                f"参保人 {entry.member_id!r} 在本次请求中重复",
                field=f"members[{index}].member_id",
            )
        seen.add(entry.member_id)
        _check_words(entry, index, in_force)
        _keep(entry, index, context)
    return MembersRegistered(len(command.members))


def get_member(command: commands.GetMember, context: Context) -> commands.MemberEntry:
    """Show a member with the account as it stands."""
    member = member_of(context, command.member_id)
    account = context.table(Account).get(member.account_id) if member.account_id else None
    return commands.MemberEntry(
        member_id=member.member_id,
        insured_region=context.address.region,
        birth_date=member.birth_date,
        identities=member.identities,
        spans=member.spans,
        account_id=member.account_id,
        account_balance_fen=0 if account is None else account.balance_fen,
        account_shared_with=() if account is None else account.shared_with,
    )


def member_of(context: Context, member_id: str) -> Member:
    """Return a member, else raise ``NotFound``."""
    member = context.table(Member).get(member_id)
    if member is None:
        raise NotFound(
            "member_unknown",
            f"{context.address.region} has no member {member_id!r}",
            f"参保地 {context.address.region} 没有参保人 {member_id!r}",
            field="member_id",
        )
    return member


def _check_words(entry: commands.MemberEntry, index: int, in_force: RulesInForce) -> None:
    for number, identity in enumerate(entry.identities):
        if identity not in IDENTITIES:
            raise Malformed(
                "identity_unknown",
                f"{identity!r} is no identity",
                f"未知的身份 {identity!r}",
                field=f"members[{index}].identities[{number}]",
            )
    for number, span in enumerate(entry.spans):
        if not 0 <= span.cap_increase_fen <= MAX_AMOUNT_FEN:
            raise Malformed(
                "amount",
                "what enrolment adds to a cap is an amount, not negative",
                "参保激励提高的限额不得为负",
                field=f"members[{index}].spans[{number}].cap_increase_fen",
            )
        known = in_force.categories(entry.insured_region, span.scheme)
        if span.category not in known:
            raise Malformed(
                "category_unknown",
                f"scheme {span.scheme} has the categories {', '.join(known)}",
                f"该险种的人员类别为 {', '.join(known)}",
                field=f"members[{index}].spans[{number}].category",
            )


def _keep(entry: commands.MemberEntry, index: int, context: Context) -> None:
    if entry.account_balance_fen < 0:
        raise Malformed(
            "balance_negative",
            "a balance is at least 0",
            "余额不能为负",
            field=f"members[{index}].account_balance_fen",
        )
    if entry.account_balance_fen and not entry.account_id:
        raise Malformed(
            "balance_without_account",
            "a balance needs the account that holds it",
            "有余额时必须提供账户",
            field=f"members[{index}].account_id",
        )
    if entry.birth_date > civil_date(context.business_time):
        raise Rejected(
            "date_in_future",
            f"{entry.birth_date} is after the business day",
            f"{entry.birth_date} 晚于业务日期",
            field=f"members[{index}].birth_date",
        )
    context.table(Member).put(
        Member(entry.member_id, entry.birth_date, entry.identities, entry.spans, entry.account_id)
    )
    if not entry.account_id:
        return
    accounts = context.table(Account)
    known = accounts.get(entry.account_id)
    if known is not None and known.holder_id != entry.member_id:
        raise Rejected(
            "account_held",
            f"account {entry.account_id} is held by another member",
            f"账户 {entry.account_id} 属于其他参保人",
            field=f"members[{index}].account_id",
        )
    accounts.put(
        Account(
            entry.account_id,
            entry.member_id,
            entry.account_balance_fen,
            entry.account_balance_fen,
            entry.account_shared_with,
        )
        if known is None
        else replace(known, shared_with=entry.account_shared_with)
    )
