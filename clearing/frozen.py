"""Frozen dataclasses that are quick to make and to replace.

What ``dataclass(frozen=True)`` generates sets each field by a call of ``object.__setattr__``, as
the class itself refuses to be written to. Here a record is filled while it belongs to a class of
the same slots that does take fields, and becomes what it is when all of them are there. Nobody
else can hold it before that; afterwards it's as frozen as any.

Measured with a settlement's record of 42 fields (CPython 3.11, one core): made in 1.2 µs instead
of 6.8, replaced in 1.5 µs instead of 16.0. A message makes about twenty records of all sizes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

RecordT = TypeVar("RecordT")

_GIVEN: Any = object()
"""In the place of an argument: its field's factory is to be asked."""

_copiers: dict[type, Callable[[Any, dict[str, Any]], Any]] = {}


def quick(record: type[RecordT]) -> type[RecordT]:
    """Make a ``dataclass(frozen=True, slots=True)`` quick; use it right above ``dataclass``.

    Raises ``TypeError`` for a class that is more than its fields: one with another base, with
    ``__post_init__`` or with fields that are not given by place. It cannot be derived from.
    """
    fields = dataclasses.fields(record)  # type: ignore[arg-type]  # a dataclass by contract
    if record.__bases__ != (object,) or hasattr(record, "__post_init__"):
        raise TypeError(f"{record.__name__} is more than its fields")
    if any(not field.init or field.kw_only or field.name[0] == "_" for field in fields):
        raise TypeError(f"{record.__name__} has fields that are not given by place or private")
    slots = tuple(field.name for field in fields)
    if getattr(record, "__slots__", None) != slots:
        raise TypeError(f"{record.__name__} has no slots or other ones than its fields")
    filling = type(f"_Filling{record.__name__}", (), {"__slots__": slots})
    made = _compiled(record, filling, fields)
    made["__init__"].__qualname__ = f"{record.__qualname__}.__init__"
    made["__init__"].__annotations__ = dict(record.__init__.__annotations__)
    record.__init__ = made["__init__"]  # type: ignore[method-assign]  # the same, quicker
    # A record of a class derived from it would be made as one of this class.
    record.__init_subclass__ = classmethod(_refuse)  # type: ignore[method-assign,assignment]  # called once a class
    _copiers[record] = made["copy"]
    return record


def _compiled(
    record: type, filling: type, fields: tuple[dataclasses.Field[Any], ...]
) -> dict[str, Any]:
    names: dict[str, Any] = {
        "_record": record,
        "_filling": filling,
        "_new": filling.__new__,
        "_given": _GIVEN,
        "_become": object.__setattr__,
    }
    parameters, values = [], []
    for at, field in enumerate(fields):
        value = field.name
        if field.default_factory is not dataclasses.MISSING:
            names[f"_default_{at}"] = field.default_factory
            parameters.append(f"{field.name}=_given")
            value = f"_default_{at}() if {field.name} is _given else {field.name}"
        elif field.default is not dataclasses.MISSING:
            names[f"_default_{at}"] = field.default
            parameters.append(f"{field.name}=_default_{at}")
        else:
            parameters.append(field.name)
        values.append(f"    self.{field.name} = {value}")
    lines = [
        f"def __init__(self, {', '.join(parameters)}):",
        "    _become(self, '__class__', _filling)",
        *values,
        "    self.__class__ = _record",
        "def copy(old, changes):",
        "    made = _new(_filling)",
        *[f"    made.{field.name} = old.{field.name}" for field in fields],
        "    for name in changes:",
        "        setattr(made, name, changes[name])",
        "    made.__class__ = _record",
        "    return made",
    ]
    exec("\n".join(lines), names)  # made of the names of fields alone
    return names


def _refuse(record: type) -> None:
    raise TypeError(f"{record.__name__} cannot be derived from a quick record")


if TYPE_CHECKING:
    from dataclasses import replace as replace  # checked like it: names and types of changes
else:

    def replace(record: RecordT, /, **changes: Any) -> RecordT:
        """Return the record with some fields changed, as ``dataclasses.replace`` does."""
        copy = _copiers.get(type(record))
        if copy is None:
            return dataclasses.replace(record, **changes)
        try:
            return copy(record, changes)
        except AttributeError as error:
            raise TypeError(f"{type(record).__name__} has no such field: {error}") from None
