"""Golden cases: what the rules must give, reckoned by hand beside each region's rules."""

from clearing.benefits.golden.check import CASE_FILES, check_cases
from clearing.benefits.golden.entitlements import ENTITLEMENT_CASES, check_entitlements
from clearing.benefits.golden.reading import read_cases
from clearing.benefits.golden.run import differences

__all__ = [
    "CASE_FILES",
    "ENTITLEMENT_CASES",
    "check_cases",
    "check_entitlements",
    "differences",
    "read_cases",
]
