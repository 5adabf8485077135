"""A reader that gathers fetches what came meanwhile together, and nothing much later."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from clearing.ports import NewRecord
from tests.adapters.broker.lone_reader import lone_reader, take
from tests.effort import thorough_only

pytestmark = [pytest.mark.broker, thorough_only]

GATHER_MS = 1_000
LONG_MS = 4_500


def test_records_that_come_one_by_one_are_fetched_together(tmp_path: Path) -> None:
    with lone_reader(tmp_path, GATHER_MS) as (log, reader):
        began_s = time.monotonic()
        for number in range(20):
            log.append([NewRecord("work", "key", b"%d" % number)])
        parts = take(reader, 20)
        took_ms = (time.monotonic() - began_s) * 1_000
    assert sum(parts) == 20
    assert len(parts) <= took_ms / GATHER_MS + 2, parts


def test_a_single_record_comes_when_the_time_is_over(tmp_path: Path) -> None:
    with lone_reader(tmp_path, GATHER_MS) as (log, reader):
        for number in range(3):
            log.append([NewRecord("work", "key", b"%d" % number)])
            assert take(reader, 1) == [1]


def test_much_is_not_waited_for(tmp_path: Path) -> None:
    random = Random(1)
    with lone_reader(tmp_path, LONG_MS) as (log, reader):
        log.append([NewRecord("work", "key", random.randbytes(1_000)) for _ in range(1_000)])
        began_s = time.monotonic()
        assert sum(take(reader, 1_000)) == 1_000
        assert time.monotonic() - began_s < LONG_MS / 1_000
