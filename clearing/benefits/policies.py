"""All regions' policies, each read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from clearing.benefits import adjudicate as _adjudicate
from clearing.benefits.claim import Claim, Decision, Scheme
from clearing.benefits.loading import (
    NATIONAL,
    NATIONAL_FILE,
    build_policy,
    inherits,
    layered,
    parse_files,
    parse_layer,
)
from clearing.benefits.policy import Policy
from clearing.benefits.schema import FILES
from clearing.benefits.vocabulary import EMPLOYEE_CATEGORIES, RESIDENT_CATEGORIES
from clearing.strict_yaml import Document, Finding, RuleDataError


class RegionTexts(Protocol):
    """Where the texts of rule files come from."""

    def regions(self) -> Sequence[str]:
        """Return the codes of all regions with a folder, in order."""

    def texts(self, region: str, names: Sequence[str]) -> Mapping[str, str]:
        """Return those of the named files that the region's folder has; none when unknown."""


Change = Callable[[str, Mapping[str, Document]], dict[str, Document]]
"""What makes other documents of a region's, by its code."""


class Library:
    """The policies of all regions.

    ``change`` may give a region other documents than its texts say; regions that inherit it
    inherit the change.
    """

    def __init__(self, texts: RegionTexts, change: Change | None = None) -> None:
        self._texts = texts
        self._change = change
        self._documents: dict[str, dict[str, Document]] = {}
        self._nation: Mapping[str, Document] | None = None
        self._policies: dict[str, Policy | None] = {}

    def regions(self) -> tuple[str, ...]:
        """Return the codes of all regions, in order."""
        return tuple(self._texts.regions())

    def policy(self, region: str) -> Policy | None:
        """Return a region's policy, ``None`` where no rules are known.

        Raises ``RuleDataError`` with every defect of the region's files.
        """
        if region not in self._policies:
            known = region in self._texts.regions()
            self._policies[region] = build_policy(self._layered(region, ())) if known else None
        return self._policies[region]

    def documents(self, region: str) -> Mapping[str, Document]:
        """Return the files that decide a region's benefits, laid over what they inherit.

        Raises ``RuleDataError`` where they can't be parsed.
        """
        return self._layered(region, ())

    def all_policies(self) -> tuple[Policy, ...]:
        """Return every policy; raises ``RuleDataError`` with the defects of all regions."""
        findings: list[Finding] = []
        policies = []
        for region in self.regions():
            try:
                policy = self.policy(region)
            except RuleDataError as error:
                findings.extend(error.findings)
                continue
            if policy is not None:
                policies.append(policy)
        if findings:
            raise RuleDataError(sorted(set(findings)))
        return tuple(policies)

    def categories(self, region: str, scheme: Scheme) -> tuple[str, ...]:
        """Return the categories a scheme has in a region, known or not."""
        policy = self.policy(region)
        if policy is not None:
            return policy.categories(scheme)
        return EMPLOYEE_CATEGORIES if scheme is Scheme.EMPLOYEE else RESIDENT_CATEGORIES

    def adjudicate(
        self, claim: Claim, accumulators: Mapping[str, int], *, explain: bool = False
    ) -> Decision:
        """Decide a claim by the policy of its insured region."""
        policy = self.policy(claim.insured_region)
        return _adjudicate.adjudicate(policy, claim, accumulators, explain=explain)

    def _layered(self, region: str, children: tuple[str, ...]) -> dict[str, Document]:
        own = self._own(region)
        parent = inherits(own)
        if parent is None:
            return self._changed(region, layered(own, self._national()))
        if parent in (*children, region) or parent not in self._texts.regions():
            message = f"inherits {parent}, which is no other region with rules"
            found = own["region.yaml"].finding(("inherits",), message, "unknown_region")
            raise RuleDataError([found])
        under = self._layered(parent, (*children, region))
        return self._changed(region, layered(own, under))

    def _national(self) -> Mapping[str, Document]:
        """Return what holds for every region: the root that all inherit (``national/``)."""
        if self._nation is None:
            self._nation = parse_layer(self._texts.texts(NATIONAL, (NATIONAL_FILE,)))
        return self._nation

    def _changed(self, region: str, documents: dict[str, Document]) -> dict[str, Document]:
        return documents if self._change is None else self._change(region, documents)

    def _own(self, region: str) -> dict[str, Document]:
        if region not in self._documents:
            from_files = self._texts.texts(region, FILES)
            documents = parse_files(from_files, region)
            said = documents["region.yaml"].data.get("region")
            if said != region:
                message = f"the folder is {region}, the file says {said}"
                found = documents["region.yaml"].finding(("region",), message, "other_region")
                raise RuleDataError([found])
            self._documents[region] = documents
        return self._documents[region]
