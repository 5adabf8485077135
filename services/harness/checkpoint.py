"""Which visits of a corpus are finished, kept beside the network's data.

Losing it costs time and nothing else: visits are idempotent. It also keeps the nodes' own ids,
which the read-back asks with.
"""

from __future__ import annotations

import json
from pathlib import Path

from adapters.files.corpus_files import AppendingFile
from services.harness.visit_player import PlayedVisit

SYNC_EVERY = 256


class Checkpoint:
    """Finished visits by key."""

    def __init__(self, path: Path) -> None:
        self._file = AppendingFile(path)
        self._unsynced = 0
        self.finished: dict[str, PlayedVisit] = {}
        for line in self._file.lines:
            key, visit_id, settlement_ids, refusals = json.loads(line)
            self.finished[key] = PlayedVisit(visit_id, settlement_ids, refusals)
        self._file.lines.clear()

    def finish(self, key: str, played: PlayedVisit) -> None:
        """Note a finished visit; every now and then this is made durable."""
        self.finished[key] = played
        line = [key, played.visit_id, played.settlement_ids, played.refusals]
        self._file.append([json.dumps(line, ensure_ascii=False)])
        self._unsynced += 1
        if self._unsynced >= SYNC_EVERY:
            self.sync()

    def sync(self) -> None:
        """Make everything noted so far durable."""
        self._file.sync()
        self._unsynced = 0

    def forget(self) -> None:
        """Start over: the nodes do not have what was finished."""
        self.finished.clear()
        self._file.clear()

    def close(self) -> None:
        """Make everything durable."""
        self._file.close()


def checkpoint_path(data: Path, digest: str) -> Path:
    """Return where the checkpoint of a corpus is kept."""
    return data / "replay" / f"{digest[:16]}.finished"
