"""Queries that need the insured region: member look-up and quote, node to node.

Over gRPC, with a deadline; a node of the same process is asked without the wire.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from clearing.benefits.claim import Outcome
from clearing.calendar import Instant, civil_date
from clearing.errors import Conflict
from clearing.geography import check_region
from clearing.messages import Address, Role
from services.care_region import commands
from services.care_region.answers import MemberSeen, QuoteAnswer
from services.care_region.records import Institution
from services.care_region.visits import cost_of, fitting, visit_of
from services.insured_region.answers import Adjudication, EntitlementSeen
from services.insured_region.commands import LookUpEntitlement, QuoteClaim, VisitFacts
from services.node.command import Request
from services.node.context import Context
from services.node.rpc import Ask


class InsuredRegions(Protocol):
    """A way to ask any insured region's node; raises ``Unavailable`` when it does not answer."""

    async def look_up(self, command: LookUpEntitlement) -> EntitlementSeen:
        """Return a member's entitlement on a day."""

    async def quote(self, command: QuoteClaim) -> Adjudication:
        """Return what settling a visit would give."""


class Queries:
    """The composed methods of the care region's service."""

    def __init__(self, insured: InsuredRegions, now: Any, hosts: Callable[[Address], bool]) -> None:
        """``now`` gives the current instant, for a look-up that names no day.

        ``hosts`` tells whether a node is in this process: it is asked without the wire.
        """
        self._insured = insured
        self._now = now
        self._hosts = hosts

    async def look_up_member(self, call: tuple[Address, Request], ask: Ask) -> MemberSeen:
        """Ask the insured region who a patient is."""
        command: commands.LookUpMember = call[1].payload
        check_region(command.insured_region, "insured_region")
        wanted = LookUpEntitlement(
            command.insured_region,
            command.member_id,
            command.care_region,
            command.on or civil_date(self._now()),
        )
        node = Address(Role.INSURED, command.insured_region)
        seen: EntitlementSeen = (
            await ask(node, Request(wanted, None))
            if self._hosts(node)
            else await self._insured.look_up(wanted)
        )
        return MemberSeen(
            member_id=seen.member_id,
            insured_region=command.insured_region,
            scheme=seen.scheme,
            category=seen.category,
            entitled=seen.entitled,
            reason_code=seen.reason_code,
            reason_zh=seen.reason_zh,
            reason_en=seen.reason_en,
            filing=seen.filing,
            filing_id=seen.filing_id,
            account_balance_fen=seen.account_balance_fen,
            account_id=seen.account_id,
            illustrative=seen.illustrative,
        )

    async def quote(self, call: tuple[Address, Request], ask: Ask) -> QuoteAnswer:
        """Ask the insured region what settling the visit now would give."""
        address, request = call
        command: commands.Quote = request.payload
        asked = commands.VisitFactsAsked(command.institution_id, command.visit_id)
        insured_region, facts = await ask(address, Request(asked, None))
        moment = command.business_time
        wanted = QuoteClaim(
            insured_region, facts, Instant(self._now()) if moment is None else moment
        )
        node = Address(Role.INSURED, insured_region)
        quoted: Adjudication = (
            await ask(node, Request(wanted, None))
            if self._hosts(node)
            else await self._insured.quote(wanted)
        )
        return QuoteAnswer(
            outcome=quoted.outcome or Outcome.REFUSED,
            code=quoted.code,
            message_zh=quoted.message_zh,
            message_en=quoted.message_en,
            cost=facts.cost,
            payment=quoted.payment,
            account_limit_fen=quoted.account_limit_fen,
            filing=quoted.filing,
            flags=quoted.flags,
        )


def visit_facts(asked: commands.VisitFactsAsked, context: Context) -> tuple[str, VisitFacts]:
    """Return a visit's insured region and what that region needs to know for a quote."""
    visit = visit_of(context, asked.visit_id, asked.institution_id)
    institution = context.table(Institution).get(visit.institution_id)
    assert institution is not None
    if visit.discharged_on is None:
        raise Conflict(
            "visit_not_closed",
            "close the visit with its day of discharge first",
            "请先办理出院",
            field="visit_id",
        )
    fitting(visit)
    if visit.line_count == 0:
        raise Conflict(
            "visit_without_lines", "upload fee lines first", "请先上传费用明细", field="visit_id"
        )
    return visit.insured_region, VisitFacts(
        member_id=visit.member_id,
        care_region=context.address.region,
        hospital_level=institution.level,
        care_type=visit.care_type,
        admitted_on=visit.admitted_on,
        discharged_on=visit.discharged_on,
        emergency=visit.emergency,
        records_verified=visit.records_verified,
        selected_institution=visit.selected_institution,
        cost=cost_of(visit),
        circumstances=visit.circumstances,
    )
