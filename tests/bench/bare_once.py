"""Plays visits through the bare server, and prints what that took as JSON.

A visit is so many calls one after the other, of the payloads that a replay's calls had on
average; as many visits are in flight as in a replay.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import grpc

from services.harness.replay import IN_FLIGHT
from tests.bench.bare_server import METHOD
from tests.bench.child import BenchError, serving

SERVER = "tests.bench.bare_server"


@dataclass(slots=True)
class BareFigures:
    """One pass over the bare server."""

    visits: int
    calls: int
    played_s: float
    commits: int


async def bare_once(
    folder: Path, visits: int, calls: int, request_bytes: int, answer_bytes: int
) -> BareFigures:
    """Make the calls of all visits; payload sizes are those of one call."""
    with serving(SERVER, [str(folder / "bare.sqlite3"), str(answer_bytes)]) as server:
        async with grpc.aio.insecure_channel(server.said["target"]) as channel:
            method: Any = channel.unary_unary(METHOD)
            body = bytes(request_bytes)
            counts = iter([_calls_of(number, visits, calls) for number in range(visits)])
            made = 0

            async def play() -> None:
                nonlocal made
                for count in counts:
                    for _ in range(count):
                        answer = await method(body)
                        if len(answer) != answer_bytes:
                            raise BenchError("the bare server answered something else")
                        made += 1

            began_at = time.monotonic()
            async with asyncio.TaskGroup() as group:
                for _ in range(IN_FLIGHT):
                    group.create_task(play())
            played_s = time.monotonic() - began_at
    if not made == calls == server.told["rows"]:
        raise BenchError(f"{calls} calls, {made} answers, {server.told['rows']} rows")
    return BareFigures(visits, made, played_s, server.told["commits"])


def _calls_of(number: int, visits: int, calls: int) -> int:
    """Share the calls out as evenly as whole numbers go."""
    return (number + 1) * calls // visits - number * calls // visits


def main(arguments: list[str]) -> int:
    """Take a folder and then the four numbers of ``bare_once``."""
    folder, *numbers = arguments
    figures = asyncio.run(bare_once(Path(folder), *map(int, numbers)))
    print(json.dumps(asdict(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
