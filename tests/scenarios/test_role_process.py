"""A process of one role on a real broker and a real database server, started and ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from adapters.broker import topics
from adapters.broker.settings import BrokerSettings
from adapters.broker.topics import TopicPlan
from tests.contracts.broker_server import broker_address, prefix_of
from tests.contracts.postgres_server import postgres_url, schema_of

pytestmark = pytest.mark.broker

YIDI = (sys.executable, "-m", "services.cli.main")
ENDS_WITHIN_S = 180


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "YIDI_BROKER_BOOTSTRAP": broker_address(),
        "YIDI_BROKER_PREFIX": prefix_of(folder),
        "YIDI_DATABASE_URL": postgres_url(),
        "YIDI_DATABASE_SCHEMA_PREFIX": f"{schema_of(folder)}_",
        "YIDI_LISTEN": "127.0.0.1:0",
        "YIDI_DRAIN_S": "1",
    }


def test_it_serves_says_that_it_ends_and_ends_in_order(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    subprocess.run([*YIDI, "topics", "apply"], check=True, env=environment, capture_output=True)
    with subprocess.Popen(
        [*YIDI, "up", "--role", "house", "--ready-json", "--metrics", "127.0.0.1:0"],
        env=environment,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())
            assert said["nodes"] == ["house/000000"]
            with urllib.request.urlopen(f"http://{said['metrics']}/metrics") as answer:
                figures = answer.read().decode().splitlines()
            assert 'yidi_node_consuming{node="house/000000"} 1.0' in figures
            with grpc.insecure_channel(said["address"]) as channel:
                stub = health_pb2_grpc.HealthStub(channel)
                watch = stub.Watch(health_pb2.HealthCheckRequest(), timeout=ENDS_WITHIN_S)
                assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
                process.send_signal(signal.SIGTERM)
                assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
            assert process.wait(ENDS_WITHIN_S) == 0
        finally:
            process.kill()


def _refused(environment: dict[str, str]) -> str:
    """Start a house that refuses to; return what it says."""
    up = subprocess.run(
        [*YIDI, "up", "--role", "house"],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
    )
    assert up.returncode == 3
    return up.stderr


def test_it_does_not_start_beside_topics_that_are_missing(tmp_path: Path) -> None:
    said = _refused(_environment(tmp_path))
    assert "topic_unknown" in said
    assert "yidi.heads" in said


def test_it_does_not_start_beside_a_topic_with_other_partitions(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    heads = TopicPlan("yidi.heads", 2, 1, 1, None)
    topics.apply(BrokerSettings(broker_address(), prefix=prefix_of(tmp_path)), [heads])
    said = _refused(environment)
    assert "topic_partitions" in said
    assert "yidi.heads" in said


def test_everything_wrong_is_told_and_nothing_secret_is_shown() -> None:
    wrong = {"YIDI_DATABASE_URL": "postgresql://yidi:very-secret@127.0.0.1/yidi", "YIDI_SLOT": "x"}
    known = {name: text for name, text in os.environ.items() if not name.startswith("YIDI_")}
    shown = subprocess.run(
        [*YIDI, "settings", "show"], check=False, env=known | wrong, capture_output=True, text=True
    )
    assert shown.returncode == 2
    assert "very-secret" not in shown.stdout + shown.stderr
    assert all(name in shown.stderr for name in ("slot", "role", "broker.bootstrap"))
