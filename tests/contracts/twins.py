"""The technologies behind each port: every contract runs against all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from adapters.embedded.log import EmbeddedLog
from clearing.calendar import Instant
from clearing.ports import Log, Store, TableSpec
from tests.contracts.postgres_server import postgres_url, schema_of


class SetClock:
    """A clock that shows what it was set to."""

    def __init__(self, instant: int = 1_700_000_000_000) -> None:
        self.instant = instant

    def now(self) -> Instant:
        return Instant(self.instant)


@dataclass(frozen=True, slots=True)
class StoreTwin:
    """One way to keep records. ``open`` finds again what was kept in the same folder."""

    open: Callable[[Path, Sequence[TableSpec]], Store]


@dataclass(frozen=True, slots=True)
class LogTwin:
    """One way to keep messages. ``open`` finds again what was kept in the same folder."""

    open: Callable[[Path, SetClock], Log]


STORES: Mapping[str, StoreTwin] = {
    "sqlite": StoreTwin(lambda folder, specs: SqlStore(folder / "store.sqlite", specs)),
    "postgres": StoreTwin(
        lambda folder, specs: SqlStore(Postgres(postgres_url(), schema_of(folder)), specs)
    ),
}
LOGS: Mapping[str, LogTwin] = {
    "embedded": LogTwin(lambda folder, clock: EmbeddedLog(folder / "log.sqlite", clock)),
}
