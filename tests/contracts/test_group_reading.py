"""What every log promises to the readers of a group, whatever carries the messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from clearing.errors import Rejected
from clearing.ports import Log, LogRecord, NewRecord, Reader, TopicPartition
from tests.contracts.logs import LOG_NAMES, LOGS
from tests.contracts.twins import SetClock

TOPICS = ("work", "heads")
PARTITIONS = {"work": 4, "heads": 1}
PLACES = frozenset(TopicPartition(topic, at) for topic in TOPICS for at in range(PARTITIONS[topic]))
PATIENCE_S = 30.0


@pytest.fixture(params=LOG_NAMES)
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    opened = LOGS[request.param].open(tmp_path, SetClock())
    for topic, partitions in PARTITIONS.items():
        opened.ensure_topic(topic, partitions)
    yield opened
    opened.close()


def _until(log: Log, so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    mark = 0
    while not so():
        assert time.monotonic() < end, "it never came so"
        mark = log.wait(mark, 0.05)


def _read(log: Log, reader: Reader, count: int) -> list[LogRecord]:
    found: list[LogRecord] = []

    def enough() -> bool:
        found.extend(reader.read(100))
        return len(found) >= count

    _until(log, enough)
    return found


def _write(log: Log, *values: str) -> None:
    log.append([NewRecord("work", f"key-{value}", value.encode()) for value in values])


def _values(records: Sequence[LogRecord]) -> list[str]:
    return sorted(record.value.decode() for record in records)


def _alone(log: Log, name: str = "a") -> Reader:
    reader = log.join("g", name, TOPICS)
    _until(log, lambda: reader.held() == PLACES)
    return reader


def test_a_reader_alone_is_given_everything_and_reads_nothing_until_placed(log: Log) -> None:
    values = [str(number) for number in range(20)]
    _write(log, *values)
    reader = _alone(log)
    assert reader.unplaced() == PLACES
    time.sleep(0.3)
    assert reader.read(100) == []
    reader.place(dict.fromkeys(PLACES, 0))
    records = _read(log, reader, 20)
    assert reader.unplaced() == frozenset()
    assert _values(records) == sorted(values)
    _write(log, "later")
    assert _values(_read(log, reader, 1)) == ["later"]
    reader.close()


def test_where_it_is_placed_decides_and_not_what_the_log_remembers(log: Log) -> None:
    log.append([NewRecord("heads", "k", str(number).encode()) for number in range(10)])
    heads = TopicPartition("heads", 0)
    log.commit_offsets("g", [(heads, 9)])
    reader = _alone(log)
    reader.place({heads: 4})
    assert [record.offset for record in _read(log, reader, 6)] == [4, 5, 6, 7, 8, 9]
    assert reader.unplaced() == PLACES - {heads}
    reader.close()


def test_a_reader_may_go_back(log: Log) -> None:
    log.append([NewRecord("heads", "k", str(number).encode()) for number in range(10)])
    heads = TopicPartition("heads", 0)
    reader = _alone(log)
    reader.place({heads: 0})
    assert len(_read(log, reader, 10)) == 10
    reader.place({heads: 7})
    assert [record.offset for record in _read(log, reader, 3)] == [7, 8, 9]
    reader.close()


def test_a_limit_holds_and_nothing_is_lost_by_it(log: Log) -> None:
    values = [f"{number:03d}" for number in range(100)]
    _write(log, *values)
    reader = _alone(log)
    reader.place(dict.fromkeys(PLACES, 0))
    found: list[LogRecord] = []

    def all_read() -> bool:
        page = reader.read(7)
        assert len(page) <= 7
        found.extend(page)
        return len(found) >= 100

    _until(log, all_read)
    assert _values(found) == values
    standing = dict.fromkeys(PLACES, 0)
    for record in found:
        place = TopicPartition(record.topic, record.partition)
        assert record.offset == standing[place]
        standing[place] += 1
    reader.close()


def test_readers_share_the_partitions_and_take_over_from_one_that_leaves(log: Log) -> None:
    first = _alone(log, "a")
    first.place(dict.fromkeys(PLACES, 0))
    second = log.join("g", "b", TOPICS)
    _until(
        log,
        lambda: (
            bool(first.held())
            and bool(second.held())
            and first.held() | second.held() == PLACES
            and not first.held() & second.held()
        ),
    )
    assert first.unplaced() == frozenset(), "what it kept stays placed"
    assert second.unplaced() == second.held()
    second.place(dict.fromkeys(second.held(), 0))
    values = [str(number) for number in range(40)]
    _write(log, *values)
    theirs: list[list[LogRecord]] = [[], []]

    def all_read() -> bool:
        for records, reader in zip(theirs, (first, second), strict=True):
            records.extend(reader.read(100))
        return sum(map(len, theirs)) >= 40

    _until(log, all_read)
    assert _values(theirs[0] + theirs[1]) == sorted(values)
    assert all(theirs)
    first.close()
    _until(log, lambda: second.held() == PLACES)
    came = second.unplaced()
    second.place(dict.fromkeys(came, 0))
    again = _read(log, second, len(theirs[0]))
    assert _values(again) == _values(theirs[0])
    second.close()


def test_one_that_joins_under_its_old_name_replaces_the_other(log: Log) -> None:
    old = _alone(log)
    old.place(dict.fromkeys(PLACES, 0))
    new = log.join("g", "a", TOPICS)
    _until(log, lambda: new.held() == PLACES)

    def refused() -> bool:
        try:
            old.unplaced()
        except Rejected as error:
            return error.code == "reader_replaced"
        return False

    _until(log, refused)
    with pytest.raises(Rejected) as caught:
        old.read(1)
    assert caught.value.code == "reader_replaced"
    assert old.held() == frozenset()
    old.close()
    assert new.held() == PLACES
    new.close()


def test_groups_are_nothing_to_each_other(log: Log) -> None:
    _write(log, "1", "2", "3")
    readers = [log.join(group, "a", TOPICS) for group in ("g", "h")]
    for reader in readers:
        _until(log, lambda reader=reader: reader.held() == PLACES)  # type: ignore[misc] # mypy cannot infer a lambda with a default
        reader.place(dict.fromkeys(PLACES, 0))
        assert _values(_read(log, reader, 3)) == ["1", "2", "3"]
    for reader in readers:
        reader.close()


def test_an_offset_that_the_log_never_reached_is_told_and_keeps_nothing_else_back(
    log: Log,
) -> None:
    heads = TopicPartition("heads", 0)
    reader = _alone(log)
    reader.place(dict.fromkeys(PLACES, 0) | {heads: 5})

    def refused() -> bool:
        try:
            reader.read(1)
        except Rejected as error:
            return (error.code, error.field) == ("offset_out_of_range", "heads")
        return False

    _until(log, refused)
    _write(log, "1", "2")
    found: list[LogRecord] = []

    def both() -> bool:
        found.extend(reader.read(10, {"heads"}))
        return len(found) == 2

    _until(log, both)
    assert _values(found) == ["1", "2"]
    assert refused()
    reader.close()


def test_a_reader_of_an_unknown_topic_is_refused(log: Log) -> None:
    with pytest.raises(Rejected) as caught:
        log.join("g", "a", ["nowhere"])
    assert caught.value.code == "topic_unknown"


def test_offsets_of_a_group_with_readers_can_be_committed(log: Log) -> None:
    reader = _alone(log)
    place = TopicPartition("work", 2)
    log.commit_offsets("g", [(place, 7)])
    _until(log, lambda: log.committed_offset("g", place) == 7)
    reader.close()


def test_a_topic_left_out_keeps_nothing_else_back_and_is_read_on_later(log: Log) -> None:
    reader = _alone(log)
    reader.place(dict.fromkeys(PLACES, 0))
    heads = [f"{number:04d}" for number in range(3_000)]  # more than a reader keeps ready
    log.append([NewRecord("heads", "k", value.encode()) for value in heads])
    _write(log, "1", "2")
    found: list[LogRecord] = []

    def read_without(count: int) -> bool:
        found.extend(reader.read(100, frozenset({"heads"})))
        return len(found) >= count

    _until(log, lambda: read_without(2))
    time.sleep(0.5)  # time for whoever reads ahead to be full
    _write(log, "3", "4")
    _until(log, lambda: read_without(4))
    assert _values(found) == ["1", "2", "3", "4"]
    assert [record.value.decode() for record in _read(log, reader, 3_000)] == heads
    _write(log, "5")
    assert _values(_read(log, reader, 1)) == ["5"]
    reader.close()
