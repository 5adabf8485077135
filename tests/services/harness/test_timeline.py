from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from clearing.calendar import Instant
from services.harness.corpus import FilingStep, Story, Visit
from services.harness.timeline import Event, Part, VisitPart, timeline
from tests.services.harness.corpora import FILING, visit


def name(event: Event) -> str:
    if isinstance(event, VisitPart):
        return f"{event.visit.key}.{event.part.name.lower()}"
    return event.key


def at(key: str, settle: int, undo: int | None = None, again: int | None = None) -> Visit:
    story = Story.PLAIN if undo is None else Story.CANCELLED
    return visit(
        key,
        settle_at=Instant(settle),
        story=story,
        undo_at=None if undo is None else Instant(undo),
        again_at=None if again is None else Instant(again),
    )


def filing(key: str, when: int) -> FilingStep:
    return replace(FILING, key=key, at=Instant(when))


def test_later_parts_come_in_their_time() -> None:
    events = timeline(
        [filing("f1", 1), filing("f2", 5), filing("f3", 99)],
        [at("a", 2, 5, 7), at("b", 3, 4), at("c", 5), at("d", 6)],
    )
    assert [name(event) for event in events] == [
        "f1", "a.settle", "b.settle", "b.undo", "f2", "a.undo", "c.settle", "d.settle", "a.again",
        "f3",
    ]  # fmt: skip


def test_the_last_part_is_known() -> None:
    events = [e for e in timeline([], [at("a", 1, 2, 3), at("b", 1)]) if isinstance(e, VisitPart)]
    assert [(event.part, event.last) for event in events] == [
        (Part.SETTLE, False),
        (Part.SETTLE, True),
        (Part.UNDO, False),
        (Part.AGAIN, True),
    ]


times = st.integers(0, 6)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[FilingStep], list[Visit]]:
    visits = []
    for number, start in enumerate(sorted(draw(st.lists(times, max_size=8)))):
        undo = draw(st.none() | st.integers(0, 4))
        key = f"{draw(st.sampled_from('xy'))}{number}"
        visits.append(at(key, start, None if undo is None else start + undo))
    steps = [filing(f"{draw(st.sampled_from('xy'))}f{n}", when)
             for n, when in enumerate(sorted(draw(st.lists(times, max_size=5))))]  # fmt: skip
    return steps, visits


@given(histories())
def test_one_members_events_keep_their_order_whoever_else_is_there(
    history: tuple[list[FilingStep], list[Visit]],
) -> None:
    steps, visits = history
    together = [name(event) for event in timeline(steps, visits)]
    for who in "xy":
        alone = timeline(
            [s for s in steps if s.key[0] == who], [v for v in visits if v.key[0] == who]
        )
        assert [n for n in together if n[0] == who] == [name(event) for event in alone]
