"""What a process is told about its broker: all that is wrong at once, and no secret shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.broker.log import BrokerLog
from adapters.broker.settings import HIDDEN, BrokerSettings
from clearing.errors import Malformed

SECRET = "s3cret"


def test_secrets_are_never_shown() -> None:
    settings = BrokerSettings(
        "broker:9093",
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_user="yidi",
        sasl_password=SECRET,
        tls_key_password=SECRET,
    )
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.redacted())
    assert settings.redacted()["sasl_password"] == HIDDEN
    assert settings.redacted()["sasl_user"] == "yidi"
    assert BrokerSettings("broker:9093").redacted()["sasl_password"] is None, "unset shows as unset"


def test_tls_and_sasl_reach_the_client(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.touch()
    settings = BrokerSettings(
        "one:9093,two:9093",
        security_protocol="SASL_SSL",
        tls_ca_file=ca_file,
        sasl_mechanism="PLAIN",
        sasl_user="yidi",
        sasl_password=SECRET,
    )
    assert settings.defects() == []
    options = settings.connection()
    assert options["bootstrap_servers"] == ["one:9093", "two:9093"]
    assert options["security_protocol"] == "SASL_SSL"
    assert options["ssl_cafile"] == str(ca_file)
    assert options["ssl_check_hostname"] is True
    assert options["sasl_plain_username"] == "yidi"
    assert options["sasl_plain_password"] == SECRET
    plain = BrokerSettings("one:9092").connection()
    assert not [name for name in plain if name.startswith(("ssl", "sasl"))]


def test_every_defect_is_told_at_once(tmp_path: Path) -> None:
    settings = BrokerSettings(
        "no-port",
        security_protocol="SASL_SSL",
        tls_ca_file=tmp_path / "missing.pem",
        delivery_timeout_ms=1,
    )
    assert [defect.field for defect in settings.defects()] == [
        "broker.bootstrap",
        "broker.sasl_mechanism",
        "broker.sasl_user",
        "broker.sasl_password",
        "broker.tls_ca_file",
        "broker.delivery_timeout_ms",
    ]
    with pytest.raises(Malformed):
        BrokerLog(settings)
