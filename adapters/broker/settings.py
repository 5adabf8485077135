"""How to reach a broker and how its clients behave; the figures beside each were measured."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from adapters.broker.brief_selector import BriefSelector
from clearing.errors import Malformed

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
SECRETS = frozenset({"sasl_password", "tls_key_password"})
HIDDEN = "***"

MAX_RECORD_BYTES = 1_000_000
"""Of key and value together."""

MAX_BATCH_BYTES = MAX_RECORD_BYTES + 48_576
"""Of such a record as it travels: brokers take 1,048,588 bytes unless told otherwise."""


@dataclass(frozen=True, slots=True, repr=False)
class BrokerSettings:
    """Everything about the connection; ``bootstrap`` is ``host:port,…``.

    ``prefix`` comes before the name of every topic and group, so that several networks can
    share a broker. Times in ms unless the name says otherwise.
    """

    bootstrap: str
    prefix: str = ""
    client_id: str = "yidi"
    security_protocol: str = "PLAINTEXT"
    tls_ca_file: Path | None = None
    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None
    tls_key_password: str | None = None
    tls_check_host_name: bool = True
    sasl_mechanism: str | None = None
    sasl_user: str | None = None
    sasl_password: str | None = None

    bootstrap_within_ms: int = 10_000
    request_timeout_ms: int = 5_000
    append_within_ms: int = 5_000
    """An append that takes longer says Unavailable; its records stay on their way."""

    delivery_timeout_ms: int = 600_000
    """Below ten minutes two brokers of three down for long break the producer for good."""

    session_timeout_ms: int = 6_000
    heartbeat_interval_ms: int = 1_000
    rebalance_within_ms: int = 10_000
    """How long a rebalance waits for a reader; its thread comes by every second."""

    unstable_for_s: int = 30
    """A reader outside its group for so long, with the broker answering, is stuck: more than a
    dead reader's session, a rebalance and the choice of a new coordinator take together."""

    still_for_s: int = 30
    """A reader's thread that did not come round for so long is stuck."""

    def __repr__(self) -> str:
        """Show every setting but the secrets."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self.redacted().items())
        return f"BrokerSettings({shown})"

    def redacted(self) -> dict[str, Any]:
        """Return every setting by name, secrets hidden."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: HIDDEN if name in SECRETS and value is not None else value
            for name, value in values.items()
        }

    def defects(self) -> list[Malformed]:
        """Return everything that is wrong, each with its field; nothing when all is well."""
        found = []
        if not all(_is_address(each) for each in self.bootstrap.split(",")):
            found.append(_defect("bootstrap", "write host:port,…", "请写作 host:port,…"))
        if self.security_protocol not in PROTOCOLS:
            words = ", ".join(PROTOCOLS)
            found.append(_defect("security_protocol", f"one of {words}", f"应为 {words} 之一"))
        if self.security_protocol.startswith("SASL"):
            if self.sasl_mechanism not in MECHANISMS:
                words = ", ".join(MECHANISMS)
                found.append(_defect("sasl_mechanism", f"one of {words}", f"应为 {words} 之一"))
            found += [
                _defect(name, f"needed for {self.security_protocol}", "使用 SASL 时必填")
                for name in ("sasl_user", "sasl_password")
                if getattr(self, name) is None
            ]
        found += [
            _defect(name, f"there is no file {path}", f"文件 {path} 不存在")
            for name in ("tls_ca_file", "tls_certificate_file", "tls_key_file")
            if (path := getattr(self, name)) is not None and not path.is_file()
        ]
        if self.delivery_timeout_ms < self.request_timeout_ms:
            found.append(
                _defect(
                    "delivery_timeout_ms",
                    "must not be shorter than request_timeout_ms",
                    "不得短于 request_timeout_ms",
                )
            )
        return found

    def connection(self) -> dict[str, Any]:
        """Return what every client is told."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap.split(","),
            "client_id": self.client_id,
            "security_protocol": self.security_protocol,
            "bootstrap_timeout_ms": self.bootstrap_within_ms,
            "request_timeout_ms": self.request_timeout_ms,
            "reconnect_backoff_ms": 50,
            "reconnect_backoff_max_ms": 500,
            "metadata_max_age_ms": 10_000,
            "selector": BriefSelector,
        }
        if "SSL" in self.security_protocol:
            options |= {
                "ssl_check_hostname": self.tls_check_host_name,
                "ssl_cafile": _text(self.tls_ca_file),
                "ssl_certfile": _text(self.tls_certificate_file),
                "ssl_keyfile": _text(self.tls_key_file),
                "ssl_password": self.tls_key_password,
            }
        if self.security_protocol.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.sasl_user,
                "sasl_plain_password": self.sasl_password,
            }
        return options


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdigit() and 0 < int(port) < 65_536


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _defect(field: str, en: str, zh: str) -> Malformed:
    return Malformed("broker_settings", en, zh, field=f"broker.{field}")
