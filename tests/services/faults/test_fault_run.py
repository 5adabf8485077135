"""A small fault run on real servers, through the command; where servers are asked for."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

ENDS_WITHIN_S = 230
PORTS = 45
"""Those that a run takes in a row; the brokers' controllers take one a hundred further."""

pytestmark = pytest.mark.skipif(
    not os.environ.get("YIDI_REQUIRE_SERVERS"), reason="it starts servers of its own"
)


def free_ports() -> int:
    for first in range(23_000, 32_000, 200):
        with ExitStack() as held:
            try:
                for port in (*range(first, first + PORTS), first + 130):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return first
    raise AssertionError("no ports are free")


def test_nothing_is_lost_when_processes_are_killed(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    options = ("--seed", 9, "--kills", 2, "--brokers", 1, "--care", 1, "--insured", 1)
    where = ("--first-port", free_ports(), "--state", tmp_path / "run", "--report", report)
    command = [sys.executable, "-m", "services.cli.main", "faults", *map(str, options + where)]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=ENDS_WITHIN_S
    )
    assert done.returncode == 0, done.stderr
    text = report.read_text("utf-8")
    assert "## Seed 9: 2 kills, nothing lost, nothing doubled" in text
    acknowledged = re.search(r"([\d,]+) settlements acknowledged", text)
    assert acknowledged is not None
    assert int(acknowledged[1].replace(",", "")) > 20
    assert not (tmp_path / "run").exists()
