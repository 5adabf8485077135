"""``make bench``: measure network, rules engine and command, print medians beside references.

Nothing is written but what ``--out`` names; corpora and databases go to a temporary folder.
Exit codes: 0 measured (whether or not a bound is kept), 1 what was measured went wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.files.rule_books import RuleBooks
from services.harness.generation.generate import generate
from services.harness.generation.settings import Settings
from tests.bench.backtest_rows import CLAIMS, backtest_rows, backtest_runs
from tests.bench.child import BenchError, run_json
from tests.bench.command_times import adjudicate_times, help_times
from tests.bench.process_use import machine_description
from tests.bench.rules_rows import rules_rows, rules_runs
from tests.bench.summary import command_rows, outcomes_told, replay_rows
from tests.bench.table import markdown

SEED = 20250301
COMMAND_RUNS_A_RUN = 3
"""Commands are quick, so each run times them more than once."""


def main() -> int:
    """Read the options, measure, print."""
    options = _options(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="yidi-bench-") as folder:
        try:
            text = measure(Path(folder), options.runs, options.settlements, options.claims)
        except BenchError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    print(text)
    if options.out is not None:
        options.out.write_text(text + "\n", encoding="utf-8")
    return 0


def measure(folder: Path, runs: int, settlements: int, claims: int) -> str:
    """Return the result as Markdown."""
    command_runs = runs * COMMAND_RUNS_A_RUN
    _say(f"yidi --help and yidi adjudicate, {command_runs} runs each")
    helps = help_times(command_runs)
    adjudications, outcomes = adjudicate_times(command_runs, folder)
    engine = rules_runs(SEED, runs, _say)
    backtests = backtest_runs(folder, claims, SEED, runs, _say)
    _say(f"generating {settlements:,} settlements")
    corpus = folder / "corpus"
    generate(Settings(SEED, settlements), corpus, RuleBooks(), lambda _: None)
    replays, bare = [], []
    for number in range(1, runs + 1):
        run = folder / f"run-{number}"
        replays.append(run_json("tests.bench.replay_once", str(corpus), str(run)))
        bare.append(_bare(run, replays[-1]))
        _say(f"run {number} of {runs}: {_told(replays[-1])}; bare: {_told(bare[-1])}")
    title = f"{settlements:,} settlements, seed {SEED}, {runs} runs; {machine_description()}"
    rows = replay_rows(replays, bare) + command_rows(helps, adjudications)
    rows += rules_rows(engine) + backtest_rows(backtests)
    return f"{title}\n\n{markdown(rows)}\n\n{outcomes_told(replays[-1], outcomes)}"


def _bare(folder: Path, replay: Any) -> Any:
    """Make as many calls of the same size as the replay just made."""
    traffic = replay["traffic"]
    calls = traffic["calls"]
    sizes = (traffic["request_bytes"] // calls, traffic["answer_bytes"] // calls)
    numbers = (replay["visits"], calls, *sizes)
    return run_json("tests.bench.bare_once", str(folder), *map(str, numbers))


def _told(figures: Any) -> str:
    return f"{figures['visits'] / figures['played_s']:.1f} visits a second"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("--runs", type=_positive, default=3, help="runs of each measurement")
    parser.add_argument("--settlements", type=_positive, default=10_000, help="in the corpus")
    parser.add_argument("--claims", type=_positive, default=CLAIMS, help="in the backtest")
    parser.add_argument(
        "--quick", action="store_true", help="one run of 1,000 settlements and 20,000 claims"
    )
    parser.add_argument("--out", type=Path, help="write the result here too, as Markdown")
    options = parser.parse_args(arguments)
    if options.quick:
        options.runs, options.settlements, options.claims = 1, 1_000, 20_000
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
