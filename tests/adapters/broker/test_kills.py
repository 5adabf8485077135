"""Nothing is lost or done twice when a consumer or the broker is killed (−9)."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from clearing.errors import Unavailable
from clearing.partitions import partition_of
from clearing.ports import NewRecord, TopicPartition
from tests.adapters.broker.own_broker import LEAVES_SOCKETS, OwnBroker
from tests.effort import thorough_only

pytestmark = [pytest.mark.broker, LEAVES_SOCKETS]

PARTITIONS = 3
MESSAGES = 300


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnBroker]:
    own = OwnBroker(tmp_path_factory.mktemp("broker") / "state")
    yield own
    own.end()


@pytest.fixture
def settings(broker: OwnBroker, tmp_path: Path) -> BrokerSettings:
    return BrokerSettings(
        broker.address,
        prefix=f"{tmp_path.name}.",
        request_timeout_ms=1_000,
        append_within_ms=1_000,
    )


def _message(number: int) -> NewRecord:
    return NewRecord("work", f"member-{number % 7}", f"{number:05d}".encode())


def _ends() -> list[NewRecord]:
    """Return one last record for each partition."""
    keys = {partition_of(str(key), PARTITIONS): str(key) for key in range(50)}
    return [NewRecord("work", keys[at], b"end") for at in range(PARTITIONS)]


def _consume(settings: BrokerSettings, database: Path, die_after: int = 0) -> int:
    command = [sys.executable, "-W", "ignore", "-m", "tests.adapters.broker.consuming_process"]
    command += [settings.bootstrap, settings.prefix, str(database), str(die_after)]
    return subprocess.run(command, check=False, capture_output=True, timeout=200).returncode


def _effects(database: Path) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {at: [] for at in range(PARTITIONS)}
    connection = sqlite3.connect(database)
    for place, value in connection.execute("SELECT place, value FROM effect ORDER BY number"):
        found[place].append(value)
    connection.close()
    return found


def _expected() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {at: [] for at in range(PARTITIONS)}
    for number in range(MESSAGES):
        message = _message(number)
        found[partition_of(message.key, PARTITIONS)].append(message.value.decode())
    return found


@pytest.fixture
def filled(settings: BrokerSettings) -> BrokerSettings:
    log = BrokerLog(replace(settings, append_within_ms=60_000))
    log.ensure_topic("work", PARTITIONS)
    log.append([_message(number) for number in range(MESSAGES)])
    log.append(_ends())
    log.close()
    return settings


def test_a_kill_between_the_two_commits_doubles_and_loses_nothing(
    filled: BrokerSettings, tmp_path: Path
) -> None:
    database = tmp_path / "node.sqlite"
    for die_after in (1, 2, 3):
        assert _consume(filled, database, die_after) == -signal.SIGKILL
    done = sum(map(len, _effects(database).values()))
    assert 0 < done < MESSAGES
    assert _consume(filled, database) == 0
    assert _effects(database) == _expected()


def test_a_database_from_a_backup_catches_up(filled: BrokerSettings, tmp_path: Path) -> None:
    database, backup = tmp_path / "node.sqlite", tmp_path / "backup.sqlite"
    assert _consume(filled, database, 2) == -signal.SIGKILL
    shutil.copy(database, backup)
    assert _consume(filled, database) == 0
    log = BrokerLog(filled)
    told = [log.committed_offset("g", TopicPartition("work", at)) for at in range(PARTITIONS)]
    marks = log.high_marks("work")
    log.close()
    assert told == [marks[TopicPartition("work", at)] for at in range(PARTITIONS)], "all was told"
    assert _consume(filled, backup) == 0
    assert _effects(backup) == _expected()


@thorough_only
def test_a_killed_broker_loses_and_repeats_nothing_that_was_appended(
    broker: OwnBroker, settings: BrokerSettings
) -> None:
    told: list[str] = []
    log = BrokerLog(settings, on_stuck=told.append)
    log.ensure_topic("work", PARTITIONS)
    stop = Event()
    written: list[NewRecord] = []

    def write() -> None:
        number = 0
        while not stop.is_set():
            batch = [_message(number + at) for at in range(5)]
            number += 5
            while True:
                try:
                    log.append(batch)
                except Unavailable:
                    continue
                break
            written.extend(batch)

    writer = Thread(target=write)
    writer.start()
    for _ in range(2):
        before = len(written)
        while len(written) < before + 50:
            time.sleep(0.01)
        broker.kill()
        time.sleep(1)
        broker.start_again()
    before = len(written)
    while len(written) < before + 50:
        time.sleep(0.01)
    stop.set()
    writer.join()
    positions = dict.fromkeys(log.partitions("work"), 0)
    found: dict[int, list[bytes]] = {at: [] for at in range(PARTITIONS)}
    while page := log.poll(positions, 5_000):
        for record in page:
            positions[TopicPartition(record.topic, record.partition)] = record.offset + 1
            found[record.partition].append(record.value)
    log.close()
    expected: dict[int, list[bytes]] = {at: [] for at in range(PARTITIONS)}
    for record_ in written:
        expected[partition_of(record_.key, PARTITIONS)].append(record_.value)
    for at in range(PARTITIONS):
        assert Counter(found[at]) == Counter(expected[at]), "nothing lost, nothing twice"
    assert found == expected, "and in order"
    assert told == []
