"""What the steps compute: each rule of arithmetic once, as one expression over ``int``.

Every function is a single ``return`` of ``+ - *``, floor division, ``min`` and ``max`` over
integers, without branches, so that an interpreter can call it, a generator can write it out
inline and an array kernel can evaluate it element-wise: one definition for all of them. With
amounts up to 99,999,999.99 yuan everything stays below 2**63.

Amounts end in ``_fen`` (分) or in ``_u``: a *unit* is a ten-thousandth of a 分, in which a
personal first-pay share leaves no rest, so that a fund is rounded once and nothing before it.
Ratios are basis points.
"""

from __future__ import annotations

NO_LIMIT_FEN = 10**13
"""Stands for "no upper end"; far above what a year of claims can reach."""


def units_of(amount_fen: int) -> int:
    """Carry an amount in units."""
    return amount_fen * 10_000


def fen_of(amount_u: int) -> int:
    """Show units as 分, half up."""
    return (amount_u + 5_000) // 10_000


def counted_fees(fees_fen: int, used_fen: int, cap_fen: int) -> int:
    """Return the part of the fees that a yearly cap on fees still lets count."""
    return max(0, min(fees_fen, cap_fen - used_fen))


def deducted(running_u: int, used_fen: int, deductible_fen: int) -> int:
    """Return what of the deductible falls on this cost."""
    return min(running_u, max(0, deductible_fen - used_fen) * 10_000)


def less(amount: int, taken: int) -> int:
    """Subtract."""
    return amount - taken


def after_first_pay(running_u: int, share_bp: int) -> int:
    """Return what is left after the member's personal first-pay share."""
    return running_u * (10_000 - share_bp) // 10_000


def paid_at_ratio(running_u: int, ratio_bp: int) -> int:
    """Return a fund's payment in 分, rounded half up once."""
    return (2 * running_u * ratio_bp + 100_000_000) // 200_000_000


def top_of_axis(counted_fen: int, used_fen: int) -> int:
    """Return where on the year's axis this claim's cost ends, in units."""
    return (used_fen + counted_fen) * 10_000


def with_band(
    weighted: int, low_u: int, high_u: int, from_fen: int, to_fen: int, ratio_bp: int
) -> int:
    """Add what one band of the axis pays for the cost between ``low_u`` and ``high_u``."""
    return (
        weighted + max(0, min(high_u, to_fen * 10_000) - max(low_u, from_fen * 10_000)) * ratio_bp
    )


def rounded_payment(weighted: int) -> int:
    """Round the sum of the bands (units times basis points) half up to 分, once."""
    return (2 * weighted + 100_000_000) // 200_000_000


def within_limit(amount_fen: int, used_fen: int, cap_fen: int) -> int:
    """Cut a payment to what a cap on payment has left."""
    return max(0, min(amount_fen, cap_fen - used_fen))


def within_visit_limit(amount_fen: int, cap_fen: int) -> int:
    """Cut a payment to the cap of one visit."""
    return min(amount_fen, cap_fen)


def within_raised_limit(amount_fen: int, increase_fen: int, used_fen: int, cap_fen: int) -> int:
    """Cut a payment to what a cap, raised for this member, has left."""
    return max(0, min(amount_fen, cap_fen + increase_fen - used_fen))


def smaller(amount_fen: int, other_fen: int) -> int:
    """Return the smaller of two amounts."""
    return min(amount_fen, other_fen)


def remaining(cost_fen: int, compensation_fen: int) -> int:
    """Return what of a cost a third party's compensation leaves."""
    return max(0, cost_fen - compensation_fen)


def paid_by_funds(
    pooled_fen: int,
    civil_servant_fen: int,
    enterprise_fen: int,
    big_illness_fen: int,
    large_amount_fen: int,
    medical_aid_fen: int,
    other_fen: int,
) -> int:
    """Return what all funds pay together."""
    return (
        pooled_fen
        + civil_servant_fen
        + enterprise_fen
        + big_illness_fen
        + large_amount_fen
        + medical_aid_fen
        + other_fen
    )


def left_after_funds(
    cost_fen: int,
    pooled_fen: int,
    civil_servant_fen: int,
    enterprise_fen: int,
    big_illness_fen: int,
    large_amount_fen: int,
    medical_aid_fen: int,
    other_fen: int,
) -> int:
    """Return what of a cost no fund has paid so far."""
    return (
        cost_fen
        - pooled_fen
        - civil_servant_fen
        - enterprise_fen
        - big_illness_fen
        - large_amount_fen
        - medical_aid_fen
        - other_fen
    )


def one() -> int:
    """Count one."""
    return 1
