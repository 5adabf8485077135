"""The institutions of generated corpora: one of each level in a care region, and a pharmacy."""

from __future__ import annotations

from collections.abc import Iterator

from clearing.benefits.claim import CareType, HospitalLevel
from services.harness.corpus import Institution
from services.harness.generation.profiles import CARE_REGION_NAMES, PHARMACY_LEVEL

_NAMES = {
    HospitalLevel.COMMUNITY: "社区卫生服务中心",
    HospitalLevel.UNRATED: "门诊部",
    HospitalLevel.PRIMARY: "一级医院",
    HospitalLevel.SECONDARY: "二级医院",
    HospitalLevel.TERTIARY: "三级医院",
}
_NUMBERS = {level: number for number, level in enumerate(_NAMES, 1)}


def institutions() -> Iterator[Institution]:
    """Return the institutions of all care regions."""
    for region, region_name in CARE_REGION_NAMES.items():
        for level, name in _NAMES.items():
            yield Institution(
                region,
                institution_id(region, level, CareType.OUTPATIENT),
                f"{region_name}{name}",
                level,
            )
        yield Institution(
            region,
            institution_id(region, PHARMACY_LEVEL, CareType.PHARMACY),
            f"{region_name}定点药店",
            PHARMACY_LEVEL,
        )


def institution_id(care_region: str, level: HospitalLevel, care_type: CareType) -> str:
    """Return the institution of a level, or the pharmacy."""
    letter = "P" if care_type is CareType.PHARMACY else "H"
    return f"{letter}{care_region}{_NUMBERS[level]:05d}"
