"""Start and end a network as it is really run: a broker, a database, every role by itself.

``real.py up`` starts what does not run yet and prints where the services listen; ``real.py down``
ends exactly what it started, ``real.py status`` tells what runs. State lies in ``var/real``,
process ids and what the processes say in ``var/run``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from clearing.errors import Unavailable  # noqa: E402  # the path comes first
from services.real.network import Layout, RealNetwork  # noqa: E402  # the path comes first

FIRST_PORTS = {"care": 7610, "insured": 7620, "house": 7630}
MOST = 10
"""Processes of one role: so many ports lie between the first ones."""

METRICS_ABOVE = 100
"""Each process tells Prometheus its figures that far above the port it serves on."""


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; ``up`` prints a line of JSON with the addresses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status"])
    parser.add_argument("--var", type=Path, default=ROOT / "var", help="where all state lies")
    parser.add_argument("--brokers", type=int, default=1)
    parser.add_argument("--kafka-port", type=int, default=9392)
    parser.add_argument("--postgres-port", type=int, default=5732)
    for role in FIRST_PORTS:
        parser.add_argument(f"--{role}", type=int, default=1, choices=range(1, MOST + 1))
    parser.add_argument("--rules", type=Path, help="a folder of region folders")
    parser.add_argument(
        "--no-replay",
        dest="replay",
        action="store_false",
        help="refuse business times far from the clock",
    )
    options = parser.parse_args(arguments)
    network = RealNetwork(options.var.absolute())
    if options.command == "up":
        layout = Layout(
            {role: getattr(options, role) for role in FIRST_PORTS},
            FIRST_PORTS,
            options.kafka_port,
            options.postgres_port,
            options.brokers,
            options.replay,
            options.rules,
            METRICS_ABOVE,
        )
        try:
            network.up(layout)
        except Unavailable as error:
            raise SystemExit(error.message_en) from None
        told = {part.name: layout.metrics(part) for part in network.planned(layout)}
        listens = {role: layout.addresses(role) for role in FIRST_PORTS}
        print(json.dumps(listens | {"metrics": told}))
    elif options.command == "down":
        network.down()
    else:
        print("\n".join(network.status()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
