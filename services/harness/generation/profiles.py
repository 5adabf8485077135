"""Who is insured where, and where they go for care: the regions of a generated corpus.

Weights are ours and only shape the test data; no rule reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from clearing.benefits.claim import CareType, HospitalLevel, Scheme

CARE_REGION_NAMES: Final[Mapping[str, str]] = {
    "110000": "北京市",
    "140100": "太原市",
    "140300": "阳泉市",
    "150600": "鄂尔多斯市",
    "310000": "上海市",
    "330200": "宁波市",
    "330213": "奉化区",
    "440100": "广州市",
    "440700": "江门市",
    "970100": "示例丙市",
    "980100": "示例乙市",
    "990100": "示例甲市",
}

PHARMACY_LEVEL: Final = HospitalLevel.UNRATED

LEVELS: Final[Mapping[CareType, Mapping[HospitalLevel, int]]] = {
    CareType.OUTPATIENT: {
        HospitalLevel.COMMUNITY: 25,
        HospitalLevel.UNRATED: 5,
        HospitalLevel.PRIMARY: 20,
        HospitalLevel.SECONDARY: 25,
        HospitalLevel.TERTIARY: 25,
    },
    CareType.OUTPATIENT_SPECIAL: {HospitalLevel.SECONDARY: 40, HospitalLevel.TERTIARY: 60},
    CareType.INPATIENT: {
        HospitalLevel.PRIMARY: 8,
        HospitalLevel.SECONDARY: 27,
        HospitalLevel.TERTIARY: 65,
    },
    CareType.PHARMACY: {PHARMACY_LEVEL: 1},
}

_MOSTLY_TERTIARY: Final = {HospitalLevel.SECONDARY: 6, HospitalLevel.TERTIARY: 94}


@dataclass(frozen=True, slots=True)
class Group:
    """Members of one scheme and category; ``born`` are the first and last year of birth."""

    scheme: Scheme
    category: str
    weight: int
    born: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """An insured region in a span of time.

    ``mix`` is the weight of each kind of care; ``home`` and ``away`` are care regions with
    weights, ``away_share`` per 100 visits of each kind of care.
    """

    region: str
    from_: date
    until: date
    weight: int
    groups: tuple[Group, ...]
    mix: Mapping[CareType, int]
    home: tuple[str, ...]
    away: tuple[str, ...]
    away_share: Mapping[CareType, int]
    inpatient_levels: Mapping[HospitalLevel, int] | None = None
    unselected_share: int = 0

    def levels(self, care_type: CareType) -> Mapping[HospitalLevel, int]:
        """Return the weights of institution levels for a kind of care."""
        if care_type is CareType.INPATIENT and self.inpatient_levels is not None:
            return self.inpatient_levels
        return LEVELS[care_type]


_RESIDENT, _EMPLOYEE = Scheme.RESIDENT, Scheme.EMPLOYEE
_ADULTS = Group(_RESIDENT, "adult", 55, (1940, 2002))
_WORKERS = (
    Group(_EMPLOYEE, "active", 30, (1964, 2000)),
    Group(_EMPLOYEE, "retired", 15, (1935, 1961)),
)
_ILLUSTRATIVE = {
    CareType.OUTPATIENT: 511,
    CareType.INPATIENT: 40,
    CareType.OUTPATIENT_SPECIAL: 42,
    CareType.PHARMACY: 267,
}
_ELSEWHERE = ("110000", "310000", "330200", "440100", "150600", "140100")
_MOSTLY_AWAY = dict.fromkeys(CareType, 85)


def _illustrative(region: str, others: tuple[str, ...], weight: int) -> Profile:
    return Profile(
        region,
        date(2023, 1, 1),
        date(2025, 12, 31),
        weight,
        (_ADULTS, *_WORKERS),
        _ILLUSTRATIVE,
        (region,),
        (*others, *_ELSEWHERE),
        _MOSTLY_AWAY,
    )


def _shanxi(region: str, other: str) -> Profile:
    """Residents go to the neighbouring city, employees out of the province."""
    return Profile(
        region,
        date(2021, 1, 1),
        date(2023, 12, 31),
        20,
        (
            Group(_RESIDENT, "adult", 65, (1940, 2002)),
            Group(_EMPLOYEE, "active", 25, (1964, 2000)),
            Group(_EMPLOYEE, "retired", 10, (1935, 1961)),
        ),
        {CareType.OUTPATIENT: 1},
        (region,),
        (other,),
        {CareType.OUTPATIENT: 70},
    )


PROFILES: Final[tuple[Profile, ...]] = (
    Profile(
        "330213",
        date(2020, 1, 1),
        date(2020, 12, 31),
        50,
        (
            Group(_RESIDENT, "adult_a", 45, (1938, 2000)),
            Group(_RESIDENT, "adult_b", 35, (1938, 2000)),
            Group(_RESIDENT, "child_or_student", 20, (2003, 2016)),
        ),
        {CareType.OUTPATIENT: 78, CareType.INPATIENT: 16, CareType.OUTPATIENT_SPECIAL: 6},
        ("330213", "330200"),
        ("310000", "310000", "440100", "110000"),
        {CareType.OUTPATIENT: 8, CareType.INPATIENT: 75, CareType.OUTPATIENT_SPECIAL: 60},
        inpatient_levels=_MOSTLY_TERTIARY,
    ),
    Profile(
        "440700",
        date(2022, 1, 1),
        date(2023, 12, 31),
        40,
        (
            Group(_EMPLOYEE, "active", 55, (1964, 2000)),
            Group(_EMPLOYEE, "retired", 25, (1935, 1961)),
            Group(_RESIDENT, "adult", 20, (1940, 2002)),
        ),
        {CareType.OUTPATIENT: 97, CareType.INPATIENT: 3},
        ("440700",),
        ("440100", "310000"),
        {CareType.OUTPATIENT: 6, CareType.INPATIENT: 70},
        unselected_share=8,
    ),
    _shanxi("140100", "140300"),
    _shanxi("140300", "140100"),
    Profile(
        "150623",
        date(2025, 1, 1),
        date(2025, 12, 31),
        10,
        (Group(_RESIDENT, "adult", 1, (1940, 2002)),),
        {CareType.OUTPATIENT: 80, CareType.INPATIENT: 20},
        ("150600",),
        ("140100", "110000"),
        {CareType.OUTPATIENT: 50, CareType.INPATIENT: 60},
    ),
    _illustrative("990100", ("980100", "970100"), 340),
    _illustrative("980100", ("990100", "970100"), 290),
    _illustrative("970100", ("990100", "980100"), 230),
)

OUT_OF_SHANXI: Final = ("110000", "310000", "440100", "330200")
"""Where employees of Shanxi use their personal account."""
