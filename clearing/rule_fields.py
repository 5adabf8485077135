"""The scalars that rule files are written with, each read strictly from its text.

YAML scalars arrive as text (``clearing.strict_yaml``); these types turn them into dates, counts
and ratios and refuse every spelling but one, so that a rule reads the same to a person and to
the machine.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from clearing.benefits.claim import IDENTITIES
from clearing.money import parse_yuan
from clearing.strict_yaml import Document, ModelT, RuleDataError, validated

_COUNT = re.compile(r"0|[1-9][0-9]{0,8}")
_PRICE = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,6}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _as_date(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("write a date as YYYY-MM-DD")


def _as_count(value: Any) -> Any:
    if isinstance(value, str) and _COUNT.fullmatch(value):
        return int(value)
    raise ValueError("write a whole number without sign or leading zero")


def _as_ratio(value: Any) -> Any:
    ratio_bp: int = _as_count(value)
    if ratio_bp > 10_000:
        raise ValueError("a ratio in basis points is at most 10000")
    return ratio_bp


def _as_price(value: Any) -> Any:
    match = _PRICE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a price in yuan with at most six decimals")
    return int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0"))


def _as_yuan(value: Any) -> Any:
    amount_fen = parse_yuan(value) if isinstance(value, str) else -1
    if amount_fen < 0:
        raise ValueError("write an amount in yuan with two decimals, not negative")
    return amount_fen


def _as_flag(value: Any) -> Any:
    if value not in ("true", "false"):
        raise ValueError("write true or false")
    return value == "true"


def _known_identity(value: str) -> str:
    if value not in IDENTITIES:
        raise ValueError(f"not an identity; one of {', '.join(IDENTITIES)}")
    return value


CivilDate = Annotated[date, BeforeValidator(_as_date)]
Count = Annotated[int, BeforeValidator(_as_count)]
RatioBp = Annotated[int, BeforeValidator(_as_ratio)]
PriceE6 = Annotated[int, BeforeValidator(_as_price)]
"""A price written in yuan, kept as yuan × 10^6."""

YuanFen = Annotated[int, BeforeValidator(_as_yuan)]
"""An amount written in yuan, kept in 分."""

Flag = Annotated[bool, BeforeValidator(_as_flag)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
RegionCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|national|illustrative)$")]
"""Six digits, or one of the two layers that regions inherit."""

Source = Annotated[
    str,
    StringConstraints(
        pattern=r"^(S[0-4]:[1-9][0-9]*(-[1-9][0-9]*)?|national-2022-22|illustrative)$"
    ),
]
"""Document and line (``S3:115``), the national notice, or ``illustrative``."""

Identity = Annotated[str, AfterValidator(_known_identity)]


class RuleModel(BaseModel):
    """A part of a rule file: unknown keys are errors, what was read never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reading(RuleModel):
    """How an ambiguous source is read here: the reading taken, the one rejected, and why."""

    chosen: Words
    rejected: Words
    why: Words


class Stated(RuleModel):
    """A rule with its source and its words."""

    source: Source
    rule_en: Words
    rule_zh: Words
    reading: Reading | None = None


def read_rules(model: type[ModelT], document: Document) -> ModelT:
    """Return the document as ``model``; a document that is no mapping is a finding too."""
    if not isinstance(document.data, dict):
        raise RuleDataError([document.finding((), "a rule file is a mapping of keys")])
    return validated(model, document)
