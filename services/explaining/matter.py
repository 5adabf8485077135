"""What a page explains: a visit and the decision on it, with or without a settlement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from clearing.benefits.claim import CareType, Claim, Decision, Fund, Outcome
from clearing.messages import CostSplit
from clearing.money import Fen
from clearing.settlement import SettlementState


class Step(Protocol):
    """One step of an explanation, as the engine or a node gives it."""

    @property
    def step(self) -> str:
        """Kind of the step."""

    @property
    def table(self) -> str:
        """Name of the table it read, if any."""

    @property
    def edition(self) -> str:
        """Date from which that table's edition holds."""

    @property
    def source(self) -> str:
        """Mark of the document and its line."""

    @property
    def rule_zh(self) -> str:
        """The rule in Chinese."""

    @property
    def rule_en(self) -> str:
        """The rule in English."""

    @property
    def inputs(self) -> Mapping[str, Any]:
        """What the step read."""

    @property
    def amount_fen(self) -> Fen:
        """What the step gave."""

    @property
    def running_fen(self) -> Fen:
        """The figure carried on: cost before the first payment, all payments from it on."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A visit and its decision; without a settlement the first four fields are empty.

    ``claim`` is ``None`` where the visit never came before the policy (no cover); ``before`` are
    the member's accumulators of ``benefit_year`` as they stood, ``additions`` what came on top.
    """

    settlement_id: str
    state: SettlementState | None
    member_id: str
    institution_id: str
    insured_region: str
    care_region: str
    care_type: CareType
    admitted_on: date
    discharged_on: date
    cost: CostSplit
    claim: Claim | None
    outcome: Outcome
    code: str
    flags: tuple[str, ...]
    by_fund: Mapping[Fund, Fen]
    deductible_fen: Fen
    account_limit_fen: Fen
    benefit_year: int
    before: Mapping[str, int]
    additions: Mapping[str, int]
    bundle_hash: str
    illustrative: bool
    steps: Sequence[Step]
    recoverable_fen: Fen = 0
    quota_fen: Fen = 0


def matter_of_claim(
    claim: Claim, before: Mapping[str, int], decision: Decision, illustrative: bool
) -> Matter:
    """Return what was decided on a claim without any node."""
    parts = (claim.own_pay_fen, claim.over_limit_fen, claim.first_pay_fen)
    return Matter(
        settlement_id="",
        state=None,
        member_id="",
        institution_id="",
        insured_region=claim.insured_region,
        care_region=claim.care_region,
        care_type=claim.care_type,
        admitted_on=claim.admitted_on,
        discharged_on=claim.discharged_on,
        cost=CostSplit(claim.total_fen, *parts, claim.in_scope_fen),
        claim=claim,
        outcome=decision.outcome,
        code=decision.code or "",
        flags=decision.flags,
        by_fund=decision.by_fund,
        deductible_fen=decision.deductible_fen,
        account_limit_fen=decision.account_limit_fen,
        benefit_year=decision.benefit_year,
        before=before,
        additions=decision.additions,
        bundle_hash=decision.bundle_hash,
        illustrative=illustrative,
        steps=decision.explanation,
        recoverable_fen=decision.recoverable_fen,
        quota_fen=decision.quota_fen,
    )
