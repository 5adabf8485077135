"""Every cell that claims can reach: all combinations of what a policy's rules look at.

The rules are asked as for a claim, and what they ask is noted; only values that get different
answers (another class, another row of a table) are told apart. So the number of combinations is
that of the cases a region's rules have, not that of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from clearing.benefits.asked import Question, Questions
from clearing.benefits.cell import Cell, Rules, resolve_complete
from clearing.benefits.claim import CareType, Filing, Scheme
from clearing.benefits.keys import Keys
from clearing.benefits.policy import Policy
from clearing.benefits.table import Key, NotGiven, Table
from clearing.benefits.vocabulary import DOMAINS, HOME, IDENTITY_KEY
from clearing.errors import RuleError

Value = str | tuple[str, ...]
"""A key's value; that of ``identities`` is the identities a member has."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Combination:
    """Claims that a policy can't tell apart on the days ``from_`` to ``until``.

    ``values`` has the values of every key that end up here, ``facts`` one possible claim of
    them with the value of every group. ``contradiction`` is the ``RuleError`` of steps that
    don't fit together (a ratio above 100 %); there is no cell then.
    """

    scheme: Scheme
    care_type: CareType
    from_: date
    until: date | None
    values: Mapping[str, tuple[Value, ...]]
    facts: Mapping[str, str]
    identities: tuple[str, ...]
    cell: Cell | None
    contradiction: RuleError | None = None


@dataclass(frozen=True, slots=True)
class _Split:
    """An inner node: which key decides, and where each of its values leads."""

    key: str
    children: Mapping[Value, _Split | Combination]


class CellIndex:
    """All combinations of one scheme and care type in one stretch of days."""

    def __init__(self, root: _Split | Combination) -> None:
        self._root = root

    def __iter__(self) -> Iterator[Combination]:
        """Iterate over the combinations, each once."""
        seen: set[int] = set()
        waiting: list[_Split | Combination] = [self._root]
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, Combination):
                yield node
            else:
                waiting.extend(reversed(tuple(node.children.values())))

    def find(self, combination: Combination, **changed: str) -> Combination | None:
        """Return where the claim of a combination would be with other values of some keys.

        ``None`` where no claim can have them.
        """
        place = changed.get("place", combination.facts["place"])
        if place != HOME and changed.get("filing", combination.facts["filing"]) == Filing.LOCAL:
            return None
        node = self._root
        while isinstance(node, _Split):
            value: Value = combination.identities
            if node.key != IDENTITY_KEY:
                value = changed.get(node.key, combination.facts[node.key])
            after = node.children.get(value)
            if after is None:
                return None
            node = after
        return node


def indexes(policy: Policy) -> Iterator[CellIndex]:
    """Yield the cells of every scheme, care type and stretch of days that a policy treats."""
    rules = policy.rules
    questions = Questions(rules)
    for scheme, span in rules.policy.schemes.items():
        for care_type in CareType:
            for from_, until in _stretches(rules, care_type, span.from_, span.until):
                yield CellIndex(_Explorer(questions, scheme, care_type, from_, until).root())


def combinations(policy: Policy) -> Iterator[Combination]:
    """Yield every combination that a claim can reach, in the days that the policy treats."""
    for index in indexes(policy):
        yield from index


def _stretches(
    rules: Rules, care_type: CareType, first: date, last: date | None
) -> Iterator[tuple[date, date | None]]:
    """Cut the days of a scheme where a table that this care type may use changes."""
    care = rules.care.get(care_type)
    tables = (*rules.tables.values(), *(care.tables.values() if care else ()))
    starts = {start for table in tables for start in table.starts}
    cuts = [first, *sorted(s for s in starts if s > first and (last is None or s <= last))]
    for from_, following in zip(cuts, [*cuts[1:], None], strict=True):
        yield from_, following - _DAY if following else last


@dataclass(frozen=True, slots=True)
class _Resolved:
    """One claim, what the rules asked about it and what they say."""

    chosen: Mapping[str, Value]
    facts: Mapping[str, str]
    asked: tuple[Question, ...]
    identities: tuple[str, ...]
    cell: Cell | None
    contradiction: RuleError | None


class _Explorer:
    """Explores one scheme and care type in one stretch of days."""

    def __init__(
        self,
        questions: Questions,
        scheme: Scheme,
        care_type: CareType,
        from_: date,
        until: date | None,
    ) -> None:
        self._questions = questions
        self._keys = questions.rules.keys
        self._scheme, self._care_type = scheme, care_type
        self._from, self._until = from_, until

    def root(self) -> _Split | Combination:
        """Return the tree of everything that a claim can be."""
        keys = self._keys
        values: dict[str, tuple[Value, ...]] = {
            **DOMAINS,
            "scheme": (self._scheme,),
            "care_type": (self._care_type,),
            "category": keys.categories[self._scheme],
            IDENTITY_KEY: identity_choices(keys),
        }
        if self._care_type is not CareType.INPATIENT:
            values["admission"] = DOMAINS["admission"][:1]
        if self._care_type in (CareType.OUTPATIENT, CareType.OUTPATIENT_SPECIAL):
            values["stay"] = ("within_year",)
        node = self._explored(values, None, 0)
        assert node is not None, "some claim is possible"
        return node

    def _explored(
        self, values: Mapping[str, tuple[Value, ...]], before: _Resolved | None, settled: int
    ) -> _Split | Combination | None:
        """Resolve one claim of these; split by the first question that tells them apart.

        ``settled`` of the questions are known to have one answer for all of them.
        """
        chosen = _possible(values)
        if chosen is None:
            return None
        same = before is not None and before.chosen == chosen
        resolved = before if before is not None and same else self._resolved(chosen)
        for number in range(settled, len(resolved.asked)):
            split = self._split(resolved.asked[number], values)
            if split is None:
                continue
            base, classes = split
            children: dict[Value, _Split | Combination] = {}
            for members in classes:
                # A table may have to be asked about its other keys too.
                child = self._explored({**values, base: members}, resolved, number)
                if child is not None:
                    children.update(dict.fromkeys(members, child))
            return _Split(base, children)
        return Combination(
            self._scheme,
            self._care_type,
            self._from,
            self._until,
            values,
            resolved.facts,
            resolved.identities,
            resolved.cell,
            resolved.contradiction,
        )

    def _resolved(self, chosen: Mapping[str, Value]) -> _Resolved:
        held = chosen[IDENTITY_KEY]
        assert isinstance(held, tuple)
        plain = {key: value for key, value in chosen.items() if isinstance(value, str)}
        facts = self._keys.complete(plain, held)
        watched = self._questions.about(facts)
        cell, contradiction = None, None
        try:
            cell = resolve_complete(self._questions.rules, watched, self._from)
        except RuleError as error:
            contradiction = error
        return _Resolved(chosen, facts, self._questions.asked(), held, cell, contradiction)

    def _split(
        self, question: Question, values: Mapping[str, tuple[Value, ...]]
    ) -> tuple[str, list[tuple[Value, ...]]] | None:
        """Return a key and its values by answer, ``None`` where all have the same one."""
        table, key = question.table, question.key
        if table is not None:
            return self._split_by_row(table.plain, values)
        base = self._base(key)
        classes = self._classes((key,), values[base])
        if question.value is not None:
            is_it = classes.pop((question.value,), ())
            others = tuple(value for members in classes.values() for value in members)
            found = [members for members in (is_it, others) if members]
        else:
            found = list(classes.values())
        return (base, found) if len(found) > 1 else None

    def _split_by_row(
        self, table: Table, values: Mapping[str, tuple[Value, ...]]
    ) -> tuple[str, list[tuple[Value, ...]]] | None:
        bases = list(dict.fromkeys(self._base(key) for key in table.keys))
        keys_of = [tuple(key for key in table.keys if self._base(key) == base) for base in bases]
        classes = [
            self._classes(keys, values[base]) for base, keys in zip(bases, keys_of, strict=True)
        ]
        order = [key for keys in keys_of for key in keys]
        places = [order.index(key) for key in table.keys]
        rows: dict[tuple[Key, ...], object] = {}
        for chosen in product(*classes):
            flat = [value for each in chosen for value in each]
            row = table.at(tuple(flat[i] for i in places), self._from)
            rows[chosen] = row if isinstance(row, NotGiven) else id(row)
        for i, base in enumerate(bases):
            alike: dict[object, tuple[Value, ...]] = {}
            for name, members in classes[i].items():
                answer = tuple(row for chosen, row in rows.items() if chosen[i] == name)
                alike[answer] = (*alike.get(answer, ()), *members)
            if len(alike) > 1:
                return base, list(alike.values())
        return None

    def _base(self, key: str) -> str:
        group = self._keys.groups.get(key)
        return group.of if group is not None else key

    def _classes(
        self, keys: tuple[str, ...], values: tuple[Value, ...]
    ) -> dict[Key, tuple[Value, ...]]:
        """Return the values of a key by what these keys over it, or it itself, make of them."""
        classes: dict[Key, tuple[Value, ...]] = {}
        for value in values:
            named = tuple(
                self._keys.class_of(key, value) if key in self._keys.groups else str(value)
                for key in keys
            )
            classes[named] = (*classes.get(named, ()), value)
        return classes


def identity_choices(keys: Keys) -> tuple[tuple[str, ...], ...]:
    """Return identities for every combination of classes that a member can be in."""
    groups = [group for group in keys.groups.values() if group.of == IDENTITY_KEY]
    alike: dict[tuple[str, ...], str] = {}
    for group in groups:
        for identity in (value for values in group.classes.values() for value in values):
            alike.setdefault(keys.identity_classes((identity,)), identity)
    choices: dict[tuple[str, ...], tuple[str, ...]] = {}
    one_of_each = product(("", *alike.values()), repeat=len(groups))
    for chosen in one_of_each:
        held = tuple(sorted({identity for identity in chosen if identity}))
        choices.setdefault(keys.identity_classes(held), held)
    return tuple(choices.values())


def _possible(values: Mapping[str, tuple[Value, ...]]) -> dict[str, Value] | None:
    """Choose a claim: ``local`` is at home, away from home is anything else."""
    chosen = {key: some[0] for key, some in values.items()}
    if chosen["place"] != HOME and chosen["filing"] == Filing.LOCAL:
        filings = [filing for filing in values["filing"] if filing != Filing.LOCAL]
        if not filings:
            return None
        chosen["filing"] = filings[0]
    return chosen
