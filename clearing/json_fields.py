"""Reading fields of untrusted data, as JSON gives them: the first one at fault is named.

Nothing is repaired or guessed. Everything wrong is ``Malformed`` with the path of the field
(``[3].amounts.total``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from clearing.errors import Malformed
from clearing.money import MAX_AMOUNT_FEN, Fen, format_yuan, parse_yuan

EnumT = TypeVar("EnumT", bound=StrEnum)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(value: Any, path: str) -> date:
    """Return a civil date written ``YYYY-MM-DD``."""
    given = text(value, path)
    try:
        if _DAY.fullmatch(given):
            return date.fromisoformat(given)
    except ValueError:
        pass  # a day that the calendar doesn't have, said below
    raise malformed(
        "date", path, f"a date is written YYYY-MM-DD, not {given[:40]!r}", "日期应写作 YYYY-MM-DD"
    )


def amount(value: Any, path: str) -> Fen:
    """Return an amount in yuan with two decimals, not negative, in 分."""
    given = text(value, path)
    try:
        amount_fen = parse_yuan(given)
    except ValueError:
        amount_fen = -1
    if not 0 <= amount_fen <= MAX_AMOUNT_FEN:
        raise malformed(
            "amount",
            path,
            f"an amount is written with two decimals, 0.00 to {format_yuan(MAX_AMOUNT_FEN)}, "
            f"not {given[:40]!r}",
            f"金额应为两位小数, 0.00 至 {format_yuan(MAX_AMOUNT_FEN)}",
        )
    return amount_fen


def choice(enum: type[EnumT], value: Any, path: str) -> EnumT:
    """Return a member of an enumeration, given by its value."""
    given = text(value, path)
    try:
        return enum(given)
    except ValueError:
        known = ", ".join(enum)
        raise malformed(
            "code_unknown", path, f"{given[:40]!r} is none of {known}", f"应为 {known} 之一"
        ) from None


def flag(value: Any, path: str) -> bool:
    """Return a boolean; 0 and 1 are none."""
    if not isinstance(value, bool):
        raise wrong_type(path, "true or false")
    return value


def text(value: Any, path: str) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise wrong_type(path, "a string")
    return value


def plain_mapping(data: Any, path: str) -> Mapping[str, Any]:
    """Return an object whatever its fields."""
    if not isinstance(data, dict):
        raise wrong_type(path, "an object")
    return data


def mapping(
    data: Any, path: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> Mapping[str, Any]:
    """Return an object that has the required fields and none but the optional ones."""
    fields = plain_mapping(data, path)
    at = join(path)
    for name in fields:
        if name not in required and name not in optional:
            known = ", ".join((*required, *optional))
            raise malformed(
                "field_unknown", at(name), f"there is no such field; known are {known}", "未知字段"
            )
    for name in required:
        if name not in fields:
            raise malformed("field_missing", at(name), "this field must be given", "缺少字段")
    return fields


def join(path: str) -> Callable[[str], str]:
    """Return how the path of a field inside ``path`` is written."""
    return (lambda name: f"{path}.{name}") if path else (lambda name: name)


def wrong_type(path: str, expected: str) -> Malformed:
    """Return the error for a value of another type."""
    return malformed("wrong_type", path, f"this must be {expected}", "类型不符")


def malformed(code: str, path: str, message_en: str, message_zh: str) -> Malformed:
    """Return the error for a field, or for the whole document."""
    return Malformed(code, message_en, message_zh, field=path or "document")


def whole_number(value: Any, path: str, least: int, most: int) -> int:
    """Return an integer within bounds; a boolean is none."""
    if type(value) is not int:
        raise wrong_type(path, "a whole number")
    if not least <= value <= most:
        raise malformed(
            "number_range", path, f"from {least} to {most}", f"应在 {least} 至 {most} 之间"
        )
    return value


def listed(value: Any, path: str) -> list[Any]:
    """Return an array."""
    if not isinstance(value, list):
        raise wrong_type(path, "an array")
    return value
