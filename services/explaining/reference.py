"""What an explanation looks up to speak in words: names, sources, a region's groups and flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.files.reference_files import region_names, source_documents
from clearing.benefits import schema
from clearing.benefits.policies import Library
from clearing.region_names import RegionNames
from clearing.source_documents import SourceDocuments
from clearing.wording import Words


@dataclass(frozen=True, slots=True)
class Reference:
    """Words for codes. ``library`` knows the regions that have rules; others only have names."""

    policies: Library
    names: RegionNames
    sources: SourceDocuments

    def region(self, code: str) -> Words:
        """Return a region's name: what its own rules call it, else its administrative name."""
        if code in self.policies.regions():
            policy = self.policies.policy(code)
            if policy is not None:
                return Words(policy.name_zh, policy.name_en)
        return self.names.named(code)

    def groups(self, region: str) -> Mapping[str, schema.Group]:
        """Return the groups that a region declares over the common keys."""
        policy = self.policies.policy(region)
        return policy.rules.policy.groups if policy else {}

    def flag(self, region: str, code: str) -> tuple[Words, str]:
        """Return what a flag means and the mark of its source."""
        policy = self.policies.policy(region)
        for rule in policy.rules.policy.flags if policy else ():
            if rule.code == code:
                return Words(rule.zh, rule.en), rule.source
        return Words(code, code), ""

    def made_up(self, region: str) -> Words:
        """Return what of a region's rules was made up for demonstration."""
        policy = self.policies.policy(region)
        because = policy.illustrative_because if policy else None
        return Words(*because) if because else Words("", "")


def packaged_or(folder: Path | None, library: Library) -> Reference:
    """Return the words for rules read from a folder, or for the packaged ones."""
    return Reference(library, region_names(folder), source_documents(folder))
