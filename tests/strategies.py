"""The Hypothesis strategies that tests share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import strategies as st

from clearing.catalogue import FeeLine
from clearing.money import divide_half_up


def civil_dates(
    first: date = date(2019, 1, 1), last: date = date(2030, 12, 31)
) -> st.SearchStrategy[date]:
    """Return days between two days, both included."""
    return st.dates(first, last)


@st.composite
def fee_lines(draw: st.DrawFn, codes: Sequence[str], max_size: int = 20) -> list[FeeLine]:
    """Draw fee lines of known items whose amounts are quantity × price."""
    lines = []
    for line_no in range(1, draw(st.integers(0, max_size)) + 1):
        quantity_e4 = draw(st.integers(1, 100 * 10**4))
        price_e6 = draw(st.integers(0, 50_000 * 10**6))
        amount_fen = divide_half_up(quantity_e4 * price_e6, 10**8)
        lines.append(
            FeeLine(line_no, draw(st.sampled_from(codes)), quantity_e4, price_e6, amount_fen)
        )
    return lines


CARE_REGIONS = ("310000", "310115", "330200", "330213", "440100", "110000", "150600", "460100")
"""Care regions with whole municipalities and provinces, prefectures and districts among them."""

care_regions = st.sampled_from(CARE_REGIONS)
