"""The parts of a claim, those of a nested record under their own names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from types import UnionType
from typing import Any, Final, get_args, get_type_hints

from clearing.benefits.claim import Claim


def _parts(record: type, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield (name, path, type) of every part of a record, nested ones included."""
    hints = get_type_hints(record)
    for each in fields(record):
        declared = hints[each.name]
        if isinstance(declared, UnionType):
            declared = next(one for one in get_args(declared) if one is not type(None))
        if is_dataclass(declared) and isinstance(declared, type):
            yield from _parts(declared, f"{path}{each.name}.")
        else:
            yield each.name, f"{path}{each.name}", declared


def _defaults(record: type, given: Any = None) -> Iterator[tuple[str, Any]]:
    """Yield (name, default) of every part that a record may leave out."""
    for each in fields(record):
        default = each.default if given is None else getattr(given, each.name)
        if default is MISSING:
            continue
        if is_dataclass(default):
            yield from _defaults(type(default), default)
        else:
            yield each.name, default


PATHS: Final[Mapping[str, str]] = {name: path for name, path, _ in _parts(Claim)}
"""Every part of a claim, with the attribute path that leads to it."""

TYPES: Final[Mapping[str, Any]] = {name: declared for name, _, declared in _parts(Claim)}

DEFAULTS: Final[Mapping[str, Any]] = dict(_defaults(Claim))
"""The parts that a claim may leave out, with what they are then."""

AMOUNTS: Final = tuple(name for name, declared in TYPES.items() if declared is int)
DAYS: Final = tuple(name for name, declared in TYPES.items() if declared is date)
CODED: Final = tuple(name for name in PATHS if name not in (*AMOUNTS, *DAYS))
"""The parts of a claim by the kind of their column: 分, days, few distinct values."""
