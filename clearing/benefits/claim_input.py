"""Read a claim from untrusted data: what it must look like, and the first field at fault.

The data are plain values as JSON gives them. Everything wrong is ``Malformed`` with the path of
the field (``[3].amounts.total``); nothing is repaired or guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from clearing.benefits.claim import CareType, Claim, Filing, HospitalLevel, Scheme
from clearing.benefits.vocabulary import KNOWN_IDENTITIES
from clearing.errors import Malformed
from clearing.geography import check_region, is_home
from clearing.money import MAX_AMOUNT_FEN, Fen, format_yuan, parse_yuan

EnumT = TypeVar("EnumT", bound=StrEnum)
Accumulators = dict[str, dict[str, int]]
"""By ``region/year``, then by name: what ``yidi adjudicate`` returned for the member before."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOK = re.compile(r"[0-9]{6}/[0-9]{4}")
_ACCOUNT = re.compile(r"[a-z][a-z0-9_]*(/[a-z0-9_-]+)*")
_MAX_ACCUMULATED = 10**15

_REQUIRED = (
    "insured_region",
    "scheme",
    "member",
    "care_region",
    "hospital_level",
    "care_type",
    "admitted_on",
    "discharged_on",
    "filing",
    "amounts",
)
_OPTIONAL = ("selected_institution", "accumulators")
_PARTS = ("own_pay", "over_limit", "first_pay")


def read_claim(
    data: Any, categories: Callable[[str, Scheme], tuple[str, ...]], path: str = ""
) -> tuple[Claim, Accumulators]:
    """Return the claim and the accumulators given with it.

    ``categories`` tells the member categories of a region's scheme; ``path`` is put before
    every field named. Raises ``Malformed``.
    """
    fields = _mapping(data, path, _REQUIRED, _OPTIONAL)
    at = _join(path)
    insured = _region(fields["insured_region"], at("insured_region"))
    scheme = _choice(Scheme, fields["scheme"], at("scheme"))
    category, birth_date, identities = _member(fields["member"], at("member"))
    allowed = categories(insured, scheme)
    if category not in allowed:
        raise _malformed(
            "category_unknown",
            at("member.category"),
            f"scheme {scheme} of {insured} has the categories {', '.join(allowed)}",
            f"该险种的人员类别为 {', '.join(allowed)}",
        )
    care = _region(fields["care_region"], at("care_region"))
    filing = _choice(Filing, fields["filing"], at("filing"))
    total, own_pay, over_limit, first_pay = _amounts(fields["amounts"], at("amounts"))
    at_home = is_home(insured, care)
    claim = Claim(
        insured_region=insured,
        scheme=scheme,
        category=category,
        birth_date=birth_date,
        identities=identities,
        care_region=care,
        hospital_level=_choice(HospitalLevel, fields["hospital_level"], at("hospital_level")),
        care_type=_choice(CareType, fields["care_type"], at("care_type")),
        admitted_on=_day(fields["admitted_on"], at("admitted_on")),
        discharged_on=_day(fields["discharged_on"], at("discharged_on")),
        filing=filing,
        selected_institution=_flag(
            fields.get("selected_institution", at_home), at("selected_institution")
        ),
        total_fen=total,
        own_pay_fen=own_pay,
        over_limit_fen=over_limit,
        first_pay_fen=first_pay,
    )
    _check_dates(claim, path)
    if filing is Filing.LOCAL and not at_home:
        raise _malformed(
            "local_away_from_home",
            at("filing"),
            f"{care} is outside the home area of {insured}, so the care isn't local",
            f"就医地 {care} 不在参保地 {insured} 的本地范围内",
        )
    return claim, read_accumulators(fields.get("accumulators", {}), at("accumulators"))


def read_accumulators(data: Any, path: str) -> Accumulators:
    """Return accumulators as an earlier result gave them. Raises ``Malformed``."""
    books: Accumulators = {}
    for book, names in _plain_mapping(data, path).items():
        where = f"{path}.{book}"
        if not _BOOK.fullmatch(book):
            raise _foreign(where)
        accounts: dict[str, int] = {}
        for name, amount in _plain_mapping(names, where).items():
            fits = _ACCOUNT.fullmatch(name) and type(amount) is int
            if not fits or not 0 <= amount <= _MAX_ACCUMULATED:
                raise _foreign(f"{where}.{name}")
            accounts[name] = amount
        books[book] = accounts
    return books


def _foreign(path: str) -> Malformed:
    return _malformed(
        "accumulators_foreign",
        path,
        "accumulators are what an earlier result returned, unchanged",
        "累计数应原样取自上一次结果",
    )


def _member(data: Any, path: str) -> tuple[str, date, tuple[str, ...]]:
    fields = _mapping(data, path, ("category", "birth_date"), ("identities",))
    at = _join(path)
    identities = fields.get("identities", [])
    if not isinstance(identities, list):
        raise _wrong_type(at("identities"), "a list of identities")
    for i, identity in enumerate(identities):
        if _text(identity, at(f"identities[{i}]")) not in KNOWN_IDENTITIES:
            raise _malformed(
                "identity_unknown",
                at(f"identities[{i}]"),
                f"{identity!r} is no identity",
                f"未知的身份 {identity!r}",
            )
    birth_date = _day(fields["birth_date"], at("birth_date"))
    return _text(fields["category"], at("category")), birth_date, tuple(sorted(set(identities)))


def _amounts(data: Any, path: str) -> tuple[Fen, Fen, Fen, Fen]:
    fields = _mapping(data, path, ("total",), _PARTS)
    total = _amount(fields["total"], f"{path}.total")
    left, parts = total, []
    for name in _PARTS:
        part = _amount(fields.get(name, "0.00"), f"{path}.{name}")
        left -= part
        if left < 0:
            raise _malformed(
                "parts_above_total",
                f"{path}.{name}",
                f"own_pay, over_limit and first_pay are above the total {format_yuan(total)}",
                f"自费, 超限价与先行自付之和超过总费用 {format_yuan(total)} 元",
            )
        parts.append(part)
    return total, parts[0], parts[1], parts[2]


def _check_dates(claim: Claim, path: str) -> None:
    at = _join(path)
    if claim.discharged_on < claim.admitted_on:
        raise _malformed(
            "discharge_before_admission",
            at("discharged_on"),
            "discharge is before admission",
            "出院日期早于入院日期",
        )
    outpatient = claim.care_type in (CareType.OUTPATIENT, CareType.OUTPATIENT_SPECIAL)
    if outpatient and claim.discharged_on != claim.admitted_on:
        raise _malformed(
            "outpatient_two_dates",
            at("discharged_on"),
            "an outpatient visit has the same date in admitted_on and discharged_on",
            "门诊就诊的两个日期应相同",
        )
    if claim.birth_date > claim.admitted_on:
        raise _malformed(
            "birth_after_care",
            at("member.birth_date"),
            "birth is after the care began",
            "出生日期晚于就医日期",
        )


def _amount(value: Any, path: str) -> Fen:
    text = _text(value, path)
    try:
        amount_fen = parse_yuan(text)
    except ValueError:
        amount_fen = -1
    if not 0 <= amount_fen <= MAX_AMOUNT_FEN:
        raise _malformed(
            "amount",
            path,
            f"an amount is written with two decimals, 0.00 to {format_yuan(MAX_AMOUNT_FEN)}, "
            f"not {text[:40]!r}",
            f"金额应为两位小数, 0.00 至 {format_yuan(MAX_AMOUNT_FEN)}",
        )
    return amount_fen


def _day(value: Any, path: str) -> date:
    text = _text(value, path)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a day that the calendar doesn't have, said below
    raise _malformed(
        "date", path, f"a date is written YYYY-MM-DD, not {text[:40]!r}", "日期应写作 YYYY-MM-DD"
    )


def _region(value: Any, path: str) -> str:
    return check_region(_text(value, path), path)


def _choice(enum: type[EnumT], value: Any, path: str) -> EnumT:
    text = _text(value, path)
    try:
        return enum(text)
    except ValueError:
        known = ", ".join(enum)
        raise _malformed(
            "code_unknown", path, f"{text[:40]!r} is none of {known}", f"应为 {known} 之一"
        ) from None


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong_type(path, "true or false")
    return value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong_type(path, "a string")
    return value


def _plain_mapping(data: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise _wrong_type(path, "an object")
    return data


def _mapping(
    data: Any, path: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> Mapping[str, Any]:
    fields = _plain_mapping(data, path)
    at = _join(path)
    for name in fields:
        if name not in required and name not in optional:
            known = ", ".join((*required, *optional))
            raise _malformed(
                "field_unknown", at(name), f"there is no such field; known are {known}", "未知字段"
            )
    for name in required:
        if name not in fields:
            raise _malformed("field_missing", at(name), "this field must be given", "缺少字段")
    return fields


def _join(path: str) -> Callable[[str], str]:
    return (lambda name: f"{path}.{name}") if path else (lambda name: name)


def _wrong_type(path: str, expected: str) -> Malformed:
    return _malformed("wrong_type", path, f"this must be {expected}", "类型不符")


def _malformed(code: str, path: str, message_en: str, message_zh: str) -> Malformed:
    return Malformed(code, message_en, message_zh, field=path or "document")
