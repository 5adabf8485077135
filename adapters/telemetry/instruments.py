"""The figures of one process, kept by the Prometheus client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest

from adapters.telemetry.catalogue import METRICS, Kind, Metric

Reading = tuple[Metric, tuple[str, ...], float]
"""A gauge's value just now, under the values of its labels in their order."""

Read = Callable[[], Iterable[Reading]]


class Instruments:
    """Counters and spreads that are moved as things happen; gauges that are read when asked for.

    Any thread may use it.
    """

    def __init__(self) -> None:
        # A second series for each, which nothing here asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call] # unannotated in the library
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._moved: dict[str, Any] = {
            metric.name: _made(metric, self.registry)
            for metric in METRICS
            if metric.kind is not Kind.GAUGE
        }
        self._known: dict[tuple[str, ...], Any] = {}
        self._gauges = _Gauges()
        self.registry.register(self._gauges)

    def of(self, metric: Metric, *labels: str) -> Any:
        """Return the counter (``inc``) or histogram (``observe``) under these label values."""
        key = (metric.name, *labels)
        known = self._known.get(key)
        if known is None:  # two threads at once are given the same by the client
            made = self._moved[metric.name]
            known = self._known[key] = made.labels(*labels) if labels else made
        return known

    def read_by(self, read: Read) -> None:
        """Ask ``read`` for gauges whenever somebody looks; it is called in other threads."""
        self._gauges.reads.append(read)

    def text(self) -> str:
        """Return everything as the endpoint gives it."""
        return generate_latest(self.registry).decode()


def _made(metric: Metric, registry: CollectorRegistry) -> Counter | Histogram:
    if metric.kind is Kind.COUNTER:
        return Counter(metric.name, _help(metric), metric.labels, registry=registry)
    return Histogram(
        metric.name, _help(metric), metric.labels, buckets=metric.buckets, registry=registry
    )


def _help(metric: Metric) -> str:
    return f"{metric.meaning}. Worry when: {metric.worry}"


class _Gauges:
    """Reads plain values at the moment of asking; nothing is kept in between."""

    def __init__(self) -> None:
        self.reads: list[Read] = []

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name the gauges, so that no other collector takes their names."""
        yield from self._empty().values()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every gauge with its values just now."""
        families = self._empty()
        for read in list(self.reads):
            for metric, labels, value in read():
                families[metric.name].add_metric(labels, value)
        yield from families.values()

    def _empty(self) -> Mapping[str, GaugeMetricFamily]:
        return {
            metric.name: GaugeMetricFamily(metric.name, _help(metric), labels=metric.labels)
            for metric in METRICS
            if metric.kind is Kind.GAUGE
        }
