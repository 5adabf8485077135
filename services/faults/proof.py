"""The proof: what must hold in the databases once a network has come to rest.

Each check yields what is wrong, naming the settlement; nothing is taken on trust from a node
that runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from services.faults import promises, rest, sums
from services.faults.rows import Rows
from services.faults.told import Told
from services.faults.wrong import Wrong

Check = Callable[[Rows, Told], Iterator[Wrong]]

CHECKS: Mapping[str, Check] = {
    "every acknowledged settlement stands on both sides as it was told": promises.acknowledged,
    "no final answer was ever followed by another one": promises.answers_stay,
    "what was told to be undone is undone": promises.undone_stays_undone,
    "what was refused for good has no effect": promises.refused_has_no_effect,
    "no request has two effects, no line two entries": rest.effects_are_single,
    "no accepted request without an outcome, outboxes empty, nothing parked": rest.nothing_is_open,
    "care = insured, settlement by settlement": sums.sides_agree,
    "care = insured = house, line by line": sums.three_books_agree,
    "each booked line is in the journal once": sums.journal_is_complete,
    "what regions owe is what the standing settlements say": sums.settled_is_booked,
    "Σ journal = 0, positions = Σ lines": sums.journal_adds_up,
    "accumulators = Σ additions of live settlements": sums.accumulators_add_up,
    "every fee line arrived": rest.details_arrived,
}
"""Every check, by what it proves; the words are those of the report."""


def check_all(rows: Rows, told: Told) -> dict[str, list[Wrong]]:
    """Return what each check found."""
    return {name: list(check(rows, told)) for name, check in CHECKS.items()}
