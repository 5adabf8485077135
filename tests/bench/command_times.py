"""How long ``yidi`` commands take from start to end, beside what Python alone takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.child import BenchError
from tests.bench.claims_file import write_claims

CLAIMS = 1_000
_PARSE = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"


@dataclass(slots=True)
class CommandTimes:
    """Seconds of each run of a command, and of its reference run just after it."""

    ours_s: list[float] = field(default_factory=list)
    reference_s: list[float] = field(default_factory=list)


def help_times(runs: int) -> CommandTimes:
    """Time ``yidi --help`` beside a Python that does nothing."""
    times = CommandTimes()
    for _ in range(runs):
        took_s, text = _timed([*_yidi(), "--help"])
        if b"adjudicate" not in text:
            raise BenchError("yidi --help does not tell its commands")
        times.ours_s.append(took_s)
        times.reference_s.append(_timed([sys.executable, "-c", "pass"])[0])
    return times


def adjudicate_times(runs: int, folder: Path) -> tuple[CommandTimes, Counter[str]]:
    """Time ``yidi adjudicate`` beside a Python that parses the same file; count outcomes."""
    claims = folder / "claims.json"
    write_claims(claims, CLAIMS)
    times = CommandTimes()
    outcomes: Counter[str] = Counter()
    for _ in range(runs):
        took_s, text = _timed([*_yidi(), "adjudicate", str(claims)])
        outcomes = Counter(result["outcome"] for result in json.loads(text))
        if outcomes.total() != CLAIMS:
            raise BenchError(f"{outcomes.total()} results of {CLAIMS} claims")
        times.ours_s.append(took_s)
        times.reference_s.append(_timed([sys.executable, "-c", _PARSE, str(claims)])[0])
    return times, outcomes


def _yidi() -> list[str]:
    installed = Path(sys.executable).with_name("yidi")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "services.cli.main"]


def _timed(command: Sequence[str]) -> tuple[float, bytes]:
    began_at = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    took_s = time.perf_counter() - began_at
    if done.returncode != 0:
        raise BenchError(f"{command[:3]} ended with exit code {done.returncode}")
    return took_s, done.stdout
