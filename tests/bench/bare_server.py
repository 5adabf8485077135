"""The least that a durable answer over gRPC costs: one row a call, committed in groups.

The yardstick for the network: the same server library, the same database with the same
durability, one thread for each as in a node, and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import queue
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import grpc
from grpc import aio

METHOD = "/yidi.bench.Bare/Call"
_Item = tuple[bytes, "asyncio.Future[None]"]


class Writer:
    """The thread that owns the database."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "fullfsync = ON"):
            self._database.execute(f"PRAGMA {pragma}").close()
        self._database.execute("CREATE TABLE call (number INTEGER PRIMARY KEY, body BLOB)")
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.commits = 0

    async def write(self, body: bytes) -> None:
        """Return once the row is durable."""
        written = self._loop.create_future()
        self._queue.put((body, written))
        await written

    def stop(self) -> int:
        """End the thread and return the number of rows."""
        self._queue.put(None)
        self._thread.join()
        (rows,) = self._database.execute("SELECT count(*) FROM call").fetchone()
        self._database.close()
        return int(rows)

    def _run(self) -> None:
        ending = False
        while not ending:
            items = [self._queue.get()]
            while not self._queue.empty():
                items.append(self._queue.get())
            batch = [item for item in items if item is not None]
            ending = len(batch) < len(items)
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany(
                "INSERT INTO call (body) VALUES (?)", [(body,) for body, _ in batch]
            )
            self._database.execute("COMMIT")
            self.commits += 1
            self._loop.call_soon_threadsafe(_resolve, [written for _, written in batch])


def _resolve(waiting: list[asyncio.Future[None]]) -> None:
    for written in waiting:
        if not written.done():
            written.set_result(None)


async def serve(path: Path, answer: bytes) -> None:
    """Serve until standard input ends."""
    writer = Writer(path, asyncio.get_running_loop())

    async def call(request: bytes, _context: Any) -> bytes:
        await writer.write(request)
        return answer

    server = aio.server()
    handler: Any = grpc.unary_unary_rpc_method_handler(call)
    _, service, method = METHOD.split("/")
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(service, {method: handler}),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(json.dumps({"target": f"127.0.0.1:{port}"}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(1)
    print(json.dumps({"rows": writer.stop(), "commits": writer.commits}))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), bytes(int(sys.argv[2]))))
