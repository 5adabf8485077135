"""A process that writes batches of ten until it is killed, and prints each when it is safe.

``python -m tests.contracts.endless_writer (store|log) TWIN FOLDER``
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from clearing.ports import NewRecord
from tests.contracts.logs import LOGS
from tests.contracts.shelves import LINES, Colour, Line
from tests.contracts.twins import STORES, SetClock


def write_store(twin: str, folder: Path) -> None:
    store = STORES[twin].open(folder, (LINES,))
    for batch in count():
        unit = store.begin()
        for at in range(10):
            number = batch * 10 + at
            unit.table(Line).put(Line("a", Colour.RED, number, None, str(batch)))
        unit.commit()
        print(batch, flush=True)


def write_log(twin: str, folder: Path) -> None:
    log = LOGS[twin].open(folder, SetClock())
    log.ensure_topic("work", 3)
    for batch in count():
        log.append([NewRecord("work", str(at), str(batch).encode()) for at in range(10)])
        print(batch, flush=True)


if __name__ == "__main__":
    _, kind, twin, folder = sys.argv
    {"store": write_store, "log": write_log}[kind](twin, Path(folder))
