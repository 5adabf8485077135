"""What the broker says of the groups of readers, and of the ends of topics."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from kafka import errors
from kafka.admin import KafkaAdminClient

from adapters.broker.settings import BrokerSettings
from tests.bench.child import BenchError

JOINED_WITHIN_S = 60
LOOK_S = 0.2
SETTLED_S = 1.5
"""After the last group is stable: its readers have asked where they stand and begun to wait."""


def await_joined(settings: BrokerSettings, members: Mapping[str, int]) -> None:
    """Wait until each group has its members and has shared the partitions out among them.

    Raises ``BenchError`` when that takes too long.
    """
    admin: Any = KafkaAdminClient(**settings.connection())
    deadline = time.monotonic() + JOINED_WITHIN_S
    try:
        waiting = {settings.prefix + group: count for group, count in members.items()}
        while waiting:
            if time.monotonic() > deadline:
                raise BenchError(f"{sorted(waiting)} did not come together")
            time.sleep(LOOK_S)
            try:
                found = admin.describe_groups(sorted(waiting))
            except errors.RetriableError:  # the broker is just making who coordinates them
                continue
            for group in _stable(found, waiting):
                del waiting[group]
    finally:
        admin.close()
    time.sleep(SETTLED_S)


def _stable(found: Mapping[str, Any], members: Mapping[str, int]) -> Iterable[str]:
    for group, told in found.items():
        if told["group_state"] == "Stable" and len(told["members"]) == members[group]:
            yield group
