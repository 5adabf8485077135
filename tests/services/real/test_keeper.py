"""A keeper starts again what ended by itself, and leaves alone what ended in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.real.keeper import keep
from services.real.part import Part

STUCK = 75


class Starts:
    """Starts small programs one after the other, the last one again and again."""

    def __init__(self, *programs: str) -> None:
        self._programs = list(programs)
        self.children: list[subprocess.Popen[bytes]] = []

    def __call__(self) -> subprocess.Popen[bytes]:
        program = self._programs[min(len(self.children), len(self._programs) - 1)]
        self.children.append(subprocess.Popen([sys.executable, "-c", program]))
        return self.children[-1]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_ended_because_it_was_stuck_is_started_again_until_it_ends_in_order(
    capfd: pytest.CaptureFixture[str],
) -> None:
    starts = Starts(f"raise SystemExit({STUCK})", f"raise SystemExit({STUCK})", "")
    assert keep(starts, threading.Event(), first_pause_s=0.01) == 0
    assert [child.returncode for child in starts.children] == [STUCK, STUCK, 0]
    assert capfd.readouterr().err.splitlines() == [
        "ended with 75; starts again in 0.01 s",
        "ended with 75; starts again in 0.02 s",
    ]


def test_settings_that_cannot_be_read_are_not_tried_again() -> None:
    starts = Starts("raise SystemExit(2)")
    assert keep(starts, threading.Event(), first_pause_s=0.01) == 2
    assert len(starts.children) == 1


def test_what_is_killed_is_started_again_and_ends_when_its_keeper_does() -> None:
    starts = Starts("import time; time.sleep(600)")
    ended = threading.Event()
    keeper = threading.Thread(target=keep, args=(starts, ended), kwargs={"first_pause_s": 0.01})
    keeper.start()
    until(lambda: len(starts.children) == 1)
    starts.children[0].kill()
    until(lambda: len(starts.children) == 2)
    ended.set()
    keeper.join(30)
    assert not keeper.is_alive()
    assert [child.returncode for child in starts.children] == [-signal.SIGKILL, -signal.SIGTERM]


def test_a_process_id_that_another_process_has_is_not_taken_for_a_part(tmp_path: Path) -> None:
    part = Part("care", 1, tmp_path)
    assert not part.runs()
    part.pid_file.write_text(f"{os.getpid()} another-birth\n", "ascii")
    assert part.pid() is None
    part.keeper_file.write_text("no number\n", "ascii")
    assert part.keeper() is None
    part.await_end(time.monotonic())
    assert not part.pid_file.exists()
