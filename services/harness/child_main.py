"""What the replay's own child process runs: the whole network, ports of its choosing."""

from __future__ import annotations

import sys
from pathlib import Path

from services.cli.up import up_command
from services.network.settings import NetworkSettings, parse_log_faults


def main(arguments: list[str]) -> int:
    """Serve the data folder given, with the log faults given, until standard input ends."""
    data, faults = arguments
    settings = NetworkSettings(
        Path(data),
        care_port=0,
        insured_port=0,
        house_port=0,
        replaying=True,
        log_faults=parse_log_faults(faults) if faults else None,
    )
    return up_command(settings, ready_json=True, end_with_stdin=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
