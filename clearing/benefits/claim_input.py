"""Read a claim from untrusted data: what it must look like, and the first field at fault.

The data are plain values as JSON gives them. Everything wrong is ``Malformed`` with the path of
the field (``[3].amounts.total``); nothing is repaired or guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from clearing.benefits.circumstances_input import (
    CIRCUMSTANCES,
    check_circumstances,
    read_circumstances,
)
from clearing.benefits.claim import CareType, Claim, Filing, HospitalLevel, Scheme
from clearing.benefits.vocabulary import KNOWN_IDENTITIES
from clearing.errors import Malformed
from clearing.geography import check_region, is_home
from clearing.json_fields import (
    amount,
    choice,
    day,
    flag,
    join,
    malformed,
    mapping,
    plain_mapping,
    text,
    wrong_type,
)
from clearing.money import Fen, format_yuan

Accumulators = dict[str, dict[str, int]]
"""By ``region/year``, then by name: what ``yidi adjudicate`` returned for the member before."""

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
_OPTIONAL = ("selected_institution", "accumulators", "cap_increase", *CIRCUMSTANCES)
_PARTS = ("own_pay", "over_limit", "first_pay")


def read_claim(
    data: Any, categories: Callable[[str, Scheme], tuple[str, ...]], path: str = ""
) -> tuple[Claim, Accumulators]:
    """Return the claim and the accumulators given with it.

    ``categories`` tells the member categories of a region's scheme; ``path`` is put before
    every field named. Raises ``Malformed``.
    """
    fields = mapping(data, path, _REQUIRED, _OPTIONAL)
    at = join(path)
    insured = _region(fields["insured_region"], at("insured_region"))
    scheme = choice(Scheme, fields["scheme"], at("scheme"))
    category, birth_date, identities = _member(fields["member"], at("member"))
    allowed = categories(insured, scheme)
    if category not in allowed:
        raise malformed(
            "category_unknown",
            at("member.category"),
            f"scheme {scheme} of {insured} has the categories {', '.join(allowed)}",
            f"该险种的人员类别为 {', '.join(allowed)}",
        )
    care = _region(fields["care_region"], at("care_region"))
    filing = choice(Filing, fields["filing"], at("filing"))
    total, own_pay, over_limit, first_pay = _amounts(fields["amounts"], at("amounts"))
    at_home = is_home(insured, care)
    claim = Claim(
        insured_region=insured,
        scheme=scheme,
        category=category,
        birth_date=birth_date,
        identities=identities,
        care_region=care,
        hospital_level=choice(HospitalLevel, fields["hospital_level"], at("hospital_level")),
        care_type=choice(CareType, fields["care_type"], at("care_type")),
        admitted_on=day(fields["admitted_on"], at("admitted_on")),
        discharged_on=day(fields["discharged_on"], at("discharged_on")),
        filing=filing,
        selected_institution=flag(
            fields.get("selected_institution", at_home), at("selected_institution")
        ),
        total_fen=total,
        own_pay_fen=own_pay,
        over_limit_fen=over_limit,
        first_pay_fen=first_pay,
        circumstances=read_circumstances(fields, path),
        cap_increase_fen=amount(fields.get("cap_increase", "0.00"), at("cap_increase")),
    )
    _check_dates(claim, path)
    check_circumstances(
        claim.circumstances, claim.care_type, claim.discharged_on, claim.total_fen, at
    )
    if filing is Filing.LOCAL and not at_home:
        raise malformed(
            "local_away_from_home",
            at("filing"),
            f"{care} is outside the home area of {insured}, so the care isn't local",
            f"就医地 {care} 不在参保地 {insured} 的本地范围内",
        )
    return claim, read_accumulators(fields.get("accumulators", {}), at("accumulators"))


def read_accumulators(data: Any, path: str) -> Accumulators:
    """Return accumulators as an earlier result gave them. Raises ``Malformed``."""
    books: Accumulators = {}
    for book, names in plain_mapping(data, path).items():
        where = f"{path}.{book}"
        if not _BOOK.fullmatch(book):
            raise _foreign(where)
        accounts: dict[str, int] = {}
        for name, used in plain_mapping(names, where).items():
            fits = _ACCOUNT.fullmatch(name) and type(used) is int
            if not fits or not 0 <= used <= _MAX_ACCUMULATED:
                raise _foreign(f"{where}.{name}")
            accounts[name] = used
        books[book] = accounts
    return books


def _foreign(path: str) -> Malformed:
    return malformed(
        "accumulators_foreign",
        path,
        "accumulators are what an earlier result returned, unchanged",
        "累计数应原样取自上一次结果",
    )


def _member(data: Any, path: str) -> tuple[str, date, tuple[str, ...]]:
    fields = mapping(data, path, ("category", "birth_date"), ("identities",))
    at = join(path)
    identities = fields.get("identities", [])
    if not isinstance(identities, list):
        raise wrong_type(at("identities"), "a list of identities")
    for i, identity in enumerate(identities):
        if text(identity, at(f"identities[{i}]")) not in KNOWN_IDENTITIES:
            raise malformed(
                "identity_unknown",
                at(f"identities[{i}]"),
                f"{identity!r} is no identity",
                f"未知的身份 {identity!r}",
            )
    birth_date = day(fields["birth_date"], at("birth_date"))
    return text(fields["category"], at("category")), birth_date, tuple(sorted(set(identities)))


def _amounts(data: Any, path: str) -> tuple[Fen, Fen, Fen, Fen]:
    fields = mapping(data, path, ("total",), _PARTS)
    total = amount(fields["total"], f"{path}.total")
    left, parts = total, []
    for name in _PARTS:
        part = amount(fields.get(name, "0.00"), f"{path}.{name}")
        left -= part
        if left < 0:
            raise malformed(
                "parts_above_total",
                f"{path}.{name}",
                f"own_pay, over_limit and first_pay are above the total {format_yuan(total)}",
                f"自费, 超限价与先行自付之和超过总费用 {format_yuan(total)} 元",
            )
        parts.append(part)
    return total, parts[0], parts[1], parts[2]


def _check_dates(claim: Claim, path: str) -> None:
    at = join(path)
    if claim.discharged_on < claim.admitted_on:
        raise malformed(
            "discharge_before_admission",
            at("discharged_on"),
            "discharge is before admission",
            "出院日期早于入院日期",
        )
    outpatient = claim.care_type in (CareType.OUTPATIENT, CareType.OUTPATIENT_SPECIAL)
    if outpatient and claim.discharged_on != claim.admitted_on:
        raise malformed(
            "outpatient_two_dates",
            at("discharged_on"),
            "an outpatient visit has the same date in admitted_on and discharged_on",
            "门诊就诊的两个日期应相同",
        )
    if claim.birth_date > claim.admitted_on:
        raise malformed(
            "birth_after_care",
            at("member.birth_date"),
            "birth is after the care began",
            "出生日期晚于就医日期",
        )


def _region(value: Any, path: str) -> str:
    return check_region(text(value, path), path)
