"""The plan of a fault run follows from its seed and leaves no kind of strike out."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.faults.plan import (
    DOWN_MS,
    KILLS,
    KILLS_TO_A_PAUSE,
    KILLS_TO_AN_END,
    RESTORES,
    Kind,
    plan_of,
)

DECK = sum(KILLS.values())


@given(st.integers(0, 10_000), st.integers(1, 60))
def test_the_same_seed_gives_the_same_plan(seed: int, kills: int) -> None:
    assert plan_of(seed, kills) == plan_of(seed, kills)


def test_another_seed_gives_another_plan() -> None:
    assert len({tuple(plan_of(seed, DECK)) for seed in range(20)}) == 20


@given(st.integers(0, 10_000), st.integers(1, 60))
def test_it_has_as_many_kills_as_asked_for_and_the_others_beside_them(
    seed: int, kills: int
) -> None:
    plan = plan_of(seed, kills)
    kinds = Counter(strike.kind for strike in plan)
    assert sum(count for kind, count in kinds.items() if kind.kills) == kills
    assert kinds[Kind.PAUSE_NODE] == kills // KILLS_TO_A_PAUSE
    assert kinds[Kind.END_NODE] == kills // KILLS_TO_AN_END
    assert [strike.number for strike in plan] == list(range(1, len(plan) + 1))


@given(st.integers(0, 10_000))
def test_a_whole_deck_has_every_kind(seed: int) -> None:
    kinds = Counter(strike.kind for strike in plan_of(seed, DECK) if strike.kind.kills)
    assert kinds == KILLS


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 6))
def test_databases_are_put_back_between_the_strikes_that_come_without_it(
    seed: int, kills: int, restores: int
) -> None:
    plan = plan_of(seed, kills, restores)
    others = [strike for strike in plan if not strike.kind.restores]
    assert [(each.kind, each.down_ms, each.choice) for each in others] == [
        (each.kind, each.down_ms, each.choice) for each in plan_of(seed, kills)
    ]
    kinds = Counter(strike.kind for strike in plan)
    assert sum(kinds[kind] for kind in RESTORES) == restores
    assert max(kinds[kind] for kind in RESTORES) - min(kinds[kind] for kind in RESTORES) <= 1
    assert [strike.number for strike in plan] == list(range(1, len(plan) + 1))
    for strike, after in zip(plan, [*plan[1:], None], strict=True):
        if strike.kind.restores:
            assert not strike.together
            assert after is None or not after.together
            assert 2_000 <= strike.backup_age_ms < 9_000


@given(st.integers(0, 10_000), st.integers(1, 60))
def test_what_is_struck_comes_back_and_the_first_strike_comes_alone(seed: int, kills: int) -> None:
    plan = plan_of(seed, kills)
    assert not plan[0].together
    assert all(DOWN_MS[0] <= strike.down_ms <= DOWN_MS[1] for strike in plan)
    assert all(strike.rest_ms > 0 for strike in plan)
