"""The observer that keeps figures: everything is counted a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from adapters.telemetry import catalogue
from adapters.telemetry.instruments import Instruments, Reading
from clearing.errors import YidiError
from clearing.messages import Address, SettlementDecided
from services.node.batch import BatchResult
from services.node.observer import Looked


class Metered:
    """See ``Observer``. What it keeps is bounded by the nodes, services and methods there are."""

    watching = True

    def __init__(self, instruments: Instruments) -> None:
        self._of = instruments.of
        self._running: Counter[str] = Counter()
        self._looked: dict[Address, Looked] = {}
        instruments.read_by(self._gauges)

    def arrived(self, service: str) -> None:
        """See ``Observer``. Called in the event loop's thread only, as ``answered`` is."""
        self._running[service] += 1

    def answered(self, service: str, method: str, code: str, seconds: float) -> None:
        """See ``Observer``."""
        self._running[service] -= 1
        self._of(catalogue.CALLS, service, method, code).inc()
        self._of(catalogue.CALL_TIME, service, method).observe(seconds)

    def committed(self, node: Address, result: BatchResult, work_s: float, commit_s: float) -> None:
        """See ``Observer``. A look at the clock alone is no batch, but what it sends counts."""
        address = str(node)
        if result.results:
            role = str(node.role)
            self._of(catalogue.BATCH_SIZE, role).observe(len(result.results))
            self._of(catalogue.BATCH_WORK, role).observe(work_s)
            self._of(catalogue.BATCH_COMMIT, role).observe(commit_s)
            for kind, count in Counter(map(type, result.results)).items():
                self._of(catalogue.COMMANDS, address, kind.__name__.lower()).inc(count)
        for body, count in Counter(map(type, result.sent)).items():
            self._of(catalogue.SENT, address, body.__name__).inc(count)
        decided = Counter(each.result for each in result.sent if type(each) is SettlementDecided)
        for outcome, count in decided.items():
            self._of(catalogue.DECISIONS, address, outcome).inc(count)

    def without_effect(self, node: Address, error: Exception) -> None:
        """See ``Observer``. Errors that are none of the house's are counted by their kind."""
        code = error.code if isinstance(error, YidiError) else type(error).__name__
        self._of(catalogue.BATCHES_REPEATED, str(node), code).inc()

    def appended(self, records: int, seconds: float) -> None:
        """See ``Observer``."""
        self._of(catalogue.APPENDED).inc(records)
        self._of(catalogue.APPEND_TIME).observe(seconds)

    def not_appended(self) -> None:
        """See ``Observer``."""
        self._of(catalogue.APPENDS_FAILED).inc()

    def looked(self, node: Address, found: Looked) -> None:
        """See ``Observer``."""
        self._looked[node] = found

    def not_looked(self, node: Address) -> None:
        """See ``Observer``."""
        self._of(catalogue.LOOK_FAILURES, str(node)).inc()

    def _gauges(self) -> Iterator[Reading]:
        for service, running in list(self._running.items()):
            yield catalogue.CALLS_RUNNING, (service,), running
        for node, found in list(self._looked.items()):
            yield catalogue.DEAD_LETTERS, (str(node), "parked"), found.parked
            yield catalogue.DEAD_LETTERS, (str(node), "behind"), found.behind
            if found.open_breaks is not None:
                yield catalogue.BREAKS, (str(node),), found.open_breaks
            if found.unanswered is not None:
                yield catalogue.UNANSWERED, (str(node),), found.unanswered
