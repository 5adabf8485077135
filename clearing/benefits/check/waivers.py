"""Written waivers: what a check would find, is meant to be so, and somebody answers for."""

from __future__ import annotations

from collections.abc import Iterator

from clearing.benefits.combinations import Combination
from clearing.benefits.loading import LayeredDocument
from clearing.benefits.policy import Policy
from clearing.benefits.schema import Waiver
from clearing.strict_yaml import Document, Finding


class Waivers:
    """A region's waivers, and how many cases each has covered."""

    def __init__(self, policy: Policy, document: Document) -> None:
        self._document = document
        self._waivers = policy.rules.policy.waivers
        self.covered = [0] * len(self._waivers)

    def cover(self, code: str, *sides: Combination) -> bool:
        """Tell whether a finding about these combinations is waived, and count it."""
        for number, waiver in enumerate(self._waivers):
            if waiver.code == code and all(_holds(waiver, side) for side in sides):
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


def _holds(waiver: Waiver, side: Combination) -> bool:
    return all(side.facts.get(key) in values for key, values in waiver.when.items())
