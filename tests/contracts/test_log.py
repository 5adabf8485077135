"""What every log promises, whatever carries the messages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from clearing.errors import Rejected
from clearing.ports import Log, LogRecord, NewRecord, TopicPartition
from tests.contracts.logs import DURABLE_LOG_NAMES, LOG_NAMES, LOGS, LogTwin
from tests.contracts.twins import SetClock
from tests.effort import examples

TOPICS = {"requests": 3, "answers": 1}
KEYS = st.sampled_from(["", "member-1", "member-2", "member-3", "参保人", "😀"])
NEW_RECORDS = st.builds(
    NewRecord, topic=st.sampled_from(list(TOPICS)), key=KEYS, value=st.binary(max_size=6)
)


@pytest.fixture(params=LOG_NAMES)
def twin(request: pytest.FixtureRequest) -> LogTwin:
    return LOGS[request.param]


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def log(twin: LogTwin, tmp_path: Path, clock: SetClock) -> Iterator[Log]:
    opened = twin.open(tmp_path, clock)
    for topic, partitions in TOPICS.items():
        opened.ensure_topic(topic, partitions)
    yield opened
    opened.close()


def _read_all(log: Log, limit: int = 100) -> list[LogRecord]:
    positions = {place: 0 for topic in TOPICS for place in log.partitions(topic)}
    found: list[LogRecord] = []
    while page := log.poll(positions, limit):
        assert len(page) <= limit
        for record in page:
            place = TopicPartition(record.topic, record.partition)
            assert record.offset == positions[place], "offsets are dense and in order"
            positions[place] += 1
        found += page
    for topic in TOPICS:
        for place, mark in log.high_marks(topic).items():
            assert positions[place] == mark
    return found


class _LogMachine(RuleBasedStateMachine):
    """A log beside one list for each key, and what it said about time and offsets."""

    twin: LogTwin

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = SetClock()
        self.model: dict[tuple[str, str], list[bytes]] = defaultdict(list)
        self.committed: dict[tuple[str, TopicPartition], int] = {}
        self.seen: dict[tuple[TopicPartition, int], LogRecord] = {}
        self._open()

    def _open(self) -> None:
        self.log = self.twin.open(self.folder, self.clock)
        for topic, partitions in TOPICS.items():
            self.log.ensure_topic(topic, partitions)

    def teardown(self) -> None:
        self.log.close()
        shutil.rmtree(self.folder)

    @rule(records=st.lists(NEW_RECORDS, max_size=8))
    def append(self, records: list[NewRecord]) -> None:
        before = self.log.wait(0, 0)
        self.log.append(records)
        for record in records:
            self.model[record.topic, record.key].append(record.value)
        assert (self.log.wait(before, 0) > before) == bool(records)

    @rule(limit=st.integers(1, 10))
    def read(self, limit: int) -> None:
        found: dict[tuple[str, str], list[bytes]] = defaultdict(list)
        places: dict[tuple[str, str], set[int]] = defaultdict(set)
        for record in _read_all(self.log, limit):
            found[record.topic, record.key].append(record.value)
            places[record.topic, record.key].add(record.partition)
            place = TopicPartition(record.topic, record.partition)
            assert self.seen.setdefault((place, record.offset), record) == record
        assert found == {key: values for key, values in self.model.items() if values}
        assert all(len(each) == 1 for each in places.values()), "a key has one partition"
        for (place, offset), record in self.seen.items():
            following = self.seen.get((place, offset + 1))
            assert following is None or following.appended_at >= record.appended_at

    @rule(ms=st.integers(-5_000, 10_000))
    def set_clock(self, ms: int) -> None:
        self.clock.instant += ms

    @rule(group=st.sampled_from(["g", "h"]), at=st.integers(0, 2), offset=st.integers(0, 50))
    def commit_offset(self, group: str, at: int, offset: int) -> None:
        place = TopicPartition("requests", at)
        self.log.commit_offsets(group, [(place, offset)])
        self.committed[group, place] = offset

    @rule(group=st.sampled_from(["g", "h"]), at=st.integers(0, 2))
    def committed_offset(self, group: str, at: int) -> None:
        place = TopicPartition("requests", at)
        assert self.log.committed_offset(group, place) == self.committed.get((group, place), 0)

    @rule()
    def reopen(self) -> None:
        self.log.close()
        self._open()


@pytest.mark.parametrize("name", LOG_NAMES)
def test_log_behaves_as_lists(name: str) -> None:
    machine = type("LogMachine", (_LogMachine,), {"twin": LOGS[name]})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples(LOGS[name].examples), stateful_step_count=30, deadline=None
        ),
    )


def test_a_topic_keeps_its_partitions(log: Log) -> None:
    log.ensure_topic("requests", 3)
    assert log.partitions("requests") == tuple(TopicPartition("requests", at) for at in range(3))
    with pytest.raises(Rejected) as caught:
        log.ensure_topic("requests", 4)
    assert caught.value.code == "topic_partitions"


def test_an_unknown_topic_is_refused_and_nothing_is_written(log: Log) -> None:
    unknown = TopicPartition("nowhere", 0)
    calls = (
        lambda: log.partitions("nowhere"),
        lambda: log.high_marks("nowhere"),
        lambda: log.append([NewRecord("requests", "k", b""), NewRecord("nowhere", "k", b"")]),
        lambda: log.poll({unknown: 0}, 10),
        lambda: log.commit_offsets("g", [(unknown, 1)]),
    )
    for call in calls:
        with pytest.raises(Rejected) as caught:
            call()
        assert caught.value.code == "topic_unknown"
    assert _read_all(log) == []


def test_logged_time_follows_the_clock_but_never_goes_back(
    twin: LogTwin, log: Log, clock: SetClock
) -> None:
    if not twin.follows_the_clock:
        pytest.skip("its own clock decides")
    start = clock.instant
    for instant in (start, start + 5, start - 60_000, start + 6):
        clock.instant = instant
        log.append([NewRecord("answers", "k", b"")])
    assert [record.appended_at - start for record in _read_all(log)] == [0, 5, 5, 6]


def test_logged_time_is_that_of_appending(twin: LogTwin, log: Log, clock: SetClock) -> None:
    if not twin.follows_the_clock:
        clock.instant = time.time_ns() // 1_000_000
    before = clock.instant
    log.append([NewRecord("answers", "k", b"")])
    after = before if twin.follows_the_clock else time.time_ns() // 1_000_000
    (record,) = _read_all(log)
    assert before <= record.appended_at <= after


def test_a_long_partition_starves_no_other(log: Log) -> None:
    log.append([NewRecord("answers", "k", b"") for _ in range(1000)])
    log.append([NewRecord("requests", str(key), b"") for key in range(20)])
    positions = {place: 0 for topic in TOPICS for place in log.partitions(topic)}
    page = log.poll(positions, 40)
    assert len(page) == 40
    assert sum(record.topic == "requests" for record in page) == 20
    read = {
        (record.topic, record.partition) for _ in range(60) for record in log.poll(positions, 1)
    }
    assert len(read) == 4


def test_an_offset_that_the_log_never_reached_is_refused(log: Log) -> None:
    place = TopicPartition("answers", 0)
    for offset in (1, -1):
        with pytest.raises(Rejected) as caught:
            log.poll({place: offset}, 10)
        assert caught.value.code == "offset_out_of_range"
    assert log.poll({place: 0}, 10) == []


def test_wait_ends_with_an_append_or_in_time(log: Log) -> None:
    seen = log.wait(0, 0)
    started = time.monotonic()
    assert log.wait(seen, 0.05) == seen
    assert time.monotonic() - started >= 0.05
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(log.wait, seen, 60)
        log.append([NewRecord("answers", "k", b"")])
        assert waiting.result(timeout=30) > seen


def test_many_threads_append_and_read_at_once(log: Log) -> None:
    writers, batches = 6, 30
    start = Barrier(writers + 2)

    def write(writer: int) -> None:
        start.wait()
        for batch in range(batches):
            value = f"{writer} {batch}".encode()
            log.append([NewRecord("requests", str(writer), value) for _ in range(3)])

    def read() -> dict[str, list[bytes]]:
        start.wait()
        positions = dict.fromkeys(log.partitions("requests"), 0)
        found: dict[str, list[bytes]] = defaultdict(list)
        seen = 0
        while sum(positions.values()) < writers * batches * 3:
            page = log.poll(positions, 50)
            if not page:
                seen = log.wait(seen, 30)
            for record in page:
                place = TopicPartition(record.topic, record.partition)
                assert record.offset == positions[place]
                positions[place] += 1
                found[record.key].append(record.value)
                log.commit_offsets("g", [(place, record.offset + 1)])
        return found

    with ThreadPoolExecutor(writers + 2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for writing in [pool.submit(write, writer) for writer in range(writers)]:
            writing.result(timeout=60)
        for reading in readers:
            assert reading.result(timeout=60) == {
                str(writer): [
                    f"{writer} {batch}".encode() for batch in range(batches) for _ in range(3)
                ]
                for writer in range(writers)
            }


def test_a_closed_log_fails(log: Log) -> None:
    log.close()
    log.close()
    place = TopicPartition("answers", 0)
    calls = (
        lambda: log.append([NewRecord("answers", "k", b"")]),
        lambda: log.poll({place: 0}, 1),
        lambda: log.wait(0, 0),
        lambda: log.committed_offset("g", place),
    )
    for call in calls:
        with pytest.raises(RuntimeError):
            call()


@pytest.mark.parametrize("name", DURABLE_LOG_NAMES)
def test_what_was_appended_survives_a_kill(name: str, tmp_path: Path) -> None:
    LOGS[name].open(tmp_path, SetClock()).close()  # skips here what its process could not have
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contracts.endless_writer", "log", name, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(30)]
        process.kill()
        acknowledged += [int(line) for line in process.stdout]
    opened = LOGS[name].open(tmp_path, SetClock())
    batches: dict[int, int] = defaultdict(int)
    positions = dict.fromkeys(opened.partitions("work"), 0)
    for record in opened.poll(positions, 1_000_000):
        batches[int(record.value)] += 1
    opened.close()
    assert set(acknowledged) <= set(batches)
    assert set(batches.values()) == {10}
