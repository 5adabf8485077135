"""The file of the embedded log: an SQLite database, and what is asked of it.

Records lie in one table whose row number is ``partition number × 2**40 + offset``, so that a
partition is one run of the file and needs no index. There is no retention: nothing is ever
removed, and the file grows until its folder is moved away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, RLock

from clearing.errors import InvariantBroken, Rejected, Unavailable, YidiError

OFFSET_BITS = 40
_OFFSETS = 1 << OFFSET_BITS

_VERSION = 1
_SCHEMA = """
CREATE TABLE partitions (
    number INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    UNIQUE (topic, partition)
);
CREATE TABLE records (
    position INTEGER PRIMARY KEY, -- partition number * 2**40 + offset
    record_key TEXT NOT NULL,
    value BLOB NOT NULL,
    appended_at INTEGER NOT NULL -- ms since the epoch, UTC
);
CREATE TABLE group_offsets (
    reader TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (reader, topic, partition)
) WITHOUT ROWID;
"""
_PRAGMAS = (
    "busy_timeout = 10000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "fullfsync = ON",  # where the system's fsync stops at the drive's cache (macOS)
)

StoredRecord = tuple[int, str, bytes, int]
"""Position, key, value, appended at."""


class LogFile:
    """One writing connection and as many reading ones as are in use at once.

    ``":memory:"`` has one connection for both, which readers and the writer take in turn.
    Raises ``Unavailable`` (``log_unavailable``) or ``InvariantBroken`` (``log_corrupt``).
    """

    def __init__(self, path: str | Path) -> None:
        """Open the file, made where missing. Raises ``Rejected`` (``schema_mismatch``)."""
        self._path = str(path)
        self._in_memory = self._path == ":memory:"
        self._writing = RLock()
        self._lending = Lock()
        self._idle: list[sqlite3.Connection] = []
        self._open = True
        self._writer = self._connect()
        try:
            self._prepare()
        except BaseException:
            self._writer.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        with _translated():
            connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            try:
                for pragma in _PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}").close()
            except BaseException:
                connection.close()
                raise
        return connection

    def _prepare(self) -> None:
        with self._transaction() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if version == 0 and tables == 0:
                for statement in _SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                raise Rejected(
                    "schema_mismatch",
                    f"{self._path} is no message log of this version. Use another data folder.",
                    f"{self._path} 不是本版本的消息日志文件，请更换数据目录。",
                )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing; what was written is durable on leaving."""
        with self._writing, _translated():
            connection = self._writer
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        if self._in_memory:
            with self._writing, _translated():
                yield self._writer
            return
        with self._lending:
            if not self._open:
                raise RuntimeError("the log is closed")
            connection = self._idle.pop() if self._idle else self._connect()
        try:
            with _translated():
                yield connection
        finally:
            self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lending:
            if self._open:
                self._idle.append(connection)
            else:
                connection.close()

    def partitions(self) -> Sequence[tuple[int, str, int]]:
        """Return number, topic and partition of each, in order."""
        with self._reader() as reader:
            return reader.execute(
                "SELECT number, topic, partition FROM partitions ORDER BY topic, partition"
            ).fetchall()

    def create_partitions(self, topic: str, count: int) -> Sequence[tuple[int, str, int]]:
        """Add the partitions of a topic and return them as ``partitions`` does."""
        with self._transaction() as writer:
            first = writer.execute("SELECT ifnull(max(number), 0) + 1 FROM partitions").fetchone()
            rows = [(first[0] + at, topic, at) for at in range(count)]
            writer.executemany("INSERT INTO partitions VALUES (?, ?, ?)", rows)
        return rows

    def last(self, number: int) -> tuple[int, int] | None:
        """Return offset and instant of a partition's last record."""
        with self._reader() as reader:
            row = reader.execute(
                "SELECT position, appended_at FROM records WHERE position >= ? AND position < ?"
                " ORDER BY position DESC LIMIT 1",
                (number * _OFFSETS, (number + 1) * _OFFSETS),
            ).fetchone()
        return None if row is None else (row[0] - number * _OFFSETS, row[1])

    def read(self, number: int, offset: int, count: int) -> list[StoredRecord]:
        """Return ``count`` records of a partition, from an offset on, that must be there."""
        start = number * _OFFSETS + offset
        with self._reader() as reader:
            rows = reader.execute(
                "SELECT position, record_key, value, appended_at FROM records"
                " WHERE position >= ? AND position < ? ORDER BY position",
                (start, start + count),
            ).fetchall()
        if len(rows) != count:
            raise _corrupt(f"{count - len(rows)} records after {start} are missing")
        return rows

    def group_offsets(self) -> Sequence[tuple[str, str, int, int]]:
        """Return group, topic, partition and next offset of each."""
        with self._reader() as reader:
            return reader.execute("SELECT * FROM group_offsets").fetchall()

    def write(
        self,
        records: Iterable[StoredRecord],
        offsets: Mapping[tuple[str, str, int], int],
    ) -> None:
        """Add records and replace offsets of groups in one durable transaction."""
        with self._transaction() as writer:
            writer.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", records)
            writer.executemany(
                "INSERT OR REPLACE INTO group_offsets VALUES (?, ?, ?, ?)",
                [(*place, offset) for place, offset in offsets.items()],
            )

    def close(self) -> None:
        """Close every connection; one in use is closed when its reader is done."""
        with self._lending:
            self._open = False
            while self._idle:
                self._idle.pop().close()
        with self._writing:
            self._writer.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(error) from error


def _meaning(error: sqlite3.Error) -> YidiError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says what kind of it
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT):
        return _corrupt(str(error))
    return Unavailable(
        "log_unavailable",
        f"The message log cannot be used right now: {error}.",
        f"消息日志暂时不可用：{error}。",
    )


def _corrupt(what: str) -> InvariantBroken:
    return InvariantBroken(
        "log_corrupt",
        f"The message log is damaged: {what}.",
        f"消息日志已损坏：{what}。",
    )
