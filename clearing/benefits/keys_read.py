"""Which keys a region's rules can look at, so that nothing else is looked at for a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from clearing.benefits.cell import Rules
from clearing.benefits.claim import CareType

_IN_NAME = re.compile(r"\{([a-z_]+)\}")


def keys_read(rules: Rules, care_type: CareType) -> frozenset[str]:
    """Return the keys that may decide a claim of this care type.

    That is every key that a table, a condition or the name of an accumulator speaks of, the
    group's own key for a group. More than the rules end up asking does no harm.
    """
    care = rules.care.get(care_type)
    tables = (*rules.tables.values(), *(care.tables.values() if care else ()))
    spoken = {key for table in tables for key in table.keys}
    spoken.update(_spoken(rules.policy.model_dump(exclude={"tables", "groups"})))
    for benefit in care.benefits.values() if care else ():
        spoken.update(_spoken(benefit.model_dump()))
    groups = rules.keys.groups
    # Asked of every claim, whatever the rules say: who pays for it, and whether a child was born.
    spoken |= {"scheme", "cause"} | ({"delivery"} if care_type is CareType.INPATIENT else set())
    return frozenset(groups[key].of if key in groups else key for key in spoken)


def _spoken(data: Any) -> Iterator[str]:
    """Yield the keys of all conditions and the names in braces, wherever they stand."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name == "when":
                yield from value
            yield from _spoken(value)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _spoken(item)
    elif isinstance(data, str):
        yield from _IN_NAME.findall(data)
