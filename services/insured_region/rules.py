"""The rules an insured-region node decides by: those it was started with, and those published."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from clearing.benefits.bundles.publications import Publication, by_precedence, deciding, deciding_on
from clearing.benefits.claim import Claim, Scheme
from clearing.benefits.loading import policy_from_canonical
from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from clearing.errors import InvariantBroken, NotFound
from clearing.filing import FilingRules
from clearing.ports import UnitOfWork
from services.insured_region.bundle_check import BundleReader
from services.insured_region.records import KeptBundle

FEW = 4
"""Publications that are read ahead, with the number after the last."""


class Shelf:
    """Policies by the hash of their content: what was made once is made once."""

    LIMIT = 16

    def __init__(self) -> None:
        self._policies: dict[str, Policy] = {}

    def put(self, policy: Policy) -> None:
        """Keep a policy; the one unused for longest goes when there are too many."""
        self._policies.pop(policy.bundle_hash, None)
        self._policies[policy.bundle_hash] = policy
        while len(self._policies) > self.LIMIT:
            del self._policies[next(iter(self._policies))]

    def policy(self, bundle_hash: str, uow: UnitOfWork) -> Policy:
        """Return the policy of a kept bundle.

        Raises ``NotFound`` (``bundle_unknown``), and ``InvariantBroken`` (``bundle_changed``)
        where what is kept isn't what the hash is of.
        """
        policy = self._policies.get(bundle_hash)
        if policy is None:
            kept = uow.table(KeptBundle).get(bundle_hash)
            if kept is None:
                raise NotFound(
                    "bundle_unknown",
                    f"bundle {bundle_hash} is not kept here",
                    f"未保存规则包 {bundle_hash}",
                    field="bundle_hash",
                )
            policy = read_kept(kept)
            self.put(policy)
        return policy


def read_kept(kept: KeptBundle) -> Policy:
    """Return the policy of a kept bundle. Raises ``InvariantBroken`` (``bundle_changed``)."""
    if "sha256:" + hashlib.sha256(kept.canonical.encode()).hexdigest() != kept.bundle_hash:
        raise InvariantBroken(
            "bundle_changed",
            f"bundle {kept.bundle_hash} is not what it was when it was kept",
            f"规则包 {kept.bundle_hash} 的内容已被改动",
        )
    return policy_from_canonical(kept.canonical)


class Configured:
    """Whether the rules that a process was started with are recorded: once in its life.

    While processes of two configurations share a region, the one that came last decides for both;
    an older one that recorded its own again would change the rules with every batch.
    """

    def __init__(self) -> None:
        self._since: int | None = None  # publications up to this one are of an earlier life

    def are_recorded(self, bundle_hash: str, known: Sequence[Publication]) -> bool:
        """Tell so of a bundle, by the publications there are."""
        configured = [each for each in known if each.configured]
        if self._since is None:
            newest = configured[-1] if configured else None
            is_ours = newest is not None and newest.bundle_hash == bundle_hash
            self._since = newest.number - is_ours if newest else 0
        return any(
            each.number > self._since and each.bundle_hash == bundle_hash for each in configured
        )


@dataclass(frozen=True, slots=True)
class RegionRules:
    """What a node was started with: its region's policy and filing rules, all known policies.

    ``shelf`` remembers the policies of published bundles, ``reader`` reads submitted ones.
    """

    region: str
    policies: Library
    policy: Policy
    filing: FilingRules
    shelf: Shelf = field(default_factory=Shelf)
    reader: BundleReader = field(default_factory=BundleReader)
    configured: Configured = field(default_factory=Configured)

    def policy_of(self, bundle_hash: str, uow: UnitOfWork) -> Policy:
        """Return the policy of a bundle. Raises what ``Shelf.policy`` raises."""
        if bundle_hash == self.policy.bundle_hash:
            return self.policy
        return self.shelf.policy(bundle_hash, uow)

    def in_force(self, uow: UnitOfWork) -> RulesInForce:
        """Return what decides claims now."""
        known = publications(uow)
        if not self.configured.are_recorded(self.policy.bundle_hash, known):
            # Not recorded yet: that happens with the first decision (``record_configured``).
            number = len(known) + 1
            known = [*known, Publication(number, self.policy.bundle_hash, None, 0, True)]
        return RulesInForce(by_precedence(known), self, uow)


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The publications that decide, the one that is asked first first; at least one."""

    publications: tuple[Publication, ...]
    _rules: RegionRules
    _uow: UnitOfWork

    @property
    def newest(self) -> Policy:
        """The policy of the publication that is asked first."""
        return self._policy(self.publications[0].bundle_hash)

    def policy_for(self, claim: Claim) -> Policy:
        """Return the policy that decides a claim."""
        if len(self.publications) == 1 and self.publications[0].from_on is None:
            return self.newest
        return deciding(self.publications, claim, self._policy)

    def policy_on(self, day: date) -> Policy:
        """Return the policy in force on a day, for a visit that comes to no claim."""
        return self._policy(deciding_on(self.publications, day).bundle_hash)

    def categories(self, region: str, scheme: Scheme) -> tuple[str, ...]:
        """Return the categories of members that a scheme has in any bundle that decides."""
        if region != self._rules.region:
            return self._rules.policies.categories(region, scheme)
        policies = [self._policy(each.bundle_hash) for each in self.publications]
        found = (name for policy in policies for name in policy.categories(scheme))
        return tuple(dict.fromkeys(found))

    def _policy(self, bundle_hash: str) -> Policy:
        try:
            return self._rules.policy_of(bundle_hash, self._uow)
        except NotFound as error:
            raise InvariantBroken(
                "bundle_missing", f"published bundle {bundle_hash} is gone", "已发布的规则包缺失"
            ) from error


def want_publications(uow: UnitOfWork) -> None:
    """Have read what ``publications`` reads where there are but a few."""
    uow.table(Publication).want((number,) for number in range(1, FEW + 1))


def publications(uow: UnitOfWork) -> list[Publication]:
    """Return every publication of the region, oldest first."""
    table = uow.table(Publication)
    found: list[Publication] = []
    while (publication := table.get(len(found) + 1)) is not None:
        found.append(publication)
    return found
