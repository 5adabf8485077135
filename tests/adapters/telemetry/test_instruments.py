from __future__ import annotations

import re
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.telemetry import catalogue
from adapters.telemetry.catalogue import METRICS, Kind
from adapters.telemetry.endpoint import MetricsEndpoint
from adapters.telemetry.instruments import Instruments
from clearing.errors import Unavailable

UNBOUNDED = {"member", "member_id", "institution", "institution_id", "request_id", "trace_id"}


def test_each_figure_is_described_once_with_its_unit() -> None:
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    for metric in METRICS:
        assert re.fullmatch(r"yidi_[a-z_]+", metric.name)
        assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER), metric.name
        assert bool(metric.buckets) == (metric.kind is Kind.HISTOGRAM), metric.name
        assert list(metric.buckets) == sorted(metric.buckets)
        assert metric.meaning
        assert metric.worry
        assert not UNBOUNDED & set(metric.labels)


def test_no_figure_is_defined_and_left_out() -> None:
    defined = [each for each in vars(catalogue).values() if isinstance(each, catalogue.Metric)]
    assert sorted(defined, key=repr) == sorted(METRICS, key=repr)


def test_waits_of_callers_are_told_apart_up_to_the_end_of_their_patience() -> None:
    assert catalogue.CALL_TIME.buckets[0] == 0.005
    assert catalogue.CALL_TIME.buckets[-1] == 25.0


def test_what_moved_and_what_is_read_are_told_over_http() -> None:
    instruments = Instruments()
    instruments.of(catalogue.CALLS, "yidi.care", "Settle", "OK").inc()
    instruments.of(catalogue.CALL_TIME, "yidi.care", "Settle").observe(0.2)
    instruments.read_by(lambda: [(catalogue.OUTBOX_ROWS, ("care/310000",), 3)])
    endpoint = MetricsEndpoint(instruments, "127.0.0.1", 0)
    try:
        with urllib.request.urlopen(f"http://{endpoint.address}/metrics") as answer:
            text = answer.read().decode()
    finally:
        endpoint.close()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert samples["yidi_grpc_requests_total", ("OK", "Settle", "yidi.care")] == 1
    assert samples["yidi_outbox_rows", ("care/310000",)] == 3
    assert samples["yidi_grpc_request_seconds_bucket", ("0.1", "Settle", "yidi.care")] == 0
    assert samples["yidi_grpc_request_seconds_bucket", ("0.25", "Settle", "yidi.care")] == 1
    assert not any(name.endswith("_created") for name in families)  # as many again, for nothing
    assert ("process_start_time_seconds", ()) in samples
    for metric in METRICS:  # each is named and described, also while it has no value
        family = families[metric.name.removesuffix("_total")]
        assert family.type == metric.kind
        assert metric.worry in family.documentation


def test_a_port_that_is_taken_is_told_at_once() -> None:
    endpoint = MetricsEndpoint(Instruments(), "127.0.0.1", 0)
    host, _, port = endpoint.address.rpartition(":")
    with pytest.raises(Unavailable, match="cannot listen"):
        MetricsEndpoint(Instruments(), host, int(port))
    endpoint.close()
