"""Reading and checking a submitted bundle before the node's own thread is asked.

A check takes seconds, and while the thread that owns the databases works one out, nobody
settles. So it is worked out in another thread; the command then finds it done.
"""

from __future__ import annotations

import asyncio
from typing import Any

from services.insured_region.bundle_check import BundleReader
from services.insured_region.bundle_commands import CheckBundle, GetBundle, SubmitBundle
from services.node.command import Request
from services.node.rpc import Ask, Composed


def read_ahead(reader: BundleReader) -> dict[str, Composed]:
    """Return the methods that have a bundle read or checked before they are carried out."""

    async def submit(read: Any, ask: Ask) -> Any:
        address, request = read
        payload: SubmitBundle = request.payload
        await asyncio.to_thread(reader.policy, payload.layers, address.region)
        return await ask(address, request)

    async def check(read: Any, ask: Ask) -> Any:
        address, request = read
        payload: CheckBundle = request.payload
        kept = await ask(address, Request(GetBundle(address.region, payload.policy_bundle), None))
        if kept.layers:
            await asyncio.to_thread(reader.findings, kept.layers, address.region)
        return await ask(address, request)

    return {"SubmitBundle": submit, "CheckBundle": check}
