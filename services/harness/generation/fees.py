"""Fee lines from the items of a care region's catalogue, with prices of the usual order.

Prices and quantities are made up; what an item *is* comes from the catalogue alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from clearing.benefits.claim import CareType
from clearing.catalogue import Catalogue, FeeLine
from clearing.money import Fen, divide_half_up
from services.harness.generation.dice import Dice

MOST_LINES: Final = 25


class _Item(NamedTuple):
    """An item with its range of prices in 分 and the most that is bought of it at once."""

    code: str
    low_fen: Fen
    high_fen: Fen
    most: int


_DRUGS = (
    _Item("X0001", 800, 2_600, 3),
    _Item("X0002", 500, 1_500, 3),
    _Item("X0003", 300, 1_800, 4),
    _Item("X0004", 600, 3_200, 4),
    _Item("X0008", 900, 3_600, 3),
    _Item("X0009", 400, 1_200, 3),
    _Item("X0011", 1_000, 4_000, 2),
    _Item("X0101", 1_200, 4_800, 3),
    _Item("X0102", 1_500, 6_500, 3),
    _Item("X0103", 1_300, 4_500, 2),
    _Item("X0107", 2_000, 7_500, 3),
    _Item("X0109", 8_000, 16_000, 1),
    _Item("Z0101", 1_800, 3_200, 4),
    _Item("Z0102", 1_200, 2_400, 4),
)
_OUTSIDE_SCOPE = (
    _Item("X0201", 6_000, 20_000, 1),
    _Item("X0202", 4_000, 12_000, 1),
    _Item("N0003", 100, 300, 1),
    _Item("N0012", 10_000, 30_000, 1),
)
_TESTS = (
    _Item("F0001", 1_000, 2_500, 1),
    _Item("F0002", 3_000, 8_000, 1),
    _Item("F0007", 1_800, 3_500, 1),
    _Item("F0008", 9_000, 19_000, 1),
    _Item("F0009", 1_800, 3_000, 1),
    _Item("F0010", 5_500, 9_500, 1),
    _Item("F0011", 8_000, 19_000, 1),
)
_SPECIAL = (
    _Item("F0019", 38_000, 48_000, 2),
    _Item("X0106", 4_600, 8_200, 4),
    _Item("X0108", 6_500, 14_000, 3),
    _Item("X0110", 22_000, 52_000, 2),
    _Item("X0004", 600, 3_200, 4),
    _Item("F0008", 9_000, 19_000, 1),
)
_WARD = (
    _Item("F0003", 4_000, 9_000, 1),
    _Item("F0005", 1_500, 3_500, 1),
)
"""By the day of the stay."""

_STAY = (
    _Item("X0005", 700, 2_400, 12),
    _Item("X0006", 300, 900, 20),
    _Item("X0007", 300, 900, 20),
    _Item("X0104", 1_500, 5_500, 12),
    _Item("X0105", 9_000, 19_000, 10),
    _Item("X0112", 36_000, 52_000, 4),
    _Item("F0004", 12_000, 22_000, 3),
    _Item("F0006", 600, 1_200, 20),
    _Item("F0008", 9_000, 19_000, 3),
    _Item("F0012", 20_000, 42_000, 2),
    _Item("F0013", 45_000, 80_000, 1),
    _Item("F0014", 18_000, 32_000, 1),
    _Item("C0001", 200, 800, 20),
    _Item("C0002", 3_000, 5_500, 2),
    _Item("X0203", 15_000, 48_000, 3),
    _Item("N0007", 8_000, 16_000, 5),
    _Item("C0008", 20_000, 90_000, 2),
)
_OPERATIONS = ("F0015", "F0016", "F0017", "F0018", "C0003", "C0004", "C0006", "C0007")

_PALETTES: Final[Mapping[CareType, tuple[_Item, ...]]] = {
    CareType.OUTPATIENT: (*_TESTS, *_DRUGS, *_DRUGS, *_OUTSIDE_SCOPE),
    CareType.OUTPATIENT_SPECIAL: (*_SPECIAL, *_SPECIAL, *_DRUGS),
    CareType.PHARMACY: (*_DRUGS, *_DRUGS, _OUTSIDE_SCOPE[1]),
    CareType.INPATIENT: _STAY,
}

TOTAL_FEN: Final[Mapping[CareType, Fen]] = {
    CareType.INPATIENT: 2_150_000,
    CareType.OUTPATIENT: 30_000,
    CareType.OUTPATIENT_SPECIAL: 215_000,
    CareType.PHARMACY: 23_000,
}
"""Means of the whole cost, chosen so that funds and accounts pay about ``MEAN_FUND_FEN`` of it."""


class FeeMaker:
    """Makes the fee lines of visits in one corpus."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice

    def lines(
        self, catalogue: Catalogue, care_type: CareType, on: date, days: int
    ) -> tuple[FeeLine, ...]:
        """Return 1 to 25 lines of items that the catalogue has on the day."""
        known = catalogue.items(on)
        target_fen = self._dice.around(TOTAL_FEN[care_type])
        palette = [item for item in _PALETTES[care_type] if item.code in known]
        lines: list[FeeLine] = []
        total_fen = 0
        if care_type is CareType.INPATIENT:
            for item in _WARD:
                lines.append(self._line(len(lines) + 1, item, days))
                total_fen += lines[-1].amount_fen
        most = self._dice.between(1, MOST_LINES - 1)
        while (total_fen < target_fen and len(lines) < most) or not lines:
            item = self._dice.one(palette)
            quantity = self._dice.between(1, item.most)
            lines.append(self._line(len(lines) + 1, item, quantity))
            total_fen += lines[-1].amount_fen
        left_fen = target_fen - total_fen
        if care_type is CareType.INPATIENT and left_fen > 50_000:
            operation = _Item(self._dice.one(_OPERATIONS), left_fen, left_fen, 1)
            lines.append(self._line(len(lines) + 1, operation, 1))
        return tuple(lines)

    def refused_line(self, line_no: int) -> FeeLine:
        """Return a line that no catalogue takes: an unknown item, or an amount that is wrong."""
        if self._dice.happens(50):
            return fee_line(line_no, "X9999", 10_000, 12_000_000)
        return fee_line(line_no, "X0001", 10_000, 12_000_000)._replace(amount_fen=1_201)

    def _line(self, line_no: int, item: _Item, quantity: int) -> FeeLine:
        price_fen = self._dice.between(item.low_fen, item.high_fen)
        # Now and then something is sold by the fraction.
        parts_e4 = 5_000 if item.most > 1 and self._dice.happens(3) else 0
        return fee_line(line_no, item.code, quantity * 10_000 + parts_e4, price_fen * 10_000)


def fee_line(line_no: int, item_code: str, quantity_e4: int, unit_price_e6: int) -> FeeLine:
    """Return a line whose amount is quantity × price."""
    amount_fen = divide_half_up(quantity_e4 * unit_price_e6, 10**8)
    return FeeLine(line_no, item_code, quantity_e4, unit_price_e6, amount_fen)
