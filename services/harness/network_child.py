"""The network as a child process of a replay; it ends when the replay does, however that ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from services.harness.difference import NodesUnreachable
from services.harness.nodes_client import Endpoints

READY_WITHIN_S = 60
END_WITHIN_S = 30


@asynccontextmanager
async def network_child(data: Path, log_faults: str = "") -> AsyncIterator[Endpoints]:
    """Serve a data folder inside the block; what the child says goes to ``replay/network.log``.

    Raises ``NodesUnreachable`` when it doesn't start, and when it ends before the block does.
    """
    noted = data / "replay" / "network.log"
    noted.parent.mkdir(parents=True, exist_ok=True)
    with noted.open("ab") as errors:
        child = await _start(data, log_faults, errors)
        try:
            endpoints = await _endpoints(child, noted)
            async with _alive(child, noted):
                yield endpoints
        finally:
            await _end(child)


async def _start(data: Path, log_faults: str, errors: BinaryIO) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.harness.child_main",
        str(data),
        log_faults,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=errors,
        # Ctrl-C is for the replay, which then ends its child by closing its input.
        start_new_session=True,
    )


async def _endpoints(child: asyncio.subprocess.Process, noted: Path) -> Endpoints:
    assert child.stdout is not None
    try:
        line = await asyncio.wait_for(child.stdout.readline(), READY_WITHIN_S)
        said = json.loads(line)
        return Endpoints(said["care"], said["insured"], said["house"])
    except (TimeoutError, ValueError, KeyError) as error:
        raise NodesUnreachable(f"the network did not start: {_last_error(noted)}") from error


def _last_error(noted: Path) -> str:
    lines = noted.read_text(encoding="utf-8", errors="replace").splitlines()
    said = [line for line in lines if line.startswith("error:")]
    return said[-1] if said else f"see {noted}"


@asynccontextmanager
async def _alive(child: asyncio.subprocess.Process, noted: Path) -> AsyncIterator[None]:
    """Break the block off when the child ends."""
    block = asyncio.current_task()
    assert block is not None
    ended = False

    async def watch() -> None:
        nonlocal ended
        await child.wait()
        ended = True
        block.cancel()

    watcher = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not ended:
            raise
        block.uncancel()
        raise NodesUnreachable(f"the network ended by itself; see {noted}") from None
    finally:
        watcher.cancel()


async def _end(child: asyncio.subprocess.Process) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.close()
    try:
        await asyncio.wait_for(child.wait(), END_WITHIN_S)
    except TimeoutError:
        child.kill()
        await child.wait()
