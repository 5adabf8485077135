"""A region's rules as a person reads them: who, when, step by step, with every table and source.

Made from a policy's resolved content, so that inheritance is settled and a stored bundle can be
read like a region's files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from clearing.benefits import schema
from clearing.benefits.claim import CareType, Scheme
from clearing.benefits.key_words import key_words, value_words
from clearing.benefits.policy import Policy
from clearing.benefits.reading.step_words import step_words
from clearing.benefits.reading.table_view import ReadingView, TableView, readings_of, table_view
from clearing.wording import Words

_NOT_TABLES: Final = frozenset({"step", "fund", "account", "of", "per", "operator", "source"})


@dataclass(frozen=True, slots=True)
class SchemeView:
    """The days that the documents treat; ``covers`` is ``None`` where no day was asked about."""

    scheme: str
    name: Words
    words: Words
    from_: str
    until: str
    source: str
    covers: bool | None
    readings: tuple[ReadingView, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """Classes over a key."""

    name: str
    words: Words
    classes: tuple[tuple[str, Words], ...]
    source: str
    readings: tuple[ReadingView, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """An exclusion, an open question, a flag, a bound or a waiver, and when it holds."""

    code: str
    words: Words
    when: Words
    source: str
    readings: tuple[ReadingView, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """One step in order, with the tables that it asks."""

    number: int
    kind: str
    words: Words
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BenefitView:
    """What a scheme pays for a care type."""

    care_type: str
    scheme: str
    name: Words
    in_scope: str
    exclusions: tuple[RuleView, ...]
    open: tuple[RuleView, ...]
    steps: tuple[StepView, ...]
    tables: tuple[TableView, ...]


@dataclass(frozen=True, slots=True)
class RulesView:
    """All of it; ``untreated`` names what no document treats."""

    region: str
    name: Words
    bundle_hash: str
    on: str
    made_up: Words | None
    layer: RuleView | None
    basis: Words
    schemes: tuple[SchemeView, ...]
    groups: tuple[GroupView, ...]
    exclusions: tuple[RuleView, ...]
    flags: tuple[RuleView, ...]
    bounds: tuple[RuleView, ...]
    waivers: tuple[RuleView, ...]
    benefits: tuple[BenefitView, ...]
    untreated: tuple[Words, ...]


_BASIS: Final = {
    "discharge": Words(
        "以出院日 (门诊为就诊日) 确定适用的版本和年度",
        "the day of discharge (of the visit, for outpatients) chooses editions and benefit year",
    ),
    "admission": Words(
        "以入院日 (门诊为就诊日) 确定适用的版本和年度",
        "the day of admission (of the visit, for outpatients) chooses editions and benefit year",
    ),
}


def rules_view(
    policy: Policy,
    *,
    on: date | None = None,
    schemes: Sequence[Scheme] = tuple(Scheme),
    care_types: Sequence[CareType] = tuple(CareType),
) -> RulesView:
    """Return the rules; with ``on`` only the editions in force that day."""
    files: Mapping[str, Any] = json.loads(policy.canonical)["files"]
    region, shared = files["region.yaml"], files["policy.yaml"]
    groups = policy.rules.policy.groups
    because, layer = policy.illustrative_because, policy.rules.region.layer_only
    treated = [scheme for scheme in schemes if scheme in shared["schemes"]]
    benefits, untreated = [], []
    for care_type in care_types:
        care = files.get(f"{care_type}.yaml", {})
        for scheme in treated:
            benefit = care.get("benefits", {}).get(scheme)
            if benefit is None:
                untreated.append(_named(care_type, scheme))
            else:
                tables = {**shared.get("tables", {}), **care.get("tables", {})}
                benefits.append(_benefit(care_type, scheme, benefit, tables, groups, on))
    untreated.extend(
        Words(*value_words("scheme", scheme, {}))
        for scheme in schemes
        if scheme not in shared["schemes"]
    )
    return RulesView(
        region=policy.region,
        name=Words(region["name"]["zh"], region["name"]["en"]),
        bundle_hash=policy.bundle_hash,
        on=on.isoformat() if on else "",
        made_up=Words(*because) if because else None,
        layer=RuleView("layer_only", Words(layer.zh, layer.en), Words("", ""), layer.source, ())
        if layer
        else None,
        basis=_BASIS[shared.get("basis", "discharge")],
        schemes=tuple(_scheme(name, shared["schemes"][name], on) for name in treated),
        groups=tuple(_group(name, said, groups) for name, said in shared.get("groups", {}).items()),
        exclusions=_rules(shared.get("exclusions", ()), groups),
        flags=_rules(shared.get("flags", ()), groups),
        bounds=tuple(_bound(said) for said in shared.get("bounds", ())),
        waivers=tuple(_waiver(said, groups) for said in shared.get("waivers", ())),
        benefits=tuple(benefits),
        untreated=tuple(untreated),
    )


def tables_of(said: Any, known: Mapping[str, Any]) -> Iterator[str]:
    """Return the tables that a step names, in the order in which it's written."""
    if isinstance(said, Mapping):
        for key, value in said.items():
            if isinstance(value, str):
                if key not in _NOT_TABLES and value in known:
                    yield value
            else:
                yield from tables_of(value, known)
    elif isinstance(said, list):
        for value in said:
            yield from tables_of(value, known)


def _named(care_type: str, scheme: str) -> Words:
    (care_zh, care_en) = value_words("care_type", care_type, {})
    (scheme_zh, scheme_en) = value_words("scheme", scheme, {})
    return Words(f"{scheme_zh} · {care_zh}", f"{scheme_en}, {care_en}")


def _benefit(
    care_type: str,
    scheme: str,
    said: Mapping[str, Any],
    tables: Mapping[str, Any],
    groups: Mapping[str, schema.Group],
    on: date | None,
) -> BenefitView:
    steps, used = [], list[str]()
    for number, step in enumerate(said.get("steps", ()), 1):
        named = tuple(dict.fromkeys(tables_of(step, tables)))
        steps.append(StepView(number, step["step"], Words(*step_words(step)), named))
        used.extend(named)
    return BenefitView(
        care_type=care_type,
        scheme=scheme,
        name=_named(care_type, scheme),
        in_scope=said["in_scope"],
        exclusions=_rules(said.get("exclusions", ()), groups),
        open=_rules(said.get("open", ()), groups),
        steps=tuple(steps),
        tables=tuple(table_view(name, tables[name], groups, on) for name in dict.fromkeys(used)),
    )


def _scheme(name: str, said: Mapping[str, Any], on: date | None) -> SchemeView:
    until = said.get("until") or ""
    covers = None
    if on is not None:
        covers = said["from"] <= on.isoformat() and (not until or on.isoformat() <= until)
    return SchemeView(
        scheme=name,
        name=Words(*value_words("scheme", name, {})),
        words=Words(said["zh"], said["en"]),
        from_=said["from"],
        until=until,
        source=said["source"],
        covers=covers,
        readings=readings_of(said),
    )


def _group(name: str, said: Mapping[str, Any], groups: Mapping[str, schema.Group]) -> GroupView:
    # The first class that fits counts, so their order is the file's, not the content's.
    names = [*groups[name].classes, *([said["otherwise"]] if said.get("otherwise") else [])]
    classes = tuple((each, Words(*value_words(name, each, groups))) for each in names)
    words = Words(said["zh"], said["en"])
    return GroupView(name, words, classes, said["source"], readings_of(said))


def _rules(
    rules: Sequence[Mapping[str, Any]], groups: Mapping[str, schema.Group]
) -> tuple[RuleView, ...]:
    return tuple(_rule(said, groups) for said in rules)


def _rule(said: Mapping[str, Any], groups: Mapping[str, schema.Group]) -> RuleView:
    when = condition_words(said.get("when", {}), groups)
    if "total_above" in said:
        above = said["total_above"]
        zh, en = f"总费用超过 {above} 元", f"total above {above} yuan"
        when = Words(f"{when.zh}, {zh}" if when.zh else zh, f"{when.en}, {en}" if when.en else en)
    words = Words(said["zh"], said["en"])
    return RuleView(said["code"], words, when, said["source"], readings_of(said))


def _bound(said: Mapping[str, Any]) -> RuleView:
    filing = said["filing"] if isinstance(said["filing"], list) else [said["filing"]]
    when = condition_words({"filing": filing}, {})
    until = said.get("until")
    when = Words(
        f"{when.zh}, {said['from']} 起" + (f"至 {until}" if until else ""),
        f"{when.en}, from {said['from']}" + (f" to {until}" if until else ""),
    )
    words = Words(said["zh"], said["en"])
    return RuleView("bound", words, when, said["source"], readings_of(said))


def _waiver(said: Mapping[str, Any], groups: Mapping[str, schema.Group]) -> RuleView:
    words = Words(f"{said['zh']} ({said['by']})", f"{said['en']} ({said['by']})")
    when = condition_words(said.get("when", {}), groups)
    return RuleView(said["code"], words, when, said["source"], ())


def condition_words(when: Mapping[str, Any], groups: Mapping[str, schema.Group]) -> Words:
    """Word a condition: every key has one of the values named."""
    zh, en = [], []
    for key, values in when.items():
        listed = [values] if isinstance(values, str) else list(values)
        (name_zh, name_en), said = key_words(key, groups), []
        said = [value_words(key, value, groups) for value in listed]
        zh.append(f"{name_zh}为{'、'.join(value for value, _ in said)}")
        en.append(f"{name_en}: {' / '.join(value for _, value in said)}")
    return Words(", ".join(zh), "; ".join(en))
