"""``yidi up --role``: the nodes of one role on a broker and a database server."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import threading

import uvloop

from adapters.host import memory
from adapters.telemetry import log_output
from clearing.errors import Malformed, YidiError
from services.cli import exit_codes
from services.cli.failures import say
from services.network.process_settings import ProcessSettings
from services.network.role_process import RoleProcess
from services.network.settings_sources import Gathered

END_WITHIN_S = 60
"""A process that cannot end in order by then ends anyhow: nothing is lost by it."""


def role_up_command(found: Gathered, *, ready_json: bool) -> int:
    """Serve until SIGINT or SIGTERM, then end in order.

    A process that has to be started again, because its broker client is stuck, ends with 75.
    """
    for defect in found.defects:
        say(defect)
    if found.defects:
        return exit_codes.BAD_INPUT
    settings = found.settings()
    log_output.set_up(
        form=settings.log_format,
        level=settings.log_level,
        constants={"role": settings.role, "slot": settings.slot},
    )
    logging.getLogger("kafka").setLevel(logging.ERROR)
    return uvloop.run(_serve(settings, ready_json))


async def _serve(settings: ProcessSettings, ready_json: bool) -> int:
    ended = asyncio.Event()
    failures: list[BaseException] = []
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)

    def fatal(error: BaseException) -> None:
        failures.append(error)
        loop.call_soon_threadsafe(ended.set)

    try:
        process = RoleProcess(settings)
        process.on_fatal = fatal
        address = await process.start()
    except Malformed as error:
        return say(error)
    except YidiError as error:
        print(f"error: {error.code}: {error.message_en}", file=sys.stderr)
        return exit_codes.UNREACHABLE
    memory.settle()
    _say_ready(process, settings, address, ready_json)
    await ended.wait()
    _end_within(END_WITHIN_S + settings.drain_s)
    await process.stop()
    if not failures:
        return exit_codes.OK
    print(f"error: the process ended by itself: {failures[0]!r}", file=sys.stderr)
    return exit_codes.FAULT


def _say_ready(
    process: RoleProcess, settings: ProcessSettings, address: str, ready_json: bool
) -> None:
    nodes = [str(node) for node in process.nodes]
    if ready_json:
        said = {"address": address, "nodes": nodes, "slot": settings.slot, "pid": os.getpid()}
        said |= {"metrics": process.metrics_address} if process.metrics_address else {}
        print(json.dumps(said), flush=True)
        return
    print(
        f"{len(nodes)} {settings.role} nodes serve on {address}, slot {settings.slot}", flush=True
    )
    if process.metrics_address:
        print(f"metrics on http://{process.metrics_address}/metrics", flush=True)


def _end_within(seconds: int) -> None:
    """End the process with force when it takes too long, from a thread that nothing holds up."""
    timer = threading.Timer(seconds, os._exit, (exit_codes.FAULT,))
    timer.daemon = True
    timer.start()
