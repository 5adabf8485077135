"""Book lines for tests, with everything given but what a test is about."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from clearing.benefits.claim import Fund, Scheme
from clearing.calendar import Instant, instant_at
from clearing.reconcile import BookLine
from clearing.report import ACCOUNT_KINDS, TAKING_BACK

CARE_REGIONS = ("310000", "110000", "460100")
PAYER_REGIONS = ("330213", "440700", "140100")
FUNDS = tuple(fund for fund in Fund if fund is not Fund.PERSONAL_ACCOUNT)


def book_line(**given: Any) -> BookLine:
    values: dict[str, Any] = {
        "line_id": "lin-1",
        "settlement_id": "stl-1",
        "original_line_id": "",
        "kind": "settlement",
        "care_region": "310000",
        "payer_region": "330213",
        "scheme": Scheme.RESIDENT,
        "clearing_type": "21",
        "business_time": instant_at(date(2020, 6, 10)),
        "total_fen": 40_000_00,
        "by_fund": {Fund.POOLED: 22_980_00},
    }
    return BookLine(**(values | given))


@st.composite
def book_lines(draw: st.DrawFn, line_id: str) -> BookLine:
    """Draw a line that can enter the books, over a few months, regions, schemes and funds."""
    kind = draw(
        st.sampled_from(
            ("settlement", "cancellation", "reversal", "restoration", "debit", "debit_reversal")
        )
    )
    sign = -1 if kind in TAKING_BACK else 1
    funds = (Fund.PERSONAL_ACCOUNT,) if kind in ACCOUNT_KINDS else FUNDS
    by_fund = draw(st.dictionaries(st.sampled_from(funds), st.integers(0, 10**7), max_size=3))
    day = draw(st.dates(date(2020, 5, 28), date(2020, 7, 3)))
    return BookLine(
        line_id=line_id,
        settlement_id=f"stl-{draw(st.integers(1, 9))}",
        original_line_id=f"{line_id}-original" if kind in TAKING_BACK else "",
        kind=kind,
        care_region=draw(st.sampled_from(CARE_REGIONS)),
        payer_region=draw(st.sampled_from(PAYER_REGIONS)),
        scheme=draw(st.sampled_from(Scheme)),
        clearing_type=draw(st.sampled_from(("11", "21", "41"))),
        business_time=Instant(instant_at(day, 0) + draw(st.integers(0, 86_399_999))),
        total_fen=0 if kind in ACCOUNT_KINDS else sign * draw(st.integers(0, 10**8)),
        by_fund={fund: sign * amount_fen for fund, amount_fen in by_fund.items()},
    )
