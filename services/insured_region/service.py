"""The insured-region role: which handler takes which command, and its gRPC endpoints."""

from __future__ import annotations

from functools import partial

from clearing import messages
from services.insured_region import (
    accumulators,
    answers,
    bundle_answers,
    bundle_commands,
    bundles,
    commands,
    debits,
    decide,
    filing_acts,
    filings,
    keeping,
    manual_cases,
    members,
    parked,
    prefetch,
    queries,
    receivables,
    reruns,
    undo,
)
from services.insured_region.rules import RegionRules
from services.node import day_book
from services.node.endpoints import Endpoint
from services.node.machine import Role

ENDPOINTS = {
    "RegisterMembers": Endpoint(commands.RegisterMembers, answers.MembersRegistered),
    "GetMember": Endpoint(commands.GetMember, commands.MemberEntry),
    "FileRemoteCare": Endpoint(commands.FileRemoteCare, answers.FilingSeen, through_log=True),
    "ChangeFiling": Endpoint(commands.ChangeFiling, answers.FilingSeen, through_log=True),
    "RevokeFiling": Endpoint(commands.RevokeFiling, answers.FilingSeen, through_log=True),
    "ListFilings": Endpoint(commands.ListFilings, answers.FilingsSeen),
    "GetAccumulators": Endpoint(commands.GetAccumulators, answers.AllAccumulators),
    "LookUpEntitlement": Endpoint(commands.LookUpEntitlement, answers.EntitlementSeen),
    "QuoteClaim": Endpoint(commands.QuoteClaim, answers.Adjudication),
    "Adjudicate": Endpoint(
        commands.Adjudicate, answers.Adjudication, region=("claim", "insured_region")
    ),
    "ExplainSettlement": Endpoint(commands.ExplainSettlement, answers.SettlementExplained),
    "SubmitBundle": Endpoint(bundle_commands.SubmitBundle, bundle_answers.Bundle),
    "CheckBundle": Endpoint(bundle_commands.CheckBundle, bundle_answers.BundleChecked),
    "SignOffBundle": Endpoint(bundle_commands.SignOffBundle, bundle_answers.Bundle),
    "PublishBundle": Endpoint(bundle_commands.PublishBundle, bundle_answers.BundlePublished),
    "ListBundles": Endpoint(bundle_commands.ListBundles, bundle_answers.Bundles),
    "GetBundle": Endpoint(bundle_commands.GetBundle, bundle_answers.BundleContent),
    "ListReruns": Endpoint(bundle_commands.ListReruns, bundle_answers.RerunsSeen),
    "GetRerun": Endpoint(bundle_commands.GetRerun, bundle_answers.RerunPage),
    "RepeatRerun": Endpoint(bundle_commands.RepeatRerun, bundle_answers.RerunSeen),
    "RecordCorrection": Endpoint(bundle_commands.RecordCorrection, bundle_answers.ItemSeen),
    "ListManualCases": Endpoint(commands.ListManualCases, answers.CasesSeen),
    "ListReceivables": Endpoint(commands.ListReceivables, answers.ReceivablesSeen),
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
            commands.FileRemoteCare: filings.file_remote_care,
            commands.ChangeFiling: filings.change_filing,
            commands.RevokeFiling: filings.revoke_filing,
            commands.ListFilings: filings.list_filings,
            commands.GetAccumulators: accumulators.get_accumulators,
            commands.LookUpEntitlement: partial(queries.look_up_entitlement, rules=rules),
            commands.QuoteClaim: partial(queries.quote_claim, rules=rules),
            commands.Adjudicate: partial(queries.adjudicate_claim, rules=rules),
            commands.ExplainSettlement: partial(queries.explain_settlement, rules=rules),
            bundle_commands.SubmitBundle: partial(bundles.submit_bundle, rules=rules),
            bundle_commands.CheckBundle: partial(bundles.check_bundle, rules=rules),
            bundle_commands.SignOffBundle: partial(bundles.sign_off_bundle, rules=rules),
            bundle_commands.PublishBundle: partial(bundles.publish_bundle, rules=rules),
            bundle_commands.ListBundles: partial(bundles.list_bundles, rules=rules),
            bundle_commands.GetBundle: partial(bundles.get_bundle, rules=rules),
            bundle_commands.ListReruns: reruns.list_reruns,
            bundle_commands.GetRerun: reruns.get_rerun,
            bundle_commands.RepeatRerun: reruns.repeat_rerun,
            bundle_commands.RecordCorrection: reruns.record_correction,
            commands.ListManualCases: manual_cases.list_manual_cases,
            commands.ListReceivables: receivables.list_receivables,
            commands.DecideManualCase: manual_cases.decide_manual_case,
            commands.GetDayTotals: queries.get_day_totals,
            commands.ListDayLines: queries.list_day_lines,
            messages.SettleRequested: partial(decide.on_settle_requested, rules=rules),
            messages.UndoRequested: undo.on_undo_requested,
            messages.DebitRequested: debits.on_debit_requested,
            messages.DebitUndoRequested: debits.on_debit_undo_requested,
            messages.FilingAsked: partial(filing_acts.on_filing_asked, rules=rules),
            messages.FeeLinesDetailed: keeping.on_fee_lines_detailed,
            messages.JournalHeadPublished: keeping.on_journal_head,
        },
        on_tick=partial(reruns.go_on, rules=rules),
        on_parked={
            messages.SettleRequested: parked.on_settlement_parked,
            messages.UndoRequested: parked.on_undo_parked,
            messages.DebitRequested: parked.on_debit_parked,
            messages.DebitUndoRequested: parked.on_debit_parked,
            messages.FilingAsked: filing_acts.on_filing_parked,
        },
        on_discarded={
            messages.SettleRequested: parked.give_up_settlement,
            messages.UndoRequested: parked.give_up_undo,
            messages.DebitRequested: parked.give_up_debit,
            messages.DebitUndoRequested: parked.give_up_debit_undo,
            messages.FilingAsked: filing_acts.give_up_filing,
        },
        prefetch={
            commands.LookUpEntitlement: prefetch.before_looking_up,
            commands.QuoteClaim: prefetch.before_quoting,
            messages.SettleRequested: prefetch.before_settling,
            messages.UndoRequested: prefetch.before_undoing,
            messages.DebitRequested: prefetch.before_debiting,
            messages.DebitUndoRequested: prefetch.before_debiting,
        },
        follows_log=True,
        compared=frozenset({commands.GetDayTotals, commands.ListDayLines}),
    )
