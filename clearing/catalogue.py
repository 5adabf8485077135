"""The care side: what is each fee line (就医地目录).

A care region's catalogue decides how much of a line is own-pay, over the price limit, first-pay
share and in scope. Amounts in 分, quantities × 10^4, prices in yuan × 10^6, ratios in basis
points. ``clearing.catalogue_file`` reads catalogues from their YAML.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple, NoReturn

from clearing.errors import Rejected
from clearing.messages import CostSplit
from clearing.money import Fen, divide_half_up

_AMOUNT_SCALE = 10**8
"""quantity × 10^4 times yuan × 10^6 is 分 × 10^8."""


def line_amount_fen(quantity_e4: int, unit_price_e6: int) -> Fen:
    """Return what a fee line comes to: quantity × price, rounded half up."""
    return divide_half_up(quantity_e4 * unit_price_e6, _AMOUNT_SCALE)


class ItemClass(StrEnum):
    """甲类 / 乙类 / 丙类, and the kinds that no catalogue ever lets in."""

    A = "A"
    B = "B"
    C = "C"
    NEVER_PAYABLE = "never_payable"


class FeeLine(NamedTuple):
    """A fee line as the hospital uploaded it."""

    line_no: int
    item_code: str
    quantity_e4: int
    unit_price_e6: int
    amount_fen: Fen
    item_name: str | None = None


class SplitLine(NamedTuple):
    """A fee line by the catalogue; E9: the amount is the sum of its four parts.

    ``source`` names the rule that classed the line; ``kind`` is the never-payable kind.
    """

    line_no: int
    item_code: str
    amount_fen: Fen
    own_pay_fen: Fen
    over_limit_fen: Fen
    first_pay_fen: Fen
    in_scope_fen: Fen
    item_class: ItemClass
    source: str
    kind: str | None


class SplitResult(NamedTuple):
    """All lines and their totals; E13: the totals are the sums of the lines."""

    lines: tuple[SplitLine, ...]
    totals: CostSplit
    bundle_hash: str


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One item of a catalogue in one edition.

    ``price_limit_e6`` is ``None`` where the price has no limit; ``first_pay_bp`` is above 0 for
    class B only. ``source`` and the words are those of the rule that classes the item.
    """

    code: str
    name_zh: str
    name_en: str
    item_class: ItemClass
    first_pay_bp: int
    price_limit_e6: int | None
    kind: str | None
    source: str
    rule_en: str
    rule_zh: str


@dataclass(frozen=True, slots=True)
class CatalogueEdition:
    """The items that hold from ``from_`` through ``until``."""

    from_: date
    until: date
    items: Mapping[str, CatalogueItem]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A region's resolved catalogue: editions in order of date, without overlap.

    ``bundle_hash`` covers the resolved content, inheritance included.
    """

    region: str
    illustrative: bool
    editions: tuple[CatalogueEdition, ...]
    bundle_hash: str
    _starts: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the first days of the editions for the search by date."""
        object.__setattr__(self, "_starts", tuple(edition.from_ for edition in self.editions))

    def items(self, on: date) -> Mapping[str, CatalogueItem]:
        """Return the items by code on a day of care.

        Raises ``Rejected`` (``catalogue_edition_missing``) where no edition covers the day.
        """
        index = bisect_right(self._starts, on) - 1
        if index < 0 or on > self.editions[index].until:
            raise Rejected(
                "catalogue_edition_missing",
                f"the catalogue of {self.region} has no edition for {on}",
                f"{self.region} 的目录在 {on} 没有适用版本",
                field="on",
            )
        return self.editions[index].items

    def split(self, lines: Sequence[FeeLine], on: date) -> SplitResult:
        """Split fee lines by the edition of the day of care (E1, E9 to E13).

        * class A: all in scope; class B: the first-pay share of what is under the limit, half
          up; class C and never-payable kinds: all own-pay;
        * over the limit is ``max(0, price - limit) × quantity``, half up.

        Raises ``Rejected`` naming the line's field: ``item_unknown``, ``fee_line_negative``
        (taking a line back is another act), ``fee_line_amount`` (not quantity × price).
        """
        items = self.items(on)
        split: list[SplitLine] = []
        total = own_total = over_total = first_total = 0
        for index, (line_no, code, quantity_e4, price_e6, amount_fen, _) in enumerate(lines):
            item = items.get(code)
            if item is None:
                _refuse_unknown(index, line_no, code)
            if quantity_e4 <= 0 or price_e6 < 0 or amount_fen < 0:
                _refuse_negative(index, line_no, quantity_e4, price_e6)
            if divide_half_up(quantity_e4 * price_e6, _AMOUNT_SCALE) != amount_fen:
                _refuse_amount(index, line_no, quantity_e4, price_e6)
            item_class = item.item_class
            own = over = first = 0
            if item_class is ItemClass.A or item_class is ItemClass.B:
                limit_e6 = item.price_limit_e6
                if limit_e6 is not None and price_e6 > limit_e6:
                    over = divide_half_up(quantity_e4 * (price_e6 - limit_e6), _AMOUNT_SCALE)
                    over_total += over
                if item_class is ItemClass.B:
                    first = divide_half_up((amount_fen - over) * item.first_pay_bp, 10_000)
                    first_total += first
            else:
                own = amount_fen
                own_total += own
            total += amount_fen
            split.append(
                SplitLine(
                    line_no,
                    code,
                    amount_fen,
                    own,
                    over,
                    first,
                    amount_fen - own - over - first,
                    item_class,
                    item.source,
                    item.kind,
                )
            )
        in_scope = total - own_total - over_total - first_total
        totals = CostSplit(total, own_total, over_total, first_total, in_scope)
        return SplitResult(tuple(split), totals, self.bundle_hash)


def _refuse_unknown(index: int, line_no: int, code: str) -> NoReturn:
    raise Rejected(
        "item_unknown",
        f"line {line_no}: the catalogue has no item {code!r}",
        f"第 {line_no} 行: 目录中没有项目 {code!r}",
        field=f"lines[{index}].item_code",
    )


def _refuse_negative(index: int, line_no: int, quantity_e4: int, price_e6: int) -> NoReturn:
    name = "quantity_e4" if quantity_e4 <= 0 else "unit_price_e6" if price_e6 < 0 else "amount_fen"
    raise Rejected(
        "fee_line_negative",
        f"line {line_no}: {name} is not positive; to take a line back, void it",
        f"第 {line_no} 行: {name} 不是正数; 冲销明细请使用撤销",
        field=f"lines[{index}].{name}",
    )


def _refuse_amount(index: int, line_no: int, quantity_e4: int, price_e6: int) -> NoReturn:
    expected = line_amount_fen(quantity_e4, price_e6)
    raise Rejected(
        "fee_line_amount",
        f"line {line_no}: the amount must be quantity × price, rounded half up: {expected} fen",
        f"第 {line_no} 行: 金额应为数量乘以单价并四舍五入: {expected} 分",
        field=f"lines[{index}].amount_fen",
    )
