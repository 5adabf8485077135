"""Who was treated where and when, as far as it decides what is paid."""

from __future__ import annotations

from clearing.benefits.claim import CareType, Cause, Claim, Delivery
from clearing.benefits.key_words import key_words, value_words
from clearing.money import format_yuan
from clearing.wording import Words
from services.explaining.matter import Matter
from services.explaining.page import Fact
from services.explaining.reference import Reference


def facts_of(matter: Matter, reference: Reference) -> tuple[Fact, ...]:
    """Return the facts at the head of a page; what isn't known is left out."""
    home, there = reference.region(matter.insured_region), reference.region(matter.care_region)
    facts = [
        Fact(Words("参保地", "Insured region"), _with_code(home, matter.insured_region)),
        Fact(Words("就医地", "Care region"), _with_code(there, matter.care_region)),
        _value("care_type", matter.care_type),
        _days(matter),
    ]
    if matter.institution_id:
        facts.append(_plain(Words("医疗机构", "Institution"), matter.institution_id))
    if matter.member_id:
        facts.append(_plain(Words("参保人 (代号)", "Member (pseudonym)"), matter.member_id))
    return (*facts, *(_of_claim(matter.claim) if matter.claim else ()))


def _of_claim(claim: Claim) -> list[Fact]:
    facts = [
        _value("scheme", claim.scheme),
        _value("category", claim.category),
        _value("level", claim.hospital_level),
        _value("filing", claim.filing),
    ]
    if claim.identities:
        named = [value_words("identities", identity, {}) for identity in claim.identities]
        words = Words("、".join(zh for zh, _ in named), ", ".join(en for _, en in named))
        facts.append(Fact(_key("identities"), words))
    special = claim.circumstances
    if special.cause is not Cause.ILLNESS:
        facts.append(_value("cause", special.cause))
    if special.third_party_compensation_fen:
        paid = format_yuan(special.third_party_compensation_fen)
        label = Words("第三人赔偿", "Paid by the third party")
        facts.append(Fact(label, Words(f"{paid} 元", f"{paid} yuan")))
    if special.delivery is not Delivery.NONE:
        facts.append(_value("delivery", special.delivery))
    if special.special_disease:
        facts.append(_value("special_disease", "yes"))
    return facts


def _days(matter: Matter) -> Fact:
    start, end = matter.admitted_on.isoformat(), matter.discharged_on.isoformat()
    if matter.care_type is CareType.INPATIENT:
        words = Words(f"{start} 至 {end}", f"{start} to {end}")
        return Fact(Words("住院日期", "Days of the stay"), words)
    return _plain(
        Words("就医日期", "Day of the visit"), start if start == end else f"{start} – {end}"
    )


def _key(key: str) -> Words:
    zh, en = key_words(key, {})
    return Words(zh, en[0].upper() + en[1:])


def _value(key: str, value: str) -> Fact:
    return Fact(_key(key), Words(*value_words(key, value, {})))


def _plain(label: Words, value: str) -> Fact:
    return Fact(label, Words(value, value))


def _with_code(name: Words, code: str) -> Words:
    if code in name.zh:
        return name
    return Words(f"{name.zh} ({code})", f"{name.en} ({code})")
