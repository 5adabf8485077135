"""Which visits must keep their order: those that share a member or an account, transitively.

Each component is replayed in order by itself, so any number of them may run at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from adapters.files.corpus_files import corpus_file_error
from clearing.calendar import Instant
from services.harness.corpus import FilingStep, Visit

_Node = tuple[str, str, str]


@dataclass(slots=True)
class Component:
    """Visits (as offsets of their lines) and filings that keep their order."""

    starts_at: Instant
    offsets: array[int] = field(default_factory=lambda: array("q"))
    filings: list[FilingStep] = field(default_factory=list)


class _Groups:
    """Union-find over members and accounts."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._number: dict[_Node, int] = {}

    def number(self, node: _Node) -> int:
        if node not in self._number:
            self._number[node] = len(self._parent)
            self._parent.append(len(self._parent))
        return self._number[node]

    def root(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        self._parent[self.root(one)] = self.root(other)


def components_of(
    visits: Iterable[tuple[int, Visit]], filings: Iterable[FilingStep]
) -> list[Component]:
    """Return the components, the earliest first; ``visits`` come with offsets.

    In a component business time decides the order, and the file among equals: a corpus whose
    lines were shuffled is the same corpus. Raises ``CorpusFileError`` where a key stands twice.
    """
    groups = _Groups()
    keys: set[str] = set()
    members, offsets, times = array("q"), array("q"), array("q")
    for offset, visit in visits:
        if visit.key in keys:
            raise corpus_file_error(f"visits.jsonl: {visit.key}", "stands twice", "重复")
        keys.add(visit.key)
        number = groups.number(("member", visit.insured_region, visit.member_id))
        if visit.account:
            account = ("account", visit.account.account_region, visit.account.account_id)
            groups.join(groups.number(account), number)
        members.append(number)
        offsets.append(offset)
        times.append(visit.settle_at)
    found: dict[int, Component] = {}
    for step in filings:
        root = groups.root(groups.number(("member", step.insured_region, step.member_id)))
        found.setdefault(root, Component(step.at)).filings.append(step)
    for place in sorted(range(len(offsets)), key=times.__getitem__):
        root = groups.root(members[place])
        at = Instant(times[place])
        component = found.setdefault(root, Component(at))
        component.starts_at = min(component.starts_at, at)
        component.offsets.append(offsets[place])
    return sorted(found.values(), key=lambda component: component.starts_at)
