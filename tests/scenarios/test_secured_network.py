"""A network on a broker that asks who is there and what they may do, region by region."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from adapters.broker import topics
from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from clearing.errors import Rejected
from clearing.messages import HOUSE, Address, Role
from clearing.ports import NewRecord
from services.network.topic_plan import TopicSettings, network_topics
from services.network.topic_rights import Statement, operator_statements, rights_of, statements
from tests.adapters.broker.secured_broker import PASSWORD, SecuredBroker
from tests.contracts.postgres_server import postgres_url, schema_of
from tests.effort import thorough_only

pytestmark = [pytest.mark.broker, thorough_only]

CARE, INSURED = ["310000"], ["330213", "990100"]
SHANGHAI, FENGHUA = Address(Role.CARE, "310000"), Address(Role.INSURED, "330213")
NEXT_DOOR = Address(Role.INSURED, "990100")

YIDI = (sys.executable, "-m", "services.cli.main")
WITHIN_S = 30.0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> SecuredBroker:
    secured = SecuredBroker(tmp_path_factory.mktemp("secured"))
    secured.add_user("operator")
    _grant(secured, operator_statements("operator", ""))
    for node in (SHANGHAI, FENGHUA, NEXT_DOOR, HOUSE):
        secured.add_user(_user(node))
        _grant(secured, statements(rights_of(node, CARE, INSURED), _user(node), ""))
    plans = network_topics(CARE, INSURED, TopicSettings())
    topics.apply(secured.settings("operator"), plans)
    return secured


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    client = logging.getLogger("kafka")
    client.setLevel(logging.CRITICAL)
    yield
    client.setLevel(logging.NOTSET)


def _user(node: Address) -> str:
    return f"{node.role}-{node.region}"


def _grant(broker: SecuredBroker, given: Iterable[Statement]) -> None:
    for each in given:
        for operation in each.operations:
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).upper()
            resource, pattern = each.resource.upper(), each.pattern.upper()
            broker.allow(each.principal, resource, each.name, name, pattern)


def _log(broker: SecuredBroker, node: Address) -> BrokerLog:
    return BrokerLog(broker.settings(_user(node)))


def _read_in_vain(log: BrokerLog, group: Address, topic: str) -> None:
    reader = log.join(str(group), "1", [topic])
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        reader.place(dict.fromkeys(reader.unplaced(), 0))
        assert reader.read(100) == []
        time.sleep(0.1)


def test_each_node_reads_and_writes_what_it_needs(broker: SecuredBroker) -> None:
    logs = {node: _log(broker, node) for node in (SHANGHAI, FENGHUA, NEXT_DOOR, HOUSE)}
    for node, log in logs.items():
        rights = rights_of(node, CARE, INSURED)
        log.append([NewRecord(topic, "key", str(node).encode()) for topic in rights.writes])
    expected = {
        node: {
            (topic, str(writer))
            for topic in rights_of(node, CARE, INSURED).reads
            for writer in logs
            if topic in rights_of(writer, CARE, INSURED).writes
        }
        for node in logs
    }
    for node, log in logs.items():
        reader = log.join(str(node), "1", rights_of(node, CARE, INSURED).reads)
        found: set[tuple[str, str]] = set()
        mark, deadline = 0, time.monotonic() + WITHIN_S
        while found != expected[node] and time.monotonic() < deadline:
            mark = log.wait(mark, 0.2)
            reader.place(dict.fromkeys(reader.unplaced(), 0))
            found |= {(record.topic, record.value.decode()) for record in reader.read(100)}
        assert found == expected[node]
        log.close()


def test_a_region_cannot_read_what_another_is_sent(broker: SecuredBroker) -> None:
    log = _log(broker, FENGHUA)
    with pytest.raises(Rejected) as caught:
        log.join(str(FENGHUA), "1", ["yidi.insured.990100"])
    assert caught.value.code == "broker_forbidden"
    log.close()


def test_a_right_to_write_is_no_right_to_read(broker: SecuredBroker) -> None:
    log = _log(broker, SHANGHAI)
    with pytest.raises(Rejected) as caught:
        _read_in_vain(log, SHANGHAI, "yidi.insured.330213")  # which it may see and write
    assert caught.value.code == "broker_forbidden"
    log.close()


def test_a_region_cannot_write_where_it_has_nothing_to_say(broker: SecuredBroker) -> None:
    log = _log(broker, FENGHUA)
    for topic in ("yidi.insured.990100", "yidi.heads"):
        with pytest.raises(Rejected) as caught:
            log.append([NewRecord(topic, "key", b"forged")])
        assert caught.value.code == "broker_forbidden"
    log.append([NewRecord("yidi.care.310000", "key", b"its own")])
    log.close()


def test_a_group_belongs_to_its_node(broker: SecuredBroker) -> None:
    log = _log(broker, FENGHUA)
    with pytest.raises(Rejected) as caught:
        _read_in_vain(log, NEXT_DOOR, "yidi.insured.330213")
    assert caught.value.code == "broker_forbidden"
    log.close()


def _environment(settings: BrokerSettings, folder: Path) -> dict[str, str]:
    return os.environ | {
        "YIDI_BROKER_BOOTSTRAP": settings.bootstrap,
        "YIDI_BROKER_SECURITY_PROTOCOL": settings.security_protocol,
        "YIDI_BROKER_TLS_CA_FILE": str(settings.tls_ca_file),
        "YIDI_BROKER_SASL_MECHANISM": str(settings.sasl_mechanism),
        "YIDI_BROKER_SASL_USER": str(settings.sasl_user),
        "YIDI_BROKER_SASL_PASSWORD": str(settings.sasl_password),
        "YIDI_DATABASE_URL": postgres_url(),
        "YIDI_DATABASE_SCHEMA_PREFIX": f"{schema_of(folder)}_",
        "YIDI_LISTEN": "127.0.0.1:0",
        "YIDI_DRAIN_S": "0",
    }


def test_a_process_serves_with_its_own_rights(broker: SecuredBroker, tmp_path: Path) -> None:
    environment = _environment(broker.settings(_user(HOUSE)), tmp_path)
    with subprocess.Popen(
        [*YIDI, "up", "--role", "house", "--ready-json"], env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            assert json.loads(process.stdout.readline())["nodes"] == ["house/000000"]
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()


@pytest.mark.parametrize("command", [("up", "--role", "house"), ("topics", "apply")])
def test_a_wrong_password_ends_a_command_at_once(
    broker: SecuredBroker, tmp_path: Path, command: tuple[str, ...]
) -> None:
    settings = broker.settings(_user(HOUSE), sasl_password="wr0ng-secret")
    ended = subprocess.run(
        [*YIDI, *command],
        check=False,
        env=_environment(settings, tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    assert "broker_sign_in: field broker.sasl_password:" in ended.stderr
    assert "wr0ng-secret" not in ended.stdout + ended.stderr
    assert PASSWORD not in ended.stdout + ended.stderr
