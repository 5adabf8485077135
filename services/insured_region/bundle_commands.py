"""What may be asked about rule bundles and re-runs, as plain values.

Same names and units as ``protos/insured/v1/insured.proto``, less the header.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.insured_region.records import RuleLayer


@dataclass(frozen=True, slots=True)
class SubmitBundle:
    """Submit a region's rule files as a draft."""

    by: str
    layers: tuple[RuleLayer, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class CheckBundle:
    """Have a bundle checked."""

    policy_bundle: str
    by: str


@dataclass(frozen=True, slots=True)
class SignOffBundle:
    """Sign a checked bundle off."""

    policy_bundle: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class PublishBundle:
    """Put a bundle in force from a care day on."""

    policy_bundle: str
    from_on: date
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class ListBundles:
    """List the region's rule bundles."""

    insured_region: str


@dataclass(frozen=True, slots=True)
class GetBundle:
    """Show a bundle whole."""

    insured_region: str
    policy_bundle: str


@dataclass(frozen=True, slots=True)
class ListReruns:
    """List the re-runs that publications caused."""

    insured_region: str


@dataclass(frozen=True, slots=True)
class GetRerun:
    """Show a page of a re-run's items."""

    insured_region: str
    rerun_id: str
    after_settlement_id: str = ""
    limit: int = 0
    changed_only: bool = False


@dataclass(frozen=True, slots=True)
class RepeatRerun:
    """Run the chains of a re-run once more, as they are now."""

    rerun_id: str


@dataclass(frozen=True, slots=True)
class RecordCorrection:
    """Record that an item's difference was reimbursed or recovered.

    Through the hospital it becomes a clearing line; otherwise the region and the member settle
    it between them.
    """

    rerun_id: str
    settlement_id: str
    by: str
    why: str
    through_hospital: bool = False
