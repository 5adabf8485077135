"""Written waivers: what a check would find, is meant to be so, and somebody answers for."""

from __future__ import annotations

from collections.abc import Iterator

from clearing.benefits.combinations import Combination
from clearing.benefits.keys import Keys
from clearing.benefits.loading import LayeredDocument
from clearing.benefits.policy import Policy
from clearing.benefits.schema import Waiver
from clearing.strict_yaml import Document, Finding


class Waivers:
    """A region's waivers, and how many cases each has covered."""

    def __init__(self, policy: Policy, document: Document) -> None:
        self._document = document
        self._keys = policy.rules.keys
        self._waivers = policy.rules.policy.waivers
        self.covered = [0] * len(self._waivers)

    def cover(self, code: str, *sides: Combination) -> bool:
        """Tell whether a finding about these combinations is waived, and count it."""
        for number, waiver in enumerate(self._waivers):
            if waiver.code == code and _holds(waiver, sides, self._keys):
                self.covered[number] += 1
                return True
        return False

    def used(self) -> Iterator[tuple[Finding, Waiver]]:
        """Yield the waivers that covered something, each as if it were a finding."""
        for number, waiver in enumerate(self._waivers):
            if self.covered[number]:
                message = f"{waiver.en} ({self.covered[number]} cases, {waiver.source})"
                yield self._document.finding(("waivers", number), message, waiver.code), waiver

    def unused(self) -> Iterator[Finding]:
        """Yield a finding for every waiver that covers nothing; inherited ones need not."""
        document = self._document
        if isinstance(document, LayeredDocument) and not (
            document.own is not None and "waivers" in document.own.data
        ):
            return
        for number, waiver in enumerate(self._waivers):
            if not self.covered[number]:
                message = f"the waiver of {waiver.code} covers nothing; take it out"
                yield self._document.finding(("waivers", number), message, "waiver_unused")


def _holds(waiver: Waiver, sides: tuple[Combination, ...], keys: Keys) -> bool:
    """Tell whether a waiver is for all claims that are meant.

    Sides differ in one thing; in everything else they mean the claims that both have.
    """
    for key, listed in waiver.when.items():
        group = keys.groups.get(key)
        base = group.of if group is not None else key
        common = set(sides[0].values[base]).intersection(*(side.values[base] for side in sides))
        meant = common or {value for side in sides for value in side.values[base]}
        classes = {
            keys.class_of(key, value) if group is not None else str(value) for value in meant
        }
        if not classes <= set(listed):
            return False
    return True
