"""How much the processes of each role carry out in one transaction, by their own metrics."""

from __future__ import annotations

import urllib.request
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from adapters.telemetry.catalogue import BATCH_SIZE
from tests.bench.on_servers.processes import RoleChild

WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Batches:
    """Transactions and the commands in them, by role, since the processes began."""

    transactions: Mapping[str, int]
    commands: Mapping[str, int]

    def since(self, before: Batches) -> Batches:
        """Return what came after an earlier look."""
        return Batches(
            Counter(self.transactions) - Counter(before.transactions),
            Counter(self.commands) - Counter(before.commands),
        )


def look_at_batches(children: Iterable[RoleChild]) -> Batches:
    """Ask the processes, which must run. Raises ``OSError`` when one does not answer."""
    transactions: Counter[str] = Counter()
    commands: Counter[str] = Counter()
    for child in children:
        for name, role, value in _samples(child.metrics):
            if name == f"{BATCH_SIZE.name}_count":
                transactions[role] += int(value)
            elif name == f"{BATCH_SIZE.name}_sum":
                commands[role] += int(value)
    return Batches(transactions, commands)


def _samples(address: str) -> Iterable[tuple[str, str, float]]:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=WITHIN_S) as response:
        text = response.read().decode()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels.get("role", ""), sample.value
