"""At-least-once, proved: whoever appends again and recognises repeats loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.embedded.faults import FaultyLog
from adapters.embedded.log import EmbeddedLog
from clearing.errors import Unavailable
from clearing.ports import NewRecord, TopicPartition
from tests.contracts.twins import SetClock

PLACE = TopicPartition("work", 0)


def _faulty(path: str | Path, seed: int, **every: int) -> FaultyLog:
    log = FaultyLog(EmbeddedLog(path, SetClock()), seed, **every)
    log.ensure_topic("work", 1)
    return log


def _append_until_confirmed(log: FaultyLog, value: bytes) -> int:
    failures = 0
    while True:
        try:
            log.append([NewRecord("work", "k", value)])
        except Unavailable:
            failures += 1
        else:
            return failures


@pytest.mark.parametrize("seed", range(5))
def test_a_patient_writer_comes_through_and_repeats_keep_their_order(seed: int) -> None:
    log = _faulty(":memory:", seed, repeat_every=3, unconfirmed_every=3, lose_every=3)
    values = [str(at).encode() for at in range(200)]
    failures = [_append_until_confirmed(log, value) for value in values]
    found = [record.value for record in log.poll({PLACE: 0}, 10_000)]
    counts = log.counts()
    log.close()
    assert list(dict.fromkeys(found)) == values
    assert len(found) == len(values) + counts["repeated"] + counts["unconfirmed"]
    assert sum(failures) == counts["unconfirmed"] + counts["lost"]
    assert max(failures) == 2
    assert all(count > 20 for count in counts.values())


def test_one_kind_of_fault_at_a_time() -> None:
    expected = {
        "repeat_every": [b"1", b"1"],
        "unconfirmed_every": [b"1", b"1", b"1"],
        "lose_every": [b"1"],
    }
    for kind, values in expected.items():
        log = _faulty(":memory:", 0, **{kind: 1})
        _append_until_confirmed(log, b"1")
        assert [record.value for record in log.poll({PLACE: 0}, 10)] == values
        log.close()


def test_without_chances_nothing_happens_and_a_seed_repeats_itself() -> None:
    calm = _faulty(":memory:", 1)
    assert [_append_until_confirmed(calm, b"1") for _ in range(50)] == [0] * 50
    calm.close()
    runs = []
    for _ in range(2):
        log = _faulty(":memory:", 7, lose_every=4, unconfirmed_every=4)
        runs.append([_append_until_confirmed(log, b"1") for _ in range(50)])
        log.close()
    assert runs[0] == runs[1]


def test_a_negative_chance_is_refused() -> None:
    inner = EmbeddedLog(":memory:", SetClock())
    with pytest.raises(ValueError, match="chance"):
        FaultyLog(inner, 0, lose_every=-1)
    inner.close()
