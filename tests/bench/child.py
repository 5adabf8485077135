"""Runs a measurement in a process of its own, so that one doesn't warm up or fill the other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


class BenchError(Exception):
    """A measurement is not valid: what was measured did not do what it should."""


def run_json(module: str, *arguments: str) -> Any:
    """Run a module; return what its last line of output says. Raises ``BenchError``."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{module} ended with exit code {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


@dataclass(slots=True)
class Serving:
    """A server in a child process. ``said`` is its first line, ``told`` its last."""

    pid: int
    said: Any
    told: Any = None


@contextmanager
def serving(module: str, arguments: Sequence[str]) -> Iterator[Serving]:
    """Run a module that prints a line of JSON once it serves and another when its input ends."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            raise BenchError(f"{module} did not start")
        server = Serving(child.pid, json.loads(line))
        try:
            yield server
        finally:
            child.stdin.close()
            last = child.stdout.read().splitlines()
    if child.returncode != 0 or not last:
        raise BenchError(f"{module} ended with exit code {child.returncode}")
    server.told = json.loads(last[-1])
