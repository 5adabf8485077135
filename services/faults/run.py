"""One fault run: a network of its own, a load, strikes by the plan, and the proof at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from adapters.files.rule_books import RuleBooks
from clearing.messages import Address, Role
from clearing.ports import Store
from services.faults.comparing import compare_with_pass, reconcile_days, verify_books
from services.faults.hospital import Hospital
from services.faults.load import Load, make_corpus
from services.faults.plan import Strike, plan_of
from services.faults.processes import Hit, Processes
from services.faults.proof import check_all
from services.faults.rows import read_rows
from services.faults.stalls import Struck
from services.faults.told import Told
from services.faults.wrong import Wrong
from services.harness.nodes_client import Endpoints
from services.network.role_process import schema_of
from services.network.roles import SPECS, Roles
from services.real.network import Layout

IN_FLIGHT = 24
VISITS_TO_A_STRIKE = 40
"""So many times the pace a second is prepared for each strike; what is not needed is not played."""

WARM_UP_S = 5.0
QUIET_WITHIN_S = 180.0
LOOK_EVERY_S = 3.0
LOAD_ENDS_WITHIN_S = 600.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run. ``per_s`` is how many visits are begun a second."""

    seed: int
    kills: int
    restores: int
    folder: Path
    layout: Layout
    per_s: int


@dataclass(slots=True)
class Found:
    """What came of a run; ``proofs`` holds what is wrong for each check, by its words."""

    wanted: Wanted
    told: Told = field(default_factory=Told)
    strikes: list[Struck] = field(default_factory=list)
    proofs: dict[str, list[Wrong]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    ended_by_themselves: Mapping[tuple[str, int], int] = field(default_factory=dict)
    visits: int = 0
    struck_s: float = 0.0
    quiet_s: float = 0.0

    @property
    def wrong(self) -> list[Wrong]:
        """Everything that does not hold."""
        return [each for found in self.proofs.values() for each in found]


async def fault_run(wanted: Wanted, tell: Tell) -> Found:
    """Run it all; the network is ended whatever happens, its state stays in the folder.

    Raises ``YidiError`` when the network does not start.
    """
    found = Found(wanted)
    plan = plan_of(wanted.seed, wanted.kills, wanted.restores)
    corpus = wanted.folder / "corpus"
    visits = max(VISITS_TO_A_STRIKE * wanted.per_s * len(plan), 500)
    tell(f"{visits} visits are prepared, {len(plan)} strikes planned")
    await asyncio.to_thread(make_corpus, wanted.seed, visits, corpus)
    processes = Processes(wanted.folder, wanted.layout)
    try:
        await asyncio.to_thread(processes.start)
        tell("the network serves")
        addresses = {role: wanted.layout.addresses(role) for role in ("care", "insured", "house")}
        async with Hospital(Endpoints(**addresses), found.told, wanted.seed) as hospital:
            load = Load(corpus, hospital, per_s=wanted.per_s, in_flight=IN_FLIGHT)
            await load.register()
            await _under_load(load, _Striking(processes, plan, found, tell))
            found.visits = len(load.played)
            tell(f"{found.visits} visits played; waiting for quiet")
            await _prove(found, load, hospital, processes.database_url, tell)
    finally:
        await asyncio.to_thread(processes.end)
        found.ended_by_themselves = dict(processes.ended_by_themselves)
    return found


async def _under_load(load: Load, striking: _Striking) -> None:
    """Strike while visits are played, then let those end that were begun."""
    enough = asyncio.Event()
    playing = asyncio.create_task(load.run(enough))
    try:
        await asyncio.sleep(WARM_UP_S)
        await striking.all(playing)
        enough.set()
        await asyncio.wait_for(playing, LOAD_ENDS_WITHIN_S)
    except TimeoutError:
        load.faults.append(f"some visits have no end {LOAD_ENDS_WITHIN_S:.0f} s after all others")
    finally:
        playing.cancel()
        await striking.end()


class _Striking:
    """Carries the plan out: one strike after the other, some before the last one is mended."""

    def __init__(
        self, processes: Processes, plan: Sequence[Strike], found: Found, tell: Tell
    ) -> None:
        self._processes = processes
        self._plan = plan
        self._found = found
        self._tell = tell
        self._mending: list[asyncio.Task[None]] = []

    async def all(self, playing: asyncio.Task[None]) -> None:
        """Strike by the plan; ends early when the load ends."""
        began_s = time.monotonic()
        for strike in self._plan:
            if not strike.together:
                await self._mended(playing)
            await asyncio.sleep(strike.rest_ms / 1000)
            hit = await asyncio.to_thread(self._processes.strike, strike)
            if hit is None:  # it is down already
                await self._mended(playing)
                hit = await asyncio.to_thread(self._processes.strike, strike)
            self._tell(f"{strike.number}: {strike.kind}: {hit.what if hit else 'not there'}")
            if hit is not None:
                self._mending.append(asyncio.create_task(self._mend(strike, hit)))
            if playing.done():
                break
        await self._mended(playing)
        self._found.strikes.sort(key=lambda struck: struck.at_s)
        self._found.struck_s = time.monotonic() - began_s

    async def end(self) -> None:
        """Wait for what is being mended: nothing may start once the network is ended."""
        await asyncio.gather(*self._mending, return_exceptions=True)

    async def _mend(self, strike: Strike, hit: Hit) -> None:
        await asyncio.sleep(strike.down_ms / 1000)
        await asyncio.to_thread(self._processes.mend, strike, hit.what)
        struck = Struck(strike, hit.what, hit.at_s, time.monotonic())
        self._found.strikes.append(struck)
        self._tell(f"{strike.number}: serves again, {struck.mended_s - struck.at_s:.1f} s later")

    async def _mended(self, playing: asyncio.Task[None]) -> None:
        """Wait until everything serves again, and somebody was told of a settlement."""
        if not self._mending:
            return
        await asyncio.gather(*self._mending)
        self._mending.clear()
        await asyncio.to_thread(self._processes.await_all)
        await self._settles_again(playing)

    async def _settles_again(self, playing: asyncio.Task[None]) -> None:
        """Wait for a settlement that was asked for from now on."""
        from_s = time.monotonic()
        settles = self._found.told.settles
        while not playing.done() and not any(began >= from_s for began, _ in settles[-200:]):
            await asyncio.sleep(0.1)


async def _prove(found: Found, load: Load, hospital: Hospital, url: str, tell: Tell) -> None:
    began_s = time.monotonic()
    roles = Roles(None)
    nodes = [node for role in Role for node in roles.addresses(role)]

    def open_store(node: Address) -> Store:
        return SqlStore(Postgres(url, schema_of(node, "")), SPECS[node.role])

    while True:
        rows = await asyncio.to_thread(read_rows, nodes, open_store)
        found.proofs = check_all(rows, found.told)
        if not found.wrong or time.monotonic() - began_s > QUIET_WITHIN_S:
            break
        tell(f"{len(found.wrong)} things not at rest, first: {found.wrong[0]}")
        await asyncio.sleep(LOOK_EVERY_S)
    found.quiet_s = time.monotonic() - began_s
    found.counts = rows.counts()
    words = "every visit went as its story says"
    found.proofs[words] = [Wrong("visit", text, "otherwise") for text in load.faults]
    if load.faults:
        return  # there is no sequential pass over what broke off
    books = await asyncio.to_thread(RuleBooks, None)
    found.proofs |= await compare_with_pass(load, hospital, books)
    found.proofs |= await asyncio.to_thread(verify_books, url)
    found.proofs |= await reconcile_days(hospital, rows)
