"""The insured-region role: which handler takes which command, and its gRPC endpoints."""

from __future__ import annotations

from functools import partial

from clearing import messages
from services.insured_region import (
    accumulators,
    answers,
    commands,
    debits,
    decide,
    filings,
    keeping,
    manual_cases,
    members,
    queries,
    undo,
)
from services.insured_region.rules import RegionRules
from services.node import day_book
from services.node.endpoints import Endpoint
from services.node.machine import Role

ENDPOINTS = {
    "RegisterMembers": Endpoint(commands.RegisterMembers, answers.MembersRegistered),
    "GetMember": Endpoint(commands.GetMember, commands.MemberEntry),
    "FileRemoteCare": Endpoint(commands.FileRemoteCare, answers.FilingSeen),
    "ChangeFiling": Endpoint(commands.ChangeFiling, answers.FilingSeen),
    "RevokeFiling": Endpoint(commands.RevokeFiling, answers.FilingSeen),
    "ListFilings": Endpoint(commands.ListFilings, answers.FilingsSeen),
    "GetAccumulators": Endpoint(commands.GetAccumulators, answers.AllAccumulators),
    "LookUpEntitlement": Endpoint(commands.LookUpEntitlement, answers.EntitlementSeen),
    "QuoteClaim": Endpoint(commands.QuoteClaim, answers.Adjudication),
    "Adjudicate": Endpoint(
        commands.Adjudicate, answers.Adjudication, region=("claim", "insured_region")
    ),
    "ExplainSettlement": Endpoint(commands.ExplainSettlement, answers.SettlementExplained),
    "ListBundles": Endpoint(commands.ListBundles, answers.Bundles),
    "ListManualCases": Endpoint(commands.ListManualCases, answers.CasesSeen),
    "DecideManualCase": Endpoint(commands.DecideManualCase, answers.CaseSeen),
    "GetDayTotals": Endpoint(commands.GetDayTotals, day_book.DayTotals),
    "ListDayLines": Endpoint(commands.ListDayLines, day_book.DayLines),
}


def insured_role(rules: RegionRules) -> Role:
    """Return the role of a region's node, deciding by ``rules``."""
    return Role(
        {
            commands.RegisterMembers: partial(members.register_members, rules=rules),
            commands.GetMember: members.get_member,
            commands.FileRemoteCare: partial(filings.file_remote_care, rules=rules),
            commands.ChangeFiling: partial(filings.change_filing, rules=rules),
            commands.RevokeFiling: filings.revoke_filing,
            commands.ListFilings: filings.list_filings,
            commands.GetAccumulators: accumulators.get_accumulators,
            commands.LookUpEntitlement: partial(queries.look_up_entitlement, rules=rules),
            commands.QuoteClaim: partial(queries.quote_claim, rules=rules),
            commands.Adjudicate: partial(queries.adjudicate_claim, rules=rules),
            commands.ExplainSettlement: partial(queries.explain_settlement, rules=rules),
            commands.ListBundles: partial(queries.list_bundles, rules=rules),
            commands.ListManualCases: manual_cases.list_manual_cases,
            commands.DecideManualCase: manual_cases.decide_manual_case,
            commands.GetDayTotals: queries.get_day_totals,
            commands.ListDayLines: queries.list_day_lines,
            messages.SettleRequested: partial(decide.on_settle_requested, rules=rules),
            messages.UndoRequested: undo.on_undo_requested,
            messages.DebitRequested: debits.on_debit_requested,
            messages.DebitUndoRequested: debits.on_debit_undo_requested,
            messages.FeeLinesDetailed: keeping.on_fee_lines_detailed,
            messages.JournalHeadPublished: keeping.on_journal_head,
        }
    )
