"""``yidi up``: the whole network in one process, until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import uvloop

from adapters.telemetry import log_output
from clearing.errors import InvariantBroken, Malformed, YidiError
from services.cli import exit_codes
from services.cli.failures import say
from services.cli.noted_rules import with_noted_rules
from services.network.network import Addresses, Network
from services.network.settings import NetworkSettings

ADDRESSES_FILE = "network.json"
WAIT_FOR_DATA_S = 10.0


def up_command(settings: NetworkSettings, *, ready_json: bool, end_with_stdin: bool) -> int:
    """Serve until SIGINT or SIGTERM, or with ``end_with_stdin`` until standard input ends.

    ``ready_json`` prints one line of JSON with the addresses once everything serves.
    """
    log_output.set_up(form="text")
    return uvloop.run(_up(settings, ready_json, end_with_stdin))


def refuse_role_options(**options: object) -> int | None:
    """Return the exit code where options were given that mean nothing without ``--role``."""
    given = [f"--{name}" for name, value in options.items() if value]
    if not given:
        return None
    return say(
        Malformed(
            "role_missing",
            f"{', '.join(given)} mean nothing without --role",
            f"{', '.join(given)} 须与 --role 一起使用",
            field="role",
        )
    )


async def _up(settings: NetworkSettings, ready_json: bool, end_with_stdin: bool) -> int:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    if end_with_stdin:
        _watch_stdin()
    try:
        async with serving(settings) as (network, addresses):
            _say_ready(addresses, settings, len(network.nodes), ready_json)
            await ended.wait()
    except YidiError as error:
        print(f"error: {error}", file=sys.stderr)
        taken = error.code in ("data_in_use", "port_in_use")
        return exit_codes.UNREACHABLE if taken else exit_codes.FAULT
    return exit_codes.OK


@asynccontextmanager
async def serving(
    settings: NetworkSettings, *, wait_s: float = WAIT_FOR_DATA_S
) -> AsyncIterator[tuple[Network, Addresses]]:
    """Serve a network inside the block, and note in its folder where it listens.

    Raises ``Rejected`` (``data_in_use``) when another process keeps the folder ``wait_s`` long.
    When a node's books break, the block ends at once with what broke them.
    """
    network = await _open(with_noted_rules(settings), wait_s)
    loop, block = asyncio.get_running_loop(), asyncio.current_task()
    assert block is not None
    failures: list[BaseException] = []

    def fatal(error: BaseException) -> None:
        failures.append(error)
        loop.call_soon_threadsafe(block.cancel)

    network.on_fatal = fatal
    try:
        async with _served(network, settings) as addresses:
            yield network, addresses
    except asyncio.CancelledError:
        if not failures:
            raise
        block.uncancel()
        raise _told(failures[0]) from failures[0]


def _told(error: BaseException) -> YidiError:
    """Return what ended a network as an error that callers know how to say."""
    if isinstance(error, YidiError):
        return error
    return InvariantBroken(
        "network_ended", f"the network ended by itself: {error!r}", "网络进程内部异常终止"
    )


@asynccontextmanager
async def _served(network: Network, settings: NetworkSettings) -> AsyncIterator[Addresses]:
    addresses = await network.start()
    noted = settings.data / ADDRESSES_FILE
    _write_whole(noted, json.dumps({**asdict(addresses), "pid": os.getpid()}) + "\n")
    try:
        yield addresses
    finally:
        with contextlib.suppress(FileNotFoundError):
            noted.unlink()
        await network.stop()


async def _open(settings: NetworkSettings, wait_s: float) -> Network:
    """Open a network, waiting a little for a process that is just ending to let go."""
    give_up = time.monotonic() + wait_s
    while True:
        try:
            return Network(settings)
        except YidiError as error:
            if error.code != "data_in_use" or time.monotonic() > give_up:
                raise
        await asyncio.sleep(0.2)


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that readers see all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _watch_stdin() -> None:
    """End the process at once when whoever started it is gone: nothing is lost by that."""

    def watch() -> None:
        # Not sys.stdin: its lock, held by this thread, would break the interpreter's shutdown.
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="yidi-stdin", daemon=True).start()


def _say_ready(
    addresses: Addresses, settings: NetworkSettings, nodes: int, ready_json: bool
) -> None:
    if ready_json:
        print(json.dumps(asdict(addresses)), flush=True)
        return
    print(f"{nodes} nodes serve; state under {settings.data}", flush=True)
    print(f"  care-region service     {addresses.care}")
    print(f"  insured-region service  {addresses.insured}")
    print(f"  clearing house          {addresses.house}", flush=True)
