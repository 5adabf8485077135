"""The rules an insured-region node decides by."""

from __future__ import annotations

from dataclasses import dataclass

from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from clearing.filing import FilingRules


@dataclass(frozen=True, slots=True)
class RegionRules:
    """A region's policy and filing rules, and the library that knows its categories."""

    region: str
    policies: Library
    policy: Policy
    filing: FilingRules
