"""A broker behind TLS and passwords: the right key opens, a wrong one is told at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.broker import doorway
from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from clearing.errors import Malformed
from clearing.ports import LogRecord, NewRecord
from tests.adapters.broker.secured_broker import PASSWORD, PLAIN_USER, SecuredBroker
from tests.certificates import KEY_PASSWORD, Authority
from tests.effort import thorough_only

pytestmark = [pytest.mark.broker, thorough_only]

AT_ONCE_S = 5.0
READ_WITHIN_S = 30.0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> SecuredBroker:
    secured = SecuredBroker(tmp_path_factory.mktemp("secured"))
    secured.add_user("anna")
    with_rights(secured, "anna")
    with_rights(secured, PLAIN_USER)
    with_rights(secured, "CN=client")
    return secured


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    client = logging.getLogger("kafka")
    client.setLevel(logging.CRITICAL)
    yield
    client.setLevel(logging.NOTSET)


def with_rights(broker: SecuredBroker, user: str) -> None:
    """Let a user do anything with topics and groups."""
    broker.allow(user, "TOPIC", "*", "ALL")
    broker.allow(user, "GROUP", "*", "ALL")


def _read(log: BrokerLog, topic: str, count: int) -> list[LogRecord]:
    reader = log.join("readers", "1", [topic])
    found: list[LogRecord] = []
    mark, deadline = 0, time.monotonic() + READ_WITHIN_S
    while len(found) < count and time.monotonic() < deadline:
        mark = log.wait(mark, 0.2)
        reader.place(dict.fromkeys(reader.unplaced(), 0))
        found += reader.read(100)
    return found


def _mutual(broker: SecuredBroker, **more: object) -> BrokerSettings:
    client = broker.authority.sign("client")
    given: dict[str, object] = {
        "tls_ca_file": broker.authority.file,
        "tls_certificate_file": client.certificate,
        "tls_key_file": client.key,
    }
    return BrokerSettings(broker.mutual, security_protocol="SSL", **{**given, **more})  # type: ignore[arg-type] # names are the fields'


@pytest.mark.parametrize("way", ["SCRAM-SHA-512", "PLAIN", "certificate", "encrypted key"])
def test_the_right_key_lets_a_group_read_what_was_appended(
    broker: SecuredBroker, way: str, tmp_path: Path
) -> None:
    prefix = f"{way.partition(' ')[0].lower()}{len(way)}."
    if way == "certificate":
        settings = _mutual(broker, prefix=prefix)
    elif way == "encrypted key":
        identity = broker.authority.sign("client")
        key = broker.authority.encrypted(identity)
        settings = _mutual(
            broker,
            prefix=prefix,
            tls_certificate_file=identity.certificate,
            tls_key_file=key,
            tls_key_password=KEY_PASSWORD,
        )
    else:
        user = PLAIN_USER if way == "PLAIN" else "anna"
        settings = broker.settings(user, way, prefix=prefix)
    log = BrokerLog(settings)
    log.ensure_topic("work", 2)
    log.append([NewRecord("work", f"key-{at}", b"%d" % at) for at in range(10)])
    found = _read(log, "work", 10)
    assert sorted(int(record.value) for record in found) == list(range(10))
    log.close()


def _refusal(settings: BrokerSettings) -> Malformed:
    began = time.monotonic()
    with pytest.raises(Malformed) as caught:
        BrokerLog(settings)
    assert time.monotonic() - began < AT_ONCE_S
    words = f"{caught.value} {caught.value.message_zh}"
    assert PASSWORD not in words
    assert KEY_PASSWORD not in words
    return caught.value


@pytest.mark.parametrize(("user", "mechanism"), [("anna", "SCRAM-SHA-512"), (PLAIN_USER, "PLAIN")])
def test_a_wrong_password_is_told_at_once(broker: SecuredBroker, user: str, mechanism: str) -> None:
    error = _refusal(broker.settings(user, mechanism, sasl_password="wr0ng"))
    assert (error.code, error.field) == ("broker_sign_in", "broker.sasl_password")
    assert "wr0ng" not in str(error)
    error = _refusal(broker.settings("nobody", mechanism))
    assert error.code == "broker_sign_in"


def test_a_mechanism_that_the_broker_does_not_offer(broker: SecuredBroker) -> None:
    error = _refusal(broker.settings("anna", "SCRAM-SHA-256"))
    assert (error.code, error.field) == ("broker_sasl_mechanism", "broker.sasl_mechanism")
    assert "SCRAM-SHA-512" in error.message_en


def test_a_certificate_of_another_authority(broker: SecuredBroker, tmp_path: Path) -> None:
    other = Authority(tmp_path, "another authority")
    for ca_file in (other.file, None):
        error = _refusal(broker.settings("anna", tls_ca_file=ca_file))
        assert (error.code, error.field) == ("broker_tls_untrusted", "broker.tls_ca_file")
    stranger = other.sign("client")
    error = _refusal(
        _mutual(broker, tls_certificate_file=stranger.certificate, tls_key_file=stranger.key)
    )
    assert (error.code, error.field) == ("broker_tls_certificate", "broker.tls_certificate_file")


def test_a_certificate_for_another_host(broker: SecuredBroker) -> None:
    error = _refusal(broker.settings(PLAIN_USER, "PLAIN", bootstrap=broker.by_other_name))
    assert (error.code, error.field) == ("broker_tls_host_name", "broker.bootstrap")


def test_a_client_without_tls_at_a_door_with_it_and_the_other_way_round(
    broker: SecuredBroker,
) -> None:
    for settings, code in (
        (BrokerSettings(broker.sasl), "broker_with_tls"),
        (broker.settings("anna", security_protocol="SASL_PLAINTEXT"), "broker_with_tls"),
        (BrokerSettings(broker.mutual), "broker_with_tls"),
        (broker.settings("anna", bootstrap=broker.open), "broker_without_tls"),
        (
            broker.settings("anna", bootstrap=broker.open, security_protocol="SASL_PLAINTEXT"),
            "broker_without_sasl",
        ),
        (broker.settings("anna", security_protocol="SSL"), "broker_wants_sasl"),
    ):
        error = _refusal(settings)
        assert (error.code, error.field) == (code, "broker.security_protocol")


def test_a_door_that_asks_for_a_certificate_and_files_that_do_not_fit(
    broker: SecuredBroker, tmp_path: Path
) -> None:
    error = _refusal(_mutual(broker, tls_certificate_file=None, tls_key_file=None))
    assert (error.code, error.field) == ("broker_tls_certificate", "broker.tls_certificate_file")
    identity = broker.authority.sign("client")
    encrypted = broker.authority.encrypted(identity)
    for password, field in ((None, "tls_key_file"), ("wr0ng", "tls_key_password")):
        error = _refusal(
            _mutual(
                broker,
                tls_certificate_file=identity.certificate,
                tls_key_file=encrypted,
                tls_key_password=password,
            )
        )
        assert (error.code, error.field) == ("broker_tls_files", f"broker.{field}")
    no_pem = tmp_path / "no.pem"
    no_pem.write_text("not a certificate", "ascii")
    error = _refusal(broker.settings("anna", tls_ca_file=no_pem))
    assert (error.code, error.field) == ("broker_tls_files", "broker.tls_ca_file")


def test_nobody_there_is_left_to_the_client(broker: SecuredBroker) -> None:
    doorway.check(broker.settings("anna", bootstrap="127.0.0.1:9"))  # raises nothing
    doorway.check(broker.settings("anna", bootstrap=f"127.0.0.1:9,{broker.sasl}"))
    with pytest.raises(Malformed):
        doorway.check(
            broker.settings("anna", bootstrap=f"127.0.0.1:9,{broker.sasl}", sasl_password="wr0ng")
        )
