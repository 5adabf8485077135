"""The containers are told the same as the servers that the tests run on."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
BROKERS = [name for name in SERVICES if name.startswith("kafka")]

ITS_OWN = {"advertised.listeners", "heap.opts"}
"""What a container needs beside: its name outside, and a variable of the start script."""

OF_THIS_MACHINE = {
    "listener.security.protocol.map",
    "inter.broker.listener.name",
    "num.network.threads",
    "num.io.threads",
    "log.cleaner.dedupe.buffer.size",
}
"""Listeners are named otherwise in containers; threads and buffers are small for tests."""


def _script(tmp_path: Path) -> tuple[Any, str]:
    """Return the script, and what it writes for each of three brokers."""
    path = ROOT / "scripts" / "broker.py"
    spec = importlib.util.spec_from_file_location("broker_script", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    cluster = script.Cluster(tmp_path)
    cluster.ports = [(9092, 9192), (9093, 9193), (9094, 9194)]
    return script, cluster.nodes()[0]._properties_text()


def _told(service: str) -> dict[str, str]:
    """Return what a broker's container makes of its variables."""
    variables = SERVICES[service]["environment"]
    return {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in variables.items()
        if name != "CLUSTER_ID"
    }


def test_every_variable_is_a_text() -> None:
    for name, service in SERVICES.items():
        assert all(isinstance(value, str) for value in service["environment"].values()), name


@pytest.mark.parametrize("service", BROKERS)
def test_a_container_is_told_what_the_script_tells_its_broker(service: str, tmp_path: Path) -> None:
    script, text = _script(tmp_path)
    written = dict(line.split("=", 1) for line in text.splitlines())
    told = _told(service)
    assert told.keys() - written.keys() == ITS_OWN
    assert script.SETTINGS.keys() - told.keys() == OF_THIS_MACHINE - told.keys()
    for name in script.SETTINGS.keys() - OF_THIS_MACHINE:
        assert told[name] == script.SETTINGS[name], name


@pytest.mark.parametrize("service", BROKERS)
def test_listeners_and_ports_fit_together(service: str) -> None:
    told = _told(service)
    names = {each.partition(":")[0] for each in told["listeners"].split(",")}
    protocols = {
        each.partition(":")[0] for each in told["listener.security.protocol.map"].split(",")
    }
    assert names == protocols
    assert {told["controller.listener.names"], told["inter.broker.listener.name"]} <= names
    advertised = dict(each.split("://") for each in told["advertised.listeners"].split(","))
    inner, outer = advertised["INNER"].rpartition(":"), advertised["OUTER"].rpartition(":")
    assert inner[0] == service
    assert f"INNER://:{inner[2]}" in told["listeners"].split(",")
    (published,) = SERVICES[service]["ports"]
    host, port, inside = published.split(":")
    assert (host, port) == (outer[0], outer[2])
    assert f"OUTER://:{inside}" in told["listeners"].split(",")
    assert f"localhost:{inner[2]}" in SERVICES[service]["healthcheck"]["test"][1]
    (volume,) = SERVICES[service]["volumes"]
    assert volume == f"{service}:{told['log.dirs']}"
    assert service in COMPOSE["volumes"]


def test_three_brokers_form_one_cluster_and_want_two_in_sync() -> None:
    three = [name for name in BROKERS if name != "kafka"]
    assert len({_told(name)["controller.quorum.voters"] for name in three}) == 1
    for name in three:
        told = _told(name)
        assert f"{told['node.id']}@{name}:9093" in told["controller.quorum.voters"].split(",")
        assert (told["default.replication.factor"], told["min.insync.replicas"]) == ("3", "2")
        assert told["offsets.topic.replication.factor"] == "3"
    published = [SERVICES[name]["ports"][0] for name in SERVICES]
    assert len({each.rpartition(":")[0] for each in published}) == len(published)
    assert all(each.startswith("127.0.0.1:") for each in published)


def test_no_password_is_written_down() -> None:
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${")


def test_the_broker_is_of_the_same_version() -> None:
    recipe = (ROOT / "deploy" / "broker" / "pom.xml").read_text("utf-8")
    for name in BROKERS:
        image, _, version = SERVICES[name]["image"].partition(":")
        assert image == "apache/kafka"
        assert f"<kafka.version>{version}</kafka.version>" in recipe
