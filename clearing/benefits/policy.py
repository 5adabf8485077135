"""A region's policy, ready to decide claims."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping
from datetime import date, timedelta

from clearing.benefits.cell import Cell, Rules, resolve
from clearing.benefits.claim import CareType, Claim, Scheme
from clearing.benefits.evaluators.finder import MEMORY, CellKey, compiled
from clearing.benefits.evaluators.generated import Decider, When, decider_of, when_of
from clearing.benefits.evaluators.program import Shape, shape_of
from clearing.benefits.facts import facts_of
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT


class Policy:
    """The resolved rules of one region under one bundle hash; immutable for its users.

    ``canonical`` is the whole content that the hash covers, inheritance included:
    ``clearing.benefits.loading.policy_from_canonical`` makes the same policy of it.
    ``decide(claim, accumulators)`` decides a claim without explanation, by generated code.
    ``kinds`` is the batch kernel's memory of cells.
    """

    def __init__(self, rules: Rules, canonical: str, bundle_hash: str) -> None:
        self._rules = rules
        self.canonical = canonical
        self.bundle_hash = bundle_hash
        self._by_discharge = rules.policy.basis == "discharge"
        self._boundaries = _boundaries(rules)
        self._cells: dict[CellKey, Cell] = {}
        self._deciders: dict[CellKey, Decider] = {}
        self.kinds: dict[tuple[Hashable, ...], tuple[Cell, ...]] = {}
        self._known_shapes: dict[Shape, Shape] = {}
        self._shapes: dict[int, tuple[Cell, Shape, tuple[int, ...]]] = {}
        self._key_of, self.decide, self._days = compiled(
            rules, self.region, self._when, self._deciders, self._decider
        )

    @property
    def region(self) -> str:
        """Region code."""
        return self._rules.region.region

    @property
    def name_zh(self) -> str:
        """Chinese name of the region."""
        return self._rules.region.name.zh

    @property
    def name_en(self) -> str:
        """English name of the region."""
        return self._rules.region.name.en

    @property
    def illustrative(self) -> bool:
        """Whether numbers here were made up for demonstration."""
        return self._rules.region.illustrative

    @property
    def illustrative_because(self) -> tuple[str, str] | None:
        """What was made up, in Chinese and English."""
        because = self._rules.region.illustrative_because
        return (because.zh, because.en) if because else None

    @property
    def rules(self) -> Rules:
        """The rules as read, for those who check or show them."""
        return self._rules

    def categories(self, scheme: Scheme) -> tuple[str, ...]:
        """Return the categories of members that a scheme has here."""
        return self._rules.keys.categories[scheme]

    def day_of(self, claim: Claim) -> date:
        """Return the day of a visit that chooses editions and benefit year.

        A delivery's is the child's day of birth, whichever day the stay goes by (S3:153).
        """
        born = claim.circumstances.delivered_on
        if born is not None:
            return born
        return claim.discharged_on if self._by_discharge else claim.admitted_on

    @property
    def boundaries(self) -> tuple[date, ...]:
        """Days on which some table or span begins, or the day after one ends."""
        return self._boundaries

    def cell(self, claim: Claim, accumulators: Mapping[str, int]) -> Cell:
        """Return the cell of a claim; cells are made once and kept."""
        key = self._key_of(claim, accumulators, self._days[self.day_of(claim)])
        cell = self._cells.get(key)
        if cell is None:
            paid_stays = accumulators.get(ADMISSIONS_ACCOUNT, 0)
            inpatient = claim.care_type is CareType.INPATIENT
            facts = facts_of(claim, paid_stays if inpatient else 0)
            cell = resolve(self._rules, facts, claim.identities, self.day_of(claim))
            if len(self._cells) < MEMORY:
                self._cells[key] = cell
        return cell

    def shape(self, cell: Cell) -> tuple[Shape, tuple[int, ...]]:
        """Return the shape of a paying cell of this policy with its numbers, worked out once.

        Cells of equal shapes get the same object.
        """
        known = self._shapes.get(id(cell))
        if known is None:
            shape, numbers = shape_of(cell)
            # With the cell, so that its id stays its own.
            known = (cell, self._known_shapes.setdefault(shape, shape), numbers)
            if len(self._shapes) < MEMORY:
                self._shapes[id(cell)] = known
        return known[1:]

    def _decider(self, key: CellKey, claim: Claim, accumulators: Mapping[str, int]) -> Decider:
        """Make what decides the claims of a cell that is met for the first time."""
        decider = decider_of(self.cell(claim, accumulators), self.bundle_hash)
        if len(self._deciders) < MEMORY:
            self._deciders[key] = decider
        return decider

    def _when(self, day: date) -> When:
        return when_of(day, bisect_right(self._boundaries, day))


def _boundaries(rules: Rules) -> tuple[date, ...]:
    days: set[date] = set()
    for span in rules.policy.schemes.values():
        days.add(span.from_)
        if span.until is not None:
            days.add(span.until + timedelta(days=1))
    for flag in rules.policy.flags:
        if flag.from_ is not None:
            days.add(flag.from_)
        if flag.until is not None:
            days.add(flag.until + timedelta(days=1))
    for tables in (rules.tables, *(care.tables for care in rules.care.values())):
        for table in tables.values():
            days.update(table.starts)
    return tuple(sorted(days))
