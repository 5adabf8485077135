"""``python -m tests.bench.on_servers``: what a network does on Kafka and PostgreSQL.

Both servers are started for it, durable, and ended afterwards; every figure stands only with
books that were counted and found right. Exit codes: 0 measured, 1 what was measured went wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from services.network.roles import Roles
from tests.bench.child import BenchError
from tests.bench.on_servers.message_leg import run_message_leg
from tests.bench.on_servers.network import BenchNetwork
from tests.bench.on_servers.servers import servers, versions
from tests.bench.on_servers.workload import Sizes, make_workload
from tests.bench.process_use import machine_description

SEED = 20250602


def main(arguments: Sequence[str]) -> int:
    """Read the options, measure, print."""
    options = _options(arguments)
    roles = Roles(None)
    processes = {"insured": options.processes, "care": options.processes, "house": 1}
    sizes = Sizes(SEED, options.settlements, options.members or options.settlements)
    _say(f"planning {sizes.visits:,} visits of {sizes.members:,} members")
    workload = make_workload(sizes, roles.books)
    with tempfile.TemporaryDirectory(prefix="yidi-bench-") as folder:
        try:
            with servers(Path(folder)) as running:
                _say(f"{machine_description()}; {versions(running)}")
                for number in range(1, options.runs + 1):
                    network = BenchNetwork(running, roles, f"r{number}")
                    leg = run_message_leg(network, workload, processes, Path(folder, "said"))
                    _say(f"{leg.rate:,.0f} settlements/s, {leg.took_s:.1f} s")
                    for name, spent_s in leg.used.cpu_s.items():
                        _say(
                            f"  {name:10} {spent_s * 1e6 / leg.settlements:8,.0f} µs a settlement"
                            f"  {leg.used.peak_mib[name]:6,.0f} MiB"
                        )
        except BenchError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.on_servers", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--settlements", type=int, default=10_000)
    parser.add_argument("--members", type=int, help="as many as settlements unless given")
    parser.add_argument("--processes", type=int, default=1, help="of insured and care each")
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
