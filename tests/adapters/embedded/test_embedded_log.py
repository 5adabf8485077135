"""What the embedded log does beyond the log's contract."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest

from adapters.embedded.log import EmbeddedLog
from adapters.embedded.log_file import LogFile, StoredRecord
from clearing.errors import InvariantBroken, Rejected, Unavailable
from clearing.ports import NewRecord, TopicPartition
from tests.contracts.twins import SetClock

PLACE = TopicPartition("work", 0)


def _open(path: str | Path) -> EmbeddedLog:
    log = EmbeddedLog(path, SetClock())
    log.ensure_topic("work", 1)
    return log


def _values(log: EmbeddedLog) -> list[bytes]:
    return [record.value for record in log.poll({PLACE: 0}, 1000)]


def test_a_second_log_on_the_same_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log" / "log.sqlite"
    log = _open(path)
    with pytest.raises(Rejected) as caught:
        _open(path)
    assert caught.value.code == "data_in_use"
    assert str(path.parent) in caught.value.message_en
    program = (
        "import sys\n"
        "from clearing.errors import Rejected\n"
        "from adapters.embedded.log import EmbeddedLog\n"
        "from tests.contracts.twins import SetClock\n"
        "try:\n    EmbeddedLog(sys.argv[1], SetClock())\n"
        "except Rejected as error:\n    print(error.code)\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert other.stdout == "data_in_use\n"
    log.append([NewRecord("work", "k", b"1")])
    log.close()
    log = _open(path)
    assert _values(log) == [b"1"]
    log.close()


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    file = LogFile(path)
    with file._transaction() as writer:
        writer.execute("PRAGMA user_version = 99")
    file.close()
    for _ in range(2):  # the refusal leaves neither lock nor connection behind
        with pytest.raises(Rejected) as caught:
            _open(path)
        assert caught.value.code == "schema_mismatch"


def test_a_file_that_is_no_database_is_named_damaged(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    path.write_bytes(b"this is a text, and long enough to be read as a header\n" * 100)
    with pytest.raises(InvariantBroken) as caught:
        _open(path)
    assert caught.value.code == "log_corrupt"


def test_in_memory_reads_what_it_appends() -> None:
    log = _open(":memory:")
    log.append([NewRecord("work", "k", b"1"), NewRecord("work", "k", b"2")])
    assert _values(log) == [b"1", b"2"]
    log.close()


def test_after_a_failed_append_the_log_goes_on_where_the_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = _open(tmp_path / "log.sqlite")
    log.append([NewRecord("work", "k", b"1")])
    write = LogFile.write

    def fail_before(*_: object) -> None:
        raise Unavailable("log_unavailable", "no", "否")

    def fail_after(file: LogFile, *rest: object) -> None:
        write(file, *rest)  # type: ignore[arg-type] # passed on as it came
        raise Unavailable("log_unavailable", "no", "否")

    for failing in (fail_before, fail_after):
        monkeypatch.setattr(LogFile, "write", failing)
        log.commit_offsets("g", [(PLACE, 1)])
        with pytest.raises(Unavailable):
            log.append([NewRecord("work", "k", b"2")])
        assert _values(log) == [b"1"]
    monkeypatch.setattr(LogFile, "write", write)
    log.append([NewRecord("work", "k", b"3")])
    # The second failure came after its commit: such a record is there, once.
    assert _values(log) == [b"1", b"2", b"3"]
    log.close()
    log = _open(tmp_path / "log.sqlite")
    assert _values(log) == [b"1", b"2", b"3"]
    assert log.committed_offset("g", PLACE) == 1
    log.close()


def test_idle_polling_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = _open(tmp_path / "log.sqlite")
    log.append([NewRecord("work", "k", b"1")])

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(LogFile, "read", never)
    assert log.poll({PLACE: 1}, 100) == []
    monkeypatch.undo()
    log.close()


def test_a_missing_record_is_found_out(tmp_path: Path) -> None:
    log = _open(tmp_path / "log.sqlite")
    log.append([NewRecord("work", "k", bytes([at])) for at in range(5)])
    with log._file._transaction() as writer:
        writer.execute("DELETE FROM records WHERE value = x'02'")
    with pytest.raises(InvariantBroken) as caught:
        _values(log)
    assert caught.value.code == "log_corrupt"
    log.close()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Rejected) as caught:
        _open(tmp_path / "file" / "log.sqlite")
    assert caught.value.code == "data_unusable"


@pytest.mark.parametrize("fails", [False, True])
def test_appends_that_wait_share_one_transaction_and_its_fate(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = _open(":memory:")
    write = LogFile.write
    first_writes, go_on = Event(), Event()
    sizes: list[int] = []

    def slowly(file: LogFile, records: Sequence[StoredRecord], offsets: Any) -> None:
        sizes.append(len(records))
        if len(sizes) == 1:
            first_writes.set()
            go_on.wait(30)
        elif fails:
            raise Unavailable("log_unavailable", "no", "否")
        write(file, records, offsets)

    monkeypatch.setattr(LogFile, "write", slowly)
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(log.append, [NewRecord("work", "k", b"0")])
        assert first_writes.wait(30)
        others = [pool.submit(log.append, [NewRecord("work", "k", b"1")] * 2) for _ in range(4)]
        while len(log._queue) < 4:
            sleep(0.001)
        go_on.set()
        first.result(timeout=30)
        outcomes = [type(other.exception(timeout=30)) for other in others]
    assert sizes == [1, 8]
    assert outcomes == [Unavailable if fails else type(None)] * 4
    assert _values(log) == [b"0"] + [b"1"] * (0 if fails else 8)
    log.close()
