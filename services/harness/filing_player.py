"""Plays the filing steps of a corpus at the agency's desk of an insured region."""

from __future__ import annotations

from datetime import date
from typing import Any

from clearing.errors import Rejected
from services.harness import requests
from services.harness.corpus import FilingAction, FilingResult, FilingStep
from services.harness.nodes_client import NodesClient


async def play_filing(
    nodes: NodesClient, step: FilingStep, filing_ids: dict[str, str]
) -> FilingResult:
    """Carry out a step and return the answer; ``filing_ids`` are the nodes' ids by key."""
    method = {
        FilingAction.FILE: nodes.insured.FileRemoteCare,
        FilingAction.CHANGE: nodes.insured.ChangeFiling,
        FilingAction.REVOKE: nodes.insured.RevokeFiling,
    }[step.action]
    request = requests.filing_request(step, filing_ids.get(step.of, ""))
    try:
        filing: Any = await nodes.call(method, request)
    except Rejected as error:
        return FilingResult(step.key, error.code)
    filing_ids[step.key] = filing.filing_id
    return FilingResult(
        step.key,
        valid_from=_day(filing.valid_from),
        valid_until=_day(filing.valid_until),
        revoked_on=_day(filing.revoked_on),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
