"""Three-way reconciliation of a business day: digests first, lines only where they differ.

The care side, the payer side and the clearing house keep the same lines. A line has a digest
over everything both sides must agree on; a bucket (care region x payer region) has a digest
over its lines. Only buckets whose digests differ are opened, so that the cost grows with the
differences and not with the volume.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clearing.benefits.claim import Fund, Scheme
from clearing.calendar import Instant
from clearing.frozen import quick
from clearing.money import Fen

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@quick
@dataclass(frozen=True, slots=True)
class BookLine:
    """One line of a day's books, the same on the care side, the payer side and in the house.

    ``kind`` is settlement, cancellation, reversal, restoration, debit, debit_reversal or
    correction. ``total_fen`` is the cost of the visit (0 on a debit line and a correction),
    negative on a line that takes an earlier one back. ``clearing_type`` is 11 outpatient, 21
    inpatient, 41 pharmacy.
    """

    line_id: str
    settlement_id: str
    original_line_id: str
    kind: str
    care_region: str
    payer_region: str
    scheme: Scheme
    clearing_type: str
    business_time: Instant
    total_fen: Fen
    by_fund: Mapping[Fund, Fen]


@quick
@dataclass(frozen=True, slots=True)
class DayTotal:
    """A bucket of a day's books: what two sides compare before they open lines.

    ``insured_region`` is the payer's region. ``account_fen`` is the personal account's part,
    ``fund_fen`` that of every other fund.
    """

    care_region: str
    insured_region: str
    lines: int
    total_fen: Fen
    fund_fen: Fen
    account_fen: Fen
    digest: str


def digest_of(line: BookLine) -> str:
    """Return sha256 (hex) over a line's content: every field; funds without an amount left out."""
    content = (
        line.line_id,
        line.settlement_id,
        line.original_line_id,
        line.kind,
        line.care_region,
        line.payer_region,
        line.scheme,
        line.clearing_type,
        line.business_time,
        line.total_fen,
        sorted((fund, amount_fen) for fund, amount_fen in line.by_fund.items() if amount_fen),
    )
    return hashlib.sha256(_write(content).encode()).hexdigest()


def totals_of(lines: Iterable[BookLine]) -> list[DayTotal]:
    """Return the buckets of a day's lines, sorted by care region and payer region."""
    buckets: dict[tuple[str, str], list[BookLine]] = {}
    for line in lines:
        buckets.setdefault((line.care_region, line.payer_region), []).append(line)
    return [_total_of(*pair, buckets[pair]) for pair in sorted(buckets)]


def _total_of(care_region: str, payer_region: str, lines: list[BookLine]) -> DayTotal:
    listed = sorted(f"{line.line_id}:{digest_of(line)}" for line in lines)
    account_fen = sum(line.by_fund.get(Fund.PERSONAL_ACCOUNT, 0) for line in lines)
    return DayTotal(
        care_region=care_region,
        insured_region=payer_region,
        lines=len(lines),
        total_fen=sum(line.total_fen for line in lines),
        fund_fen=sum(sum(line.by_fund.values()) for line in lines) - account_fen,
        account_fen=account_fen,
        digest=hashlib.sha256("\n".join(listed).encode()).hexdigest(),
    )
