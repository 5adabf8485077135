"""What a page explains of a settlement, as an insured-region node tells it."""

from __future__ import annotations

from services.explaining.matter import Matter
from services.insured_region.answers import SettlementExplained
from services.insured_region.claim_entry import claim_of


def matter_of_settlement(explained: SettlementExplained, insured_region: str) -> Matter:
    """Return what an insured-region node tells about a settlement."""
    said = explained.adjudication
    outcome = said.outcome
    assert outcome is not None, "a settlement has an outcome"
    return Matter(
        settlement_id=explained.settlement_id,
        state=explained.state,
        member_id=explained.member_id,
        institution_id=explained.institution_id,
        insured_region=insured_region,
        care_region=explained.care_region,
        care_type=explained.care_type,
        admitted_on=explained.admitted_on,
        discharged_on=explained.discharged_on,
        cost=explained.cost,
        claim=claim_of(explained.claim) if explained.claim else None,
        outcome=outcome,
        code=said.code,
        flags=said.flags,
        by_fund=said.payment.by_fund,
        deductible_fen=said.payment.deductible_fen,
        account_limit_fen=said.account_limit_fen,
        benefit_year=said.benefit_year,
        before=explained.accumulators_before,
        additions=said.additions,
        bundle_hash=said.policy_bundle,
        illustrative=said.illustrative,
        steps=said.explanation,
    )
