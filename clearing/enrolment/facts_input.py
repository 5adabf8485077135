"""Read the facts about a person's enrolment from untrusted data."""

from __future__ import annotations

from typing import Any

from clearing.benefits.claim import Scheme
from clearing.enrolment.facts import EntitlementFacts, check_facts
from clearing.errors import Malformed
from clearing.geography import check_region
from clearing.json_fields import choice, day, flag, join, listed, mapping, text, whole_number

NATIONAL = "national"
"""The 2024 guidance alone, without any region."""

_REQUIRED = ("region", "scheme", "benefit_year", "birth_date", "paid_on", "on")
_OPTIONAL = (
    "identities",
    "paid_years",
    "repaired_years",
    "employee_ended_on",
    "moved_in_from_army_on",
    "zero_claim_last_year",
    "in_window",
)
_YEARS = (1950, 2100)


def read_facts(data: Any, path: str = "") -> tuple[str, EntitlementFacts]:
    """Return the region asked about (or ``national``) and the facts.

    ``path`` is put before every field named. Raises ``Malformed``.
    """
    fields = mapping(data, path, _REQUIRED, _OPTIONAL)
    at = join(path)

    def optional_day(name: str) -> Any:
        given = fields.get(name)
        return None if given is None else day(given, at(name))

    region = text(fields["region"], at("region"))
    if region != NATIONAL:
        check_region(region, at("region"))
    in_window = fields.get("in_window")
    facts = EntitlementFacts(
        scheme=choice(Scheme, fields["scheme"], at("scheme")),
        benefit_year=whole_number(fields["benefit_year"], at("benefit_year"), *_YEARS),
        birth_date=day(fields["birth_date"], at("birth_date")),
        identities=tuple(
            text(name, f"{at('identities')}[{index}]")
            for index, name in enumerate(listed(fields.get("identities", []), at("identities")))
        ),
        paid_on=day(fields["paid_on"], at("paid_on")),
        paid_years=frozenset(
            whole_number(year, f"{at('paid_years')}[{index}]", *_YEARS)
            for index, year in enumerate(listed(fields.get("paid_years", []), at("paid_years")))
        ),
        repaired_years=whole_number(fields.get("repaired_years", 0), at("repaired_years"), 0, 100),
        employee_ended_on=optional_day("employee_ended_on"),
        moved_in_from_army_on=optional_day("moved_in_from_army_on"),
        zero_claim_last_year=flag(
            fields.get("zero_claim_last_year", False), at("zero_claim_last_year")
        ),
        in_window=None if in_window is None else flag(in_window, at("in_window")),
        on=day(fields["on"], at("on")),
    )
    try:
        check_facts(facts)
    except Malformed as error:
        error.field = at(error.field or "")
        raise
    return region, facts
