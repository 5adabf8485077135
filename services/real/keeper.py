"""Keeps one part running, as whatever runs services on a real machine does.

A part whose broker client is stuck ends itself and counts on being started again; so does one
that was killed. What ended in order, or cannot be started as it is told to, stays ended.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.real.part import Part

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""How long it waits before it starts the part again: twice as long each time, up to the longest."""

WELL_AFTER_S = 60.0
"""A part that ran for so long is started again after the first pause."""

STAYS_ENDED = (0, 2)
"""Ended in order; settings that cannot be read."""


def keep(
    start: Callable[[], subprocess.Popen[bytes]],
    ended: threading.Event,
    *,
    first_pause_s: float = FIRST_PAUSE_S,
) -> int:
    """Start it again and again until it stays ended, or ``ended`` is set; return its last code.

    Once ``ended`` is set the one that runs is asked to end, and waited for.
    """
    pause_s = first_pause_s
    while True:
        began_s = time.monotonic()
        code = _wait(start(), ended)
        if code in STAYS_ENDED or ended.is_set():
            return code
        if time.monotonic() - began_s > WELL_AFTER_S:
            pause_s = first_pause_s
        print(f"ended with {code}; starts again in {pause_s:g} s", file=sys.stderr, flush=True)
        if ended.wait(pause_s):
            return code
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def _wait(child: subprocess.Popen[bytes], ended: threading.Event) -> int:
    while True:
        try:
            return child.wait(0.2)
        except subprocess.TimeoutExpired:
            if ended.is_set():
                child.send_signal(signal.SIGTERM)
                child.send_signal(signal.SIGCONT)  # one that was stopped could not hear it
                return child.wait()


def main(arguments: Sequence[str]) -> int:
    """Keep the part given as role, slot, folder and port; it has this process's environment."""
    role, slot, run, port = arguments
    part = Part(role, int(slot), Path(run))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    keep(lambda: part.start(int(port), {}), ended)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
