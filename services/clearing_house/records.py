"""What the clearing house keeps, beyond what every node keeps.

Chains (reports, journal, published heads, breaks, their closures) are only ever added to; where
each of them ends is a row of ``ChainHead``. Positions are the only sums.
"""

from __future__ import annotations

from clearing.breaks import BreakClosure, BreakFound
from clearing.chain import ChainHead
from clearing.journal import JOURNAL, JournalLine, JournalState, PublishedHead
from clearing.period import Period
from clearing.ports import TableSpec
from clearing.position import Position
from clearing.report import ReportedLine

CHAINS: dict[type, str] = {
    ReportedLine: "reported_line",
    JournalLine: JOURNAL,
    PublishedHead: "published_head",
    BreakFound: "break_found",
    BreakClosure: "break_closure",
}

SPECS = (
    TableSpec(
        ReportedLine,
        "reported_line",
        ("sequence",),
        (("on", "care_region", "payer_region"),),
        (("line_id", "side"),),
    ),
    TableSpec(
        JournalLine,
        "journal_line",
        ("sequence",),
        (
            ("payer_region", "payee_region", "period"),
            ("payee_region", "period"),
            ("period",),
            ("settlement_id",),
        ),
        (("line_id", "fund"),),
    ),
    TableSpec(
        Position,
        "position",
        ("payer_region", "payee_region", "scheme", "clearing_type", "fund", "period"),
        (("payee_region",), ("period",)),
    ),
    TableSpec(Period, "period", ("period",)),
    TableSpec(PublishedHead, "published_head", ("sequence",)),
    TableSpec(BreakFound, "break_found", ("sequence",), (("on",),), (("fingerprint",),)),
    TableSpec(BreakClosure, "break_closure", ("sequence",), (), (("fingerprint",),)),
    TableSpec(ChainHead, "chain_head", ("chain",)),
    TableSpec(JournalState, "journal_state", ("journal",)),
)
