"""Administrative division codes: who is at home where.

A code has six digits: province (2), prefecture (2), county (2). All areas here are prefixes of
such codes.
"""

from __future__ import annotations

from clearing.errors import Malformed

WHOLE_PROVINCE_AREAS = frozenset({"31", "11", "12", "50", "46", "54"})
"""Shanghai, Beijing, Tianjin, Chongqing, Hainan, Tibet: one area each (S3:134, S3:147)."""

OUTSIDE_MAINLAND = frozenset({"71", "81", "82"})
"""Taiwan, Hong Kong, Macau: outside the customs border (境外)."""


def check_region(code: str, field: str) -> str:
    """Return ``code`` when it is six digits, else raise ``Malformed`` naming ``field``."""
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        raise Malformed(
            "region_code",
            f"a region code is six digits, not {code!r}",
            f"行政区划代码应为六位数字, 而不是 {code!r}",
            field=field,
        )
    return code


def home_area(insured_region: str) -> str:
    """Return the prefix inside which a member is at home.

    The prefecture of the insured region (Ningbo ``3302`` for Fenghua ``330213``), or the
    province when the insured region is a province itself (``140000``).
    """
    return insured_region[:2] if insured_region.endswith("0000") else insured_region[:4]


def is_home(insured_region: str, care_region: str) -> bool:
    """Tell whether ``care_region`` lies in the home area of ``insured_region``."""
    return care_region.startswith(home_area(insured_region))


def same_province(region: str, other: str) -> bool:
    """Tell whether two regions share a province."""
    return region[:2] == other[:2]


def filing_area(destination: str) -> str:
    """Return the prefix in which a filing to ``destination`` has effect.

    The prefecture-level city, or the whole municipality or province for the six places that
    S3:134 and S3:147 name.
    """
    if destination[:2] in WHOLE_PROVINCE_AREAS or destination.endswith("0000"):
        return destination[:2]
    return destination[:4]
