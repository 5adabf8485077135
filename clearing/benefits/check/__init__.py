"""Look for everything wrong with the rules of regions before they may decide anything.

``check_texts`` is for a folder of region folders, ``check_region`` for one region of it. A
finding is a finding: what is meant to be so is waived in writing, in the rules themselves.
"""

from clearing.benefits.check.folder import Report, Waived, check_region, check_texts
from clearing.strict_yaml import Finding

__all__ = ["Finding", "Report", "Waived", "check_region", "check_texts"]
