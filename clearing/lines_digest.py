"""One digest over a visit's fee lines, the same on both sides of a settlement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from clearing.messages import DetailedLine


def digest_of_lines(lines: Iterable[DetailedLine]) -> str:
    """Return sha256 (hex) over fee lines and their splits, whatever order they come in."""
    content = sorted(
        (
            line.line_no,
            line.item_code,
            line.quantity_e4,
            line.unit_price_e6,
            line.amount_fen,
            line.own_pay_fen,
            line.over_limit_fen,
            line.first_pay_fen,
            line.in_scope_fen,
            line.incurred_on.isoformat(),
        )
        for line in lines
    )
    text = json.dumps(content, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
