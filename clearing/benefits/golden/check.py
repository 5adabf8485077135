"""All the golden cases of a region against its rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clearing.benefits.claim import CareType
from clearing.benefits.golden.adding_up import defects
from clearing.benefits.golden.reading import read_cases
from clearing.benefits.golden.run import differences
from clearing.benefits.policies import Library
from clearing.strict_yaml import Finding

CASE_FILES: Final = (
    "cases.yaml",
    "cases/policy.yaml",
    *(f"cases/{care_type}.yaml" for care_type in CareType),
)
"""The files of a region's folder that hold cases: one, or one for each care type."""


def check_cases(library: Library, region: str, texts: Mapping[str, str]) -> list[Finding]:
    """Return every defect of the region's cases and every case that the rules don't give.

    ``texts`` are those of ``CASE_FILES`` that the region's folder has, by file name. A case
    with a defect isn't put to the rules. Raises ``RuleDataError`` where the rules don't load.
    """
    policy = library.policy(region)
    found: list[Finding] = []
    for name in CASE_FILES:
        if name not in texts:
            continue
        file = f"{region}/{name}"
        cases, findings = read_cases(region, file, texts[name], library.categories)
        found.extend(findings)
        for case in cases:
            wrong = list(defects(case))
            found.extend(wrong or differences(policy, [case]))
    return sorted(set(found))
