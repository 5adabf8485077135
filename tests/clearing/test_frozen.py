"""Quick records are what ``dataclass`` makes of them, but for the time it takes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.frozen import quick, replace


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    """Every kind of field; some are named as what makes them quick might be."""

    record: str
    filling: int
    new: int = 7
    given: tuple[str, ...] = ()
    become: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plain:
    """The same without being quick."""

    record: str
    filling: int
    new: int = 7
    given: tuple[str, ...] = ()
    become: Mapping[str, int] = field(default_factory=dict)


some = st.fixed_dictionaries(
    {"record": st.text(), "filling": st.integers()},
    optional={
        "new": st.integers(),
        "given": st.lists(st.text(), max_size=2).map(tuple),
        "become": st.dictionaries(st.text(), st.integers(), max_size=2),
    },
)
changes = st.fixed_dictionaries(
    {}, optional={"record": st.text(), "new": st.integers(), "given": st.just(("changed",))}
)


def _fields(record: Any) -> tuple[Any, ...]:
    return tuple(getattr(record, each.name) for each in dataclasses.fields(record))


@given(some, changes)
def test_it_is_the_record_that_dataclass_makes(
    values: dict[str, Any], changed: dict[str, Any]
) -> None:
    quickly, plainly = Quick(**values), Plain(**values)
    assert type(quickly) is Quick
    assert _fields(quickly) == _fields(plainly)
    assert quickly == Quick(*_fields(plainly))
    assert repr(quickly) == repr(plainly).replace("Plain", "Quick")
    after = replace(quickly, **changed)
    assert type(after) is Quick
    assert _fields(after) == _fields(dataclasses.replace(plainly, **changed))
    assert after == dataclasses.replace(quickly, **changed)
    assert _fields(quickly) == _fields(plainly)
    assert copy.deepcopy(quickly) == quickly == pickle.loads(pickle.dumps(quickly))


def test_nobody_writes_to_it() -> None:
    for record in (Quick("a", 1), replace(Quick("a", 1), new=2), replace(Quick("a", 1))):
        with pytest.raises(dataclasses.FrozenInstanceError):
            record.filling = 2  # type: ignore[misc]  # what is tried
        with pytest.raises(dataclasses.FrozenInstanceError):
            del record.filling
    assert hash(Quick("a", 1, become=_Hashed())) == hash(Quick("a", 1, become=_Hashed()))


class _Hashed(dict[str, int]):
    def __hash__(self) -> int:  # type: ignore[override]  # for the test above
        return 1


def test_each_gets_a_default_of_its_own() -> None:
    assert Quick("a", 1).become is not Quick("a", 1).become


def test_wrong_arguments_are_refused_as_ever() -> None:
    attempts: tuple[Callable[[], Quick], ...] = (
        lambda: Quick("a"),  # type: ignore[call-arg]  # what is tried
        lambda: Quick("a", 1, unknown=2),  # type: ignore[call-arg]  # what is tried
        lambda: replace(Quick("a", 1), unknown=2),  # type: ignore[call-arg]  # what is tried
    )
    for make in attempts:
        with pytest.raises(TypeError):
            make()


def test_a_plain_record_is_replaced_as_ever() -> None:
    assert replace(Plain("a", 1), new=3) == Plain("a", 1, 3)


def test_what_is_more_than_its_fields_is_refused() -> None:
    class Derived(Plain):
        pass

    @dataclass(frozen=True)
    class WithoutSlots:
        record: str

    @dataclass(frozen=True, slots=True)
    class LooksAtItself:
        record: str

        def __post_init__(self) -> None:
            raise AssertionError

    @dataclass(frozen=True, slots=True, kw_only=True)
    class ByName:
        record: str

    for kind in (Derived, WithoutSlots, LooksAtItself, ByName):
        with pytest.raises(TypeError, match=kind.__name__):
            quick(kind)
    with pytest.raises(TypeError, match="cannot be derived"):
        type("More", (Quick,), {})
