"""Hypothesis strategies for the plain values that travel, made from their types."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from clearing.benefits.claim import Fund
from clearing.calendar import Instant, instant_at

INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
INSTANTS = st.integers(instant_at(date(1, 1, 2)), instant_at(date(9999, 12, 30)))
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8
)


def values(kind: type, descriptor: Any) -> st.SearchStrategy[Any]:
    """Return values of a dataclass that travels as the message of ``descriptor``.

    A field that must be given gets no empty text; everything else may be anything.
    """
    hints = typing.get_type_hints(kind)
    fields = {
        field.name: _of(hints[field.name], descriptor.fields_by_name[field.name])
        for field in dataclasses.fields(kind)
    }
    return st.builds(kind, **fields)


def _of(hint: Any, wire: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (inner,) = [part for part in typing.get_args(hint) if part is not type(None)]
        return st.none() | _of(inner, wire)
    origin = typing.get_origin(hint)
    if origin is tuple:
        return st.lists(_of(typing.get_args(hint)[0], wire), max_size=3).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        key, value = typing.get_args(hint)
        if key is Fund:
            return st.dictionaries(st.sampled_from(Fund), INT64, max_size=3)
        return st.dictionaries(TEXT, TEXT if value is str else INT64, max_size=3)
    if hint is Instant:
        return INSTANTS
    if dataclasses.is_dataclass(hint):
        return values(typing.cast(type, hint), wire.message_type)
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    plain: dict[type, st.SearchStrategy[Any]] = {
        str: TEXT,
        bool: st.booleans(),
        date: st.dates(),
        bytes: st.binary(max_size=8),
        int: INT64 if wire.type == wire.TYPE_INT64 else INT32,
    }
    return plain[hint]
