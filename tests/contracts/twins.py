"""The technologies behind each port: every contract runs against all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.db.memory import MemoryDisk, MemoryStore
from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from clearing.calendar import Instant
from clearing.ports import Store, TableSpec
from tests.contracts.postgres_server import postgres_url, schema_of


class SetClock:
    """A clock that shows what it was set to."""

    def __init__(self, instant: int = 1_700_000_000_000) -> None:
        self.instant = instant

    def now(self) -> Instant:
        return Instant(self.instant)


@dataclass(frozen=True, slots=True)
class StoreTwin:
    """One way to keep records. ``open`` finds again what was kept in the same folder.

    One that isn't ``durable`` keeps records as long as the process lives. ``examples`` is how
    many stories a thorough run tells it: each begins with tables of its own. One that
    ``refuses_the_deleted`` lets nobody put what another unit has deleted meanwhile.
    """

    open: Callable[[Path, Sequence[TableSpec]], Store]
    durable: bool = True
    examples: int = 60
    refuses_the_deleted: bool = False


_DISKS: dict[Path, MemoryDisk] = {}


def _in_memory(folder: Path, specs: Sequence[TableSpec]) -> Store:
    return MemoryStore(_DISKS.setdefault(folder, MemoryDisk(specs)))


STORES: Mapping[str, StoreTwin] = {
    "sqlite": StoreTwin(
        lambda folder, specs: SqlStore(folder / "store.sqlite", specs), refuses_the_deleted=True
    ),
    "postgres": StoreTwin(
        lambda folder, specs: SqlStore(Postgres(postgres_url(), schema_of(folder)), specs),
        examples=30,
    ),
    "memory": StoreTwin(_in_memory, durable=False),
}
