"""Catalogues as their YAML says them: one file a region, inherited, in dated editions.

A file holds ``kinds`` (what is never payable), ``classes`` (what A, B and C mean) and
``editions`` of items. A region that inherits has everything its parent has; its own items
replace the parent's of the same code for the days of its own edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from pydantic import Field

from clearing.catalogue import Catalogue, CatalogueEdition, CatalogueItem, ItemClass
from clearing.rule_fields import (
    CivilDate,
    Code,
    Flag,
    PriceE6,
    RatioBp,
    RegionCode,
    RuleModel,
    Source,
    Stated,
    Words,
    read_rules,
)
from clearing.rule_layers import chain_of, hash_of
from clearing.strict_yaml import Document, Finding, RuleDataError, parse


class _Kind(Stated):
    kind: Code


class _Class(Stated):
    item_class: Literal["A", "B", "C"] = Field(alias="class")


class _Item(RuleModel):
    code: Words
    name_zh: Words
    name_en: Words
    item_class: Literal["A", "B", "C"] | None = Field(default=None, alias="class")
    first_pay_bp: RatioBp | None = None
    price_limit: PriceE6 | None = None
    kind: Code | None = None


class _Edition(RuleModel):
    from_: CivilDate = Field(alias="from")
    until: CivilDate
    source: Source
    items: tuple[_Item, ...]


class _Catalogue(RuleModel):
    region: RegionCode
    illustrative: Flag = False
    inherits: RegionCode | None = None
    kinds: tuple[_Kind, ...] = ()
    classes: tuple[_Class, ...] = ()
    editions: tuple[_Edition, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """One catalogue file, read and checked by itself."""

    rules: _Catalogue
    document: Document

    @property
    def region(self) -> str:
        """The region (or layer) the file is about."""
        return self.rules.region

    @property
    def inherits(self) -> str | None:
        """The layer above."""
        return self.rules.inherits


def read_catalogue(text: str, file: str) -> CatalogueFile:
    """Read one file. Raises ``RuleDataError`` with every defect, each with its line."""
    document = parse(text, file)
    rules = read_rules(_Catalogue, document)
    findings = list(_defects(rules, document))
    if findings:
        raise RuleDataError(findings)
    return CatalogueFile(rules, document)


def resolve_catalogue(region: str, files: Mapping[str, CatalogueFile]) -> Catalogue:
    """Return a region's catalogue with everything it inherits.

    Raises ``RuleDataError`` where a parent is missing, inheritance runs in a circle, or an item
    names a kind or class that neither the file nor a parent defines.
    """
    chain = chain_of(region, files, "catalogue.yaml")
    findings: list[Finding] = []
    kinds: dict[str, _Kind] = {}
    classes: dict[str, _Class] = {}
    for entry in chain:
        kinds.update({kind.kind: kind for kind in entry.rules.kinds})
        classes.update({rule.item_class: rule for rule in entry.rules.classes})
        findings.extend(_undefined(entry, kinds, classes))
    if findings:
        raise RuleDataError(findings)
    editions = tuple(_editions(chain, kinds, classes))
    illustrative = any(entry.rules.illustrative for entry in chain)
    return Catalogue(region, illustrative, editions, _hash(region, editions, kinds))


def _defects(rules: _Catalogue, document: Document) -> Iterator[Finding]:
    yield from _repeated([kind.kind for kind in rules.kinds], "kinds", document)
    yield from _repeated([rule.item_class for rule in rules.classes], "classes", document)
    for number, edition in enumerate(rules.editions):
        at: tuple[str | int, ...] = ("editions", number)
        if edition.until < edition.from_:
            yield document.finding((*at, "until"), "an edition ends before it begins")
        if number and edition.from_ <= rules.editions[number - 1].until:
            yield document.finding((*at, "from"), "editions must follow one another by date")
        codes: set[str] = set()
        for index, item in enumerate(edition.items):
            here = (*at, "items", index)
            if item.code in codes:
                yield document.finding(here, f"item {item.code} stands twice in this edition")
            codes.add(item.code)
            for message in _item_defects(item):
                yield document.finding(here, f"item {item.code}: {message}")


def _repeated(names: list[str], key: str, document: Document) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield document.finding((key, index), f"{name} is defined twice")


def _item_defects(item: _Item) -> Iterator[str]:
    if (item.kind is None) == (item.item_class is None):
        yield "give either a class (A, B, C) or a never-payable kind"
    if (item.first_pay_bp is not None) != (item.item_class == "B"):
        yield "class B, and only class B, has a first_pay_bp"
    if item.price_limit is not None and item.item_class not in ("A", "B"):
        yield "a price limit is for class A and B; the rest is own-pay altogether"


def _undefined(
    entry: CatalogueFile, kinds: Mapping[str, _Kind], classes: Mapping[str, _Class]
) -> Iterator[Finding]:
    for number, edition in enumerate(entry.rules.editions):
        for index, item in enumerate(edition.items):
            at = ("editions", number, "items", index)
            if item.kind is not None and item.kind not in kinds:
                yield entry.document.finding(at, f"the kind {item.kind} is not defined")
            if item.item_class is not None and item.item_class not in classes:
                yield entry.document.finding(at, f"the class {item.item_class} is not defined")


def _editions(
    chain: list[CatalogueFile], kinds: Mapping[str, _Kind], classes: Mapping[str, _Class]
) -> Iterator[CatalogueEdition]:
    """Cut time at every boundary of the chain and overlay the items of each stretch."""
    every = [edition for entry in chain for edition in entry.rules.editions]
    after = timedelta(days=1)
    cuts = sorted({e.from_ for e in every} | {e.until + after for e in every})
    for from_, next_from in pairwise(cuts):
        live = [edition for edition in every if edition.from_ <= from_ <= edition.until]
        if live:
            items = {
                item.code: _compiled(item, kinds, classes)
                for edition in live
                for item in edition.items
            }
            yield CatalogueEdition(from_, next_from - after, items)


def _compiled(
    item: _Item, kinds: Mapping[str, _Kind], classes: Mapping[str, _Class]
) -> CatalogueItem:
    rule: Stated
    if item.kind is not None:
        item_class, rule = ItemClass.NEVER_PAYABLE, kinds[item.kind]
    else:
        assert item.item_class is not None  # read_catalogue refuses an item with neither
        item_class, rule = ItemClass(item.item_class), classes[item.item_class]
    return CatalogueItem(
        item.code,
        item.name_zh,
        item.name_en,
        item_class,
        item.first_pay_bp or 0,
        item.price_limit,
        item.kind,
        rule.source,
        rule.rule_en,
        rule.rule_zh,
    )


def _hash(region: str, editions: tuple[CatalogueEdition, ...], kinds: Mapping[str, _Kind]) -> str:
    """Return the sha256 of the resolved content, whatever order the files list it in."""
    content = {
        "region": region,
        "kinds": {name: kind.model_dump(mode="json") for name, kind in kinds.items()},
        "editions": [
            [_day(edition.from_), _day(edition.until), _rows(edition)] for edition in editions
        ],
    }
    return hash_of(content)


def _day(day: date) -> str:
    return day.isoformat()


def _rows(edition: CatalogueEdition) -> dict[str, object]:
    return {code: asdict(item) for code, item in edition.items.items()}
