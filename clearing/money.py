"""Money is ``int`` 分 (fen) and ratios are ``int`` basis points; there is no float here.

One rounding function, half up, because no source document states another
(all of their examples are exact).
"""

from __future__ import annotations

import re

Fen = int
"""An amount in 分; 100 to the yuan. Negative only on lines that take back an earlier one."""

MAX_AMOUNT_FEN = 9_999_999_999
"""99,999,999.99 yuan: the largest amount of one claim."""

_YUAN = re.compile(r"(-?)(0|[1-9][0-9]{0,11})\.([0-9]{2})")


def parse_yuan(text: str) -> Fen:
    """Read an amount written with exactly two decimals (``"40000.00"``) as 分.

    Raises ``ValueError`` for anything else: no float, no third decimal, no leading zero or
    plus sign, no negative zero.
    """
    match = _YUAN.fullmatch(text)
    if match is None:
        raise ValueError(f"not an amount in yuan with two decimals: {text!r}")
    sign, yuan, cents = match.groups()
    amount = int(yuan) * 100 + int(cents)
    if sign and amount == 0:
        raise ValueError("negative zero is not an amount")
    return -amount if sign else amount


def format_yuan(amount_fen: Fen) -> str:
    """Write 分 as yuan with exactly two decimals: ``-5`` is ``"-0.05"``."""
    sign = "-" if amount_fen < 0 else ""
    yuan, cents = divmod(abs(amount_fen), 100)
    return f"{sign}{yuan}.{cents:02d}"


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide and round half away from zero: a taken-back amount mirrors what it takes back."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -magnitude if numerator < 0 else magnitude
