"""The keys of one region: the vocabulary's, its categories and the groups it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clearing.benefits import schema
from clearing.benefits.claim import IDENTITIES, Scheme
from clearing.benefits.vocabulary import DOMAINS, EMPLOYEE_CATEGORIES, IDENTITY_KEY
from clearing.strict_yaml import Document, Finding


@dataclass(frozen=True, slots=True)
class Keys:
    """Every key with its values, and how a claim's facts become the groups' values."""

    categories: Mapping[Scheme, tuple[str, ...]]
    domains: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, schema.Group]

    def for_scheme(self, scheme: Scheme | None) -> Mapping[str, tuple[str, ...]]:
        """Return the domains with the categories of one scheme only."""
        if scheme is None:
            return self.domains
        return {**self.domains, "category": self.categories[scheme], "scheme": (scheme,)}

    def complete(self, facts: Mapping[str, str], identities: tuple[str, ...]) -> dict[str, str]:
        """Return the facts with the value of every group."""
        everything = dict(facts)
        for name, group in self.groups.items():
            held = identities if group.of == IDENTITY_KEY else (facts[group.of],)
            everything[name] = _class_of(group, held)
        return everything

    def class_of(self, name: str, value: str | tuple[str, ...]) -> str:
        """Return a group's class of a value of its key, or of the identities of a member."""
        return _class_of(self.groups[name], (value,) if isinstance(value, str) else value)

    def identity_classes(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        """Return all that the region's rules can see of a member's identities."""
        over = (group for group in self.groups.values() if group.of == IDENTITY_KEY)
        return tuple(_class_of(group, identities) for group in over)


def _class_of(group: schema.Group, held: tuple[str, ...]) -> str:
    fitting = (name for name, values in group.classes.items() if set(values) & set(held))
    return next(fitting, group.otherwise or "")


def region_categories(region: schema.RegionFile) -> Mapping[Scheme, tuple[str, ...]]:
    """Return the categories of each scheme in a region."""
    return {
        Scheme.RESIDENT: region.resident_categories,
        Scheme.EMPLOYEE: EMPLOYEE_CATEGORIES,
    }


def build_keys(
    region: schema.RegionFile,
    policy: schema.PolicyFile,
    document: Document,
    findings: list[Finding],
) -> Keys:
    """Return the region's keys; groups that don't split their key exactly become findings."""
    categories = region_categories(region)
    used = tuple(c for scheme in policy.schemes for c in categories[scheme])
    domains = {**DOMAINS, "category": used, "scheme": tuple(policy.schemes)}
    groups: dict[str, schema.Group] = {}
    for name, group in policy.groups.items():
        values = IDENTITIES if group.of == IDENTITY_KEY else domains.get(group.of, ())
        problem = _problem(name, group, values, domains)
        if problem:
            findings.append(document.finding(("groups", name), f"group {name}: {problem}"))
            continue
        groups[name] = group
        extra = (group.otherwise,) if group.otherwise else ()
        domains[name] = (*group.classes, *extra)
    return Keys(categories, domains, groups)


def _problem(
    name: str, group: schema.Group, values: tuple[str, ...], domains: Mapping[str, tuple[str, ...]]
) -> str | None:
    if name in domains or name == IDENTITY_KEY:
        return "the name is taken by another key"
    if not values:
        return f"there is no key {group.of}"
    listed = [value for members in group.classes.values() for value in members]
    unknown = sorted(set(listed) - set(values))
    if unknown:
        return f"{group.of} has no value {', '.join(unknown)}"
    if len(listed) != len(set(listed)):
        return "a value is in two classes"
    if group.of == IDENTITY_KEY:
        return None if group.otherwise else "say what holds otherwise"
    missing = sorted(set(values) - set(listed))
    if missing or group.otherwise:
        return f"every value of {group.of} is in one class; missing: {', '.join(missing) or 'none'}"
    return None
