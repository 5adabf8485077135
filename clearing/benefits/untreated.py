"""How it's said that the documents of a region don't treat a claim at all."""

from __future__ import annotations

from clearing.benefits.claim import CareType, Scheme
from clearing.benefits.schema import Bilingual, Span

_SCHEME = {
    Scheme.RESIDENT: ("城乡居民基本医疗保险", "the resident scheme"),
    Scheme.EMPLOYEE: ("职工基本医疗保险", "the employee scheme"),
}
_CARE = {
    CareType.OUTPATIENT: ("普通门诊", "outpatient care"),
    CareType.OUTPATIENT_SPECIAL: ("门诊慢特病", "special outpatient care"),
    CareType.INPATIENT: ("住院", "inpatient care"),
    CareType.PHARMACY: ("药店购药", "pharmacy care"),
}


def scheme_untreated(scheme: Scheme, treated: Span) -> Bilingual:
    """Say that the documents don't treat a scheme; ``treated`` is one that they do."""
    zh, en = _SCHEME[scheme]
    return Bilingual(
        zh=f"资料未涉及{zh} (所载为{treated.zh})",
        en=f"the source doesn't treat {en} (it treats: {treated.en})",
    )


def day_untreated(scheme: Scheme, treated: Span, by_discharge: bool) -> Bilingual:
    """Say that the visit is not in the days that the documents treat for its scheme."""
    zh, en = _SCHEME[scheme]
    start, until = treated.from_.isoformat(), treated.until
    day_zh, day_en = ("出院", "discharge") if by_discharge else ("入院", "admission")
    days_zh, days_en = f"{start} 起", f"{start} on"
    if until is not None:
        days_zh, days_en = f"{start} 至 {until.isoformat()}", f"{start} to {until.isoformat()}"
    return Bilingual(
        zh=f"就医日期 (住院按{day_zh}日) 不在资料对{zh}所载的期间 ({days_zh}) 之内",
        en=f"the day of the visit (of {day_en}, for a stay) is not in the days that the source "
        f"treats for {en}, from {days_en}",
    )


def care_type_untreated(scheme: Scheme, care_type: CareType, treated: Span) -> Bilingual:
    """Say that the documents treat the scheme on that day, but not this type of care."""
    (scheme_zh, scheme_en), (care_zh, care_en) = _SCHEME[scheme], _CARE[care_type]
    return Bilingual(
        zh=f"资料未载明{scheme_zh}的{care_zh}待遇 (所载为{treated.zh})",
        en=f"the source states no benefits of {scheme_en} for {care_en} (it treats: {treated.en})",
    )


def delivery_untreated() -> Bilingual:
    """Say that the documents state no benefits for a birth."""
    return Bilingual(
        zh="资料未载明生育医疗费的待遇",
        en="the source states no benefits for the cost of giving birth",
    )
