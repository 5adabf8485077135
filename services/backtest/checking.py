"""What ``yidi rules check`` would say of the rules of a what-if.

A what-if may break the bounds and orders that published rules keep to: that is why it is tried
out. But whoever reads its effect must be told.
"""

from __future__ import annotations

from collections.abc import Iterator

from clearing.benefits import schema
from clearing.benefits.check.files import BOUNDS
from clearing.benefits.check.region import policy_findings
from clearing.benefits.check.waivers import Waivers
from clearing.benefits.policies import Library
from clearing.rule_fields import read_rules
from clearing.strict_yaml import Finding, parse


def what_if_findings(before: Library, after: Library, bounds_text: str | None) -> tuple[str, ...]:
    """Return the findings on every region that the what-if touches, in order.

    ``bounds_text`` is the national layer's file of bounds, ``None`` where there is none.
    """
    bounds: tuple[schema.RatioBound, ...] = ()
    if bounds_text is not None:
        bounds = read_rules(schema.BoundsFile, parse(bounds_text, BOUNDS)).bounds
    findings = {
        finding
        for region in after.regions()
        if _hash(before, region) != _hash(after, region)
        for finding in _of_region(after, region, bounds)
    }
    return tuple(str(finding) for finding in sorted(findings))


def _of_region(
    library: Library, region: str, bounds: tuple[schema.RatioBound, ...]
) -> Iterator[Finding]:
    policy, documents = library.policy(region), library.documents(region)
    assert policy is not None, "a region of the library has a policy"
    waivers = Waivers(policy, documents["policy.yaml"])
    yield from policy_findings(policy, documents, bounds, waivers)


def _hash(library: Library, region: str) -> str:
    policy = library.policy(region)
    return policy.bundle_hash if policy is not None else ""
