"""How the discrete keys of the vocabulary are read off a claim: each once, in one line.

One claim and columns of claims are read by the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final, NamedTuple

from clearing.benefits.claim import Claim
from clearing.benefits.vocabulary import admission_of, place_of, stay_of


class Fact(NamedTuple):
    """A key that one part of the claim decides.

    ``value_of`` takes that part and the insured region. Where ``one_to_one`` holds, the part can
    stand for the key's value in a memory.
    """

    key: str
    path: str
    value_of: Callable[[Any, str], str]
    one_to_one: bool = True


def _itself(value: Any, _insured_region: str) -> str:
    text: str = value
    return text


def _yes_no(value: Any, _insured_region: str) -> str:
    return "yes" if value else "no"


def _place(care_region: Any, insured_region: str) -> str:
    return place_of(insured_region, care_region)


FACTS: Final = (
    Fact("scheme", "scheme", _itself),
    Fact("care_type", "care_type", _itself),
    Fact("category", "category", _itself),
    Fact("level", "hospital_level", _itself),
    Fact("filing", "filing", _itself),
    Fact("place", "care_region", _place, one_to_one=False),
    Fact("selected", "selected_institution", _yes_no),
    Fact("cause", "circumstances.cause", _itself),
    Fact("delivery", "circumstances.delivery", _itself),
    Fact("special_disease", "circumstances.special_disease", _yes_no),
)
"""``stay`` (two days) and ``admission`` (the member's paid stays) are read beside these."""

_GETTERS: Final = tuple((fact, attrgetter(fact.path)) for fact in FACTS)


def facts_of(claim: Claim, paid_stays: int) -> Mapping[str, str]:
    """Return the value of every key of the vocabulary."""
    insured = claim.insured_region
    read = {fact.key: fact.value_of(get(claim), insured) for fact, get in _GETTERS}
    return {**read, "stay": stay_of(claim), "admission": admission_of(paid_stays)}
