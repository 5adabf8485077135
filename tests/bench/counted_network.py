"""The whole network in this process; when it ends it says how often it made something durable."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from adapters.db.connection import StoreConnection
from adapters.embedded.log_file import LogFile
from services.cli.up import up_command
from services.network.settings import NetworkSettings

counts = Counter({"commits": 0, "appends": 0, "records": 0})


def _count_commits() -> None:
    """Count the transactions that wrote; those that only read make nothing durable."""
    wrote: set[int] = set()
    write: Callable[..., None] = StoreConnection.write
    commit: Callable[[StoreConnection], None] = StoreConnection.commit

    def counted_write(self: StoreConnection, statements: Sequence[Any], *, commits: bool) -> None:
        write(self, statements, commits=commits)
        if commits:
            counts["commits"] += 1
        else:
            wrote.add(id(self))

    def counted_commit(self: StoreConnection) -> None:
        commit(self)
        if id(self) in wrote:
            wrote.discard(id(self))
            counts["commits"] += 1

    StoreConnection.write = counted_write  # type: ignore[method-assign]  # to count
    StoreConnection.commit = counted_commit  # type: ignore[method-assign]  # to count


def _count_appends() -> None:
    write: Callable[..., None] = LogFile.write

    def counted_write(self: LogFile, records: Iterable[Any], offsets: Any) -> None:
        rows = list(records)
        write(self, rows, offsets)
        counts["appends"] += 1
        counts["records"] += len(rows)

    LogFile.write = counted_write  # type: ignore[method-assign]  # to count


def main(arguments: list[str]) -> int:
    """Serve the data folder given until standard input ends."""
    (data,) = arguments
    _count_commits()
    _count_appends()
    settings = NetworkSettings(
        Path(data), care_port=0, insured_port=0, house_port=0, replaying=True
    )
    code = up_command(settings, ready_json=True, end_with_stdin=True)
    print(json.dumps(counts))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
