"""Which broker does what at this moment: who leads partitions, who is the controller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kafka.admin import KafkaAdminClient

from adapters.broker.failures import translated
from adapters.broker.settings import BrokerSettings


@dataclass(frozen=True, slots=True)
class Standing:
    """``leads`` is how many partitions each broker leads, by its number."""

    leads: Mapping[int, int]
    controller: int

    def leading_most(self) -> int:
        """Return the broker that leads most partitions, the lowest of equals."""
        return min(self.leads, key=lambda number: (-self.leads[number], number))


def broker_standing(settings: BrokerSettings) -> Standing:
    """Ask the brokers. Raises ``Unavailable`` when none answers."""
    with translated():
        admin: Any = KafkaAdminClient(**settings.connection())
        try:
            leads = Counter(
                partition["leader_id"]
                for topic in admin.describe_topics()
                for partition in topic["partitions"]
            )
            (metadata,) = admin.describe_metadata_quorum()["topics"]
        finally:
            admin.close()
    return Standing(dict(leads), metadata["partitions"][0]["leader_id"])
