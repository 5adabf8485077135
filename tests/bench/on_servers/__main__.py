"""``python -m tests.bench.on_servers``: what a network does on Kafka and PostgreSQL.

Both servers are started for it, durable, and ended afterwards; every figure stands only with
books that were counted and found right. Nothing is written but what ``--write`` names. Exit
codes: 0 measured (whether or not a bound is kept), 1 what was measured went wrong.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from clearing.errors import YidiError
from tests.bench.child import BenchError
from tests.bench.on_servers.cases import Scale
from tests.bench.on_servers.measuring import Measuring, say
from tests.bench.on_servers.servers import servers

RUNS = 3


def main(arguments: Sequence[str]) -> int:
    """Read the options, measure, print."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers are ended on the way out
    scale = Scale.quick() if options.quick else Scale()
    if options.settlements is not None:
        scale = Scale(options.settlements, scale.stays, scale.visits, scale.paced)
    with tempfile.TemporaryDirectory(prefix="yidi-bench-") as folder:
        try:
            with servers(Path(folder)) as running:
                measuring = Measuring(running, scale, Path(folder), options.only)
                for number in range(1, options.runs + 1):
                    say(f"run {number} of {options.runs}")
                    measuring.run(number)
                text = measuring.told()
        except (BenchError, YidiError) as error:
            say(f"error: {error}")
            return 1
    print(text)
    if options.write is not None:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(text + "\n", encoding="utf-8")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.on_servers", description=__doc__)
    parser.add_argument("--runs", type=_positive, help=f"runs of each, {RUNS} unless quick")
    parser.add_argument("--settlements", type=_positive, help="of the message leg")
    parser.add_argument("--quick", action="store_true", help="one small run of each")
    parser.add_argument(
        "--only",
        choices=["leg", "growth", "visits"],
        help="the message leg and its bare chain, its growth, or full visits",
    )
    parser.add_argument("--write", type=Path, help="write the table here too, as Markdown")
    options = parser.parse_args(arguments)
    options.runs = options.runs or (1 if options.quick else RUNS)
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
