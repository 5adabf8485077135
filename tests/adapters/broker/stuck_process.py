"""A process whose producer will get stuck: ``python -m … ADDRESS PREFIX``, then stop the broker."""

from __future__ import annotations

import sys
import time

from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from clearing.errors import Unavailable
from clearing.ports import NewRecord


def main(address: str, prefix: str) -> None:
    """Append for ever; only the watchdog ends this."""
    settings = BrokerSettings(
        address,
        prefix=prefix,
        request_timeout_ms=1_000,
        append_within_ms=1_000,
        delivery_timeout_ms=2_000,
    )
    log = BrokerLog(settings)
    log.ensure_topic("work", 1)
    log.append([NewRecord("work", "k", b"0")])
    print("appended", flush=True)
    while True:
        try:
            log.append([NewRecord("work", "k", b"1")])
        except Unavailable:
            time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
