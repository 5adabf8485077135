"""``yidi faults``: kill a real network piece by piece under load, and prove what is left.

Exit codes: 0 everything holds, 1 something does not, 3 the network did not start. Heavy imports
wait until the command runs.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.cli import exit_codes

if TYPE_CHECKING:
    from services.faults.run import Found

ROLES_APART = 10
"""Ports between the first ones of two roles."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. ``folder`` holds all state of the run and is emptied first."""

    seed: int
    kills: int
    restores: int
    brokers: int
    counts: Mapping[str, int]
    per_s: int
    first_port: int
    folder: Path
    report: Path | None
    keep: bool


def _command(options: Options) -> str:
    """Return what makes a run like this one again, wherever its state lies."""
    counts = " ".join(f"--{role} {count}" for role, count in options.counts.items())
    restores = f"--restores {options.restores} " if options.restores else ""
    return (
        f"yidi faults --seed {options.seed} --kills {options.kills} {restores}"
        f"--brokers {options.brokers} {counts} --rate {options.per_s}"
    )


async def _ending_in_order(run: Coroutine[Any, Any, Found]) -> Found:
    """Run; asked to end, it still ends what it started."""
    task = asyncio.ensure_future(run)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def faults_command(options: Options) -> int:
    """Run, print and write the report, return the exit code."""
    from clearing.errors import YidiError
    from services.cli.connection import describe
    from services.faults.report import machine_here, report_of, with_section
    from services.faults.run import Wanted, fault_run
    from services.real.network import Layout, RealNetwork

    first = options.first_port
    ports = {role: first + at * ROLES_APART for at, role in enumerate(("care", "insured", "house"))}
    layout = Layout(
        options.counts,
        ports,
        kafka_port=first + 3 * ROLES_APART,
        postgres_port=first + 4 * ROLES_APART,
        brokers=options.brokers,
    )
    folder = options.folder.absolute()
    RealNetwork(folder).down()  # what a run left that was killed itself
    shutil.rmtree(folder, ignore_errors=True)
    wanted = Wanted(options.seed, options.kills, options.restores, folder, layout, options.per_s)
    began_s = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - began_s:6.1f} s  {text}", file=sys.stderr, flush=True)

    try:
        found = asyncio.run(_ending_in_order(fault_run(wanted, tell)))
    except asyncio.CancelledError:
        print("ended early; the network is ended, its state is kept", file=sys.stderr)
        return exit_codes.FAULT
    except YidiError as error:
        print(describe(error), file=sys.stderr)
        return exit_codes.UNREACHABLE
    report = report_of(found, _command(options), machine_here())
    print(report)
    if options.report is not None:
        known = options.report.read_text("utf-8") if options.report.exists() else ""
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(with_section(known, report), "utf-8")
    for wrong in found.wrong:
        print(f"wrong: {wrong}", file=sys.stderr)
    if not found.wrong and not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return exit_codes.DIFFERENCE if found.wrong else exit_codes.OK
