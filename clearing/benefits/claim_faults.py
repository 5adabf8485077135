"""Find what is wrong with columns of claims: the first row, and in it the first column, at fault.

Holds columns to what ``claim_input`` holds a single claim to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn, get_type_hints

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.claim import CareType, Circumstances, Claim, Filing, Scheme
from clearing.benefits.evaluators.columns import AMOUNTS, DAYS, Coded
from clearing.benefits.vocabulary import KNOWN_IDENTITIES
from clearing.errors import Malformed
from clearing.geography import check_region, is_home
from clearing.money import MAX_AMOUNT_FEN, format_yuan

Columns = Mapping[str, Coded | NDArray[Any]]
Categories = Callable[[str, Scheme], tuple[str, ...]]
_Mask = NDArray[np.bool_]

VOCABULARIES: Final[Mapping[str, type[StrEnum]]] = {
    name: hint
    for record in (Claim, Circumstances)
    for name, hint in get_type_hints(record).items()
    if isinstance(hint, type) and issubclass(hint, StrEnum)
}
"""The words that a column may hold, by its name."""

_PARTS = ("own_pay_fen", "over_limit_fen", "first_pay_fen")
_FIRST_DAY, _LAST_DAY = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")
_ONE_DAY = (CareType.OUTPATIENT, CareType.OUTPATIENT_SPECIAL)


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows that a column is wrong in, and how that is said."""

    column: str
    rows: _Mask
    code: str
    en: str
    zh: str


def refuse_faulty(columns: Columns, categories: Categories) -> None:
    """Raise ``Malformed`` for the first row at fault; its ``field`` is row and column.

    Coded columns hold text, a member's identities a tuple of texts. ``categories`` tells the
    member categories of a region's scheme. Rows count from 1.
    """
    if not len(_numbers(columns, "total_fen")):
        return
    first: tuple[int, Fault] | None = None
    # Faults of one value come first: a rule over two columns supposes that both can be read.
    for faults in (_unreadable(columns), _contradicting(columns, categories)):
        for fault in faults:
            row = int(np.argmax(fault.rows))
            if fault.rows[row] and (first is None or row < first[0]):
                first = row, fault
        if first is not None:
            refuse(first[1].column, first[0] + 1, first[1].code, first[1].en, first[1].zh)


def refuse(column: str, row: int, code: str, en: str, zh: str) -> NoReturn:
    """Raise ``Malformed`` for a column in a row."""
    where = f"row {row}, {column}"
    raise Malformed(code, en, f"第 {row} 行 {column}: {zh}", field=where)


def _unreadable(columns: Columns) -> Iterator[Fault]:
    for name in ("insured_region", "care_region"):
        yield _values(
            columns,
            name,
            _is_region,
            "region_code",
            "a region code is six digits",
            "行政区划代码应为六位数字",
        )
    for name, words in VOCABULARIES.items():
        if name in columns:
            known = set(words)
            told = ", ".join(words)
            yield _values(
                columns,
                name,
                known.__contains__,
                "code_unknown",
                f"this is one of {told}",
                f"应为 {told} 之一",
            )
    if "identities" in columns:
        yield _values(
            columns,
            "identities",
            KNOWN_IDENTITIES.issuperset,
            "identity_unknown",
            "this names an identity that there is not",
            "未知的身份",
        )
    for name in DAYS:
        if name in columns:
            days = _numbers(columns, name)
            strange = (days < _FIRST_DAY) | (days > _LAST_DAY)
            yield Fault(name, strange, "date", "a date is of the years 1 to 9999", "日期超出范围")
    top = format_yuan(MAX_AMOUNT_FEN)
    for name in AMOUNTS:
        if name in columns:
            amounts = _numbers(columns, name)
            wrong = (amounts < 0) | (amounts > MAX_AMOUNT_FEN)
            yield Fault(
                name,
                wrong,
                "amount",
                f"an amount is from 0.00 to {top} yuan",
                f"金额应在 0.00 至 {top} 元之间",
            )


def _contradicting(columns: Columns, categories: Categories) -> Iterator[Fault]:
    yield _category(columns, categories)
    left = _numbers(columns, "total_fen")
    for name in _PARTS:
        left = left - _numbers(columns, name)
        yield Fault(
            name,
            left < 0,
            "parts_above_total",
            "own_pay, over_limit and first_pay are above the total",
            "自费, 超限价与先行自付之和超过总费用",
        )
    admitted, discharged = (_numbers(columns, name) for name in ("admitted_on", "discharged_on"))
    yield Fault(
        "discharged_on",
        discharged < admitted,
        "discharge_before_admission",
        "discharge is before admission",
        "出院日期早于入院日期",
    )
    one_day = _where(columns, "care_type", lambda value: value in _ONE_DAY)
    yield Fault(
        "discharged_on",
        one_day & (discharged != admitted),
        "outpatient_two_dates",
        "an outpatient visit has the same date in admitted_on and discharged_on",
        "门诊就诊的两个日期应相同",
    )
    born = _numbers(columns, "birth_date")
    yield Fault(
        "birth_date",
        born > admitted,
        "birth_after_care",
        "birth is after the care began",
        "出生日期晚于就医日期",
    )
    local = _where(columns, "filing", lambda value: value == Filing.LOCAL)
    away = ~_pairs(columns, "insured_region", "care_region", is_home)
    yield Fault(
        "filing",
        local & away,
        "local_away_from_home",
        "the care region is outside the home area, so the care isn't local",
        "就医地不在参保地的本地范围内",
    )


def _category(columns: Columns, categories: Categories) -> Fault:
    """Each category is one that its region's scheme has."""
    regions, schemes, named = (_coded(columns, n) for n in ("insured_region", "scheme", "category"))
    wrong = np.zeros(len(named), np.bool_)
    both = regions.codes.astype(np.int64) * len(schemes.values) + schemes.codes
    told = ""
    for pair in np.unique(both).tolist():
        region, scheme = divmod(pair, len(schemes.values))
        allowed = categories(regions.values[region], Scheme(schemes.values[scheme]))
        known = np.array([value in allowed for value in named.values], np.bool_)[named.codes]
        strange = (both == pair) & ~known
        if strange.any() and (not wrong.any() or np.argmax(strange) < np.argmax(wrong)):
            told = ", ".join(allowed)
        wrong |= strange
    return Fault(
        "category",
        wrong,
        "category_unknown",
        f"this scheme of the region has the categories {told}",
        f"该险种的人员类别为 {told}",
    )


def _values(
    columns: Columns, name: str, good: Callable[[Any], bool], code: str, en: str, zh: str
) -> Fault:
    """Find the rows whose value isn't good; each distinct value is asked about once."""
    return Fault(name, _where(columns, name, lambda value: not good(value)), code, en, zh)


def _where(columns: Columns, name: str, holds: Callable[[Any], bool]) -> _Mask:
    column = _coded(columns, name)
    held: _Mask = np.array([holds(value) for value in column.values], np.bool_)[column.codes]
    return held


def _pairs(columns: Columns, one: str, other: str, holds: Callable[[str, str], bool]) -> _Mask:
    """Tell for each row whether something holds of two values; each pair is asked about once."""
    left, right = _coded(columns, one), _coded(columns, other)
    table = np.array([[holds(a, b) for b in right.values] for a in left.values], np.bool_)
    result: _Mask = table[left.codes, right.codes]
    return result


def _is_region(code: str) -> bool:
    try:
        check_region(code, "")
    except Malformed:
        return False
    return True


def _coded(columns: Columns, name: str) -> Coded:
    column = columns[name]
    assert isinstance(column, Coded), "a part of few distinct values is a coded column"
    return column


def _numbers(columns: Columns, name: str) -> NDArray[Any]:
    column = columns[name]
    assert not isinstance(column, Coded), "amounts and days are no coded columns"
    return column
