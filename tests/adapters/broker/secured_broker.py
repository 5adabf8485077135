"""A broker that takes nobody without TLS and a password, or a certificate, and asks for rights."""

from __future__ import annotations

import socket
from pathlib import Path

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from adapters.broker.settings import BrokerSettings
from tests.certificates import Authority
from tests.contracts.broker_server import start_broker

PASSWORD = "s3cret-of-a-user"
PLAIN_USER = "plain"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
_PLAIN = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required "
    f'user_{PLAIN_USER}="{PASSWORD}";'
)


class SecuredBroker:
    """One node: ``open`` takes anybody as a super user, the other doors ask who is there."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder / "pki")
        server = self.authority.sign("server")
        named = self.authority.sign("named", "DNS:broker.example")
        ports = _free_ports(5)
        doors = dict(zip(("BROKER", "SASL", "MUTUAL", "NAMED", "CONTROLLER"), ports, strict=True))
        protocols = {"BROKER": "PLAINTEXT", "SASL": "SASL_SSL", "MUTUAL": "SSL"}
        protocols |= {"NAMED": "SASL_SSL", "CONTROLLER": "PLAINTEXT"}
        settings = {
            "controller.quorum.voters": f"1@127.0.0.1:{doors['CONTROLLER']}",
            "listeners": ",".join(f"{name}://127.0.0.1:{at}" for name, at in doors.items()),
            "listener.security.protocol.map": ",".join(
                ":".join(each) for each in protocols.items()
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(server.both),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority.file),
            "listener.name.mutual.ssl.client.auth": "required",
            "listener.name.named.ssl.keystore.location": str(named.both),
            "listener.name.named.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.named.plain.sasl.jaas.config": _PLAIN,
            "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "listener.name.sasl.plain.sasl.jaas.config": _PLAIN,
            "listener.name.sasl.scram-sha-512.sasl.jaas.config": _SCRAM,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }
        options = [word for pair in settings.items() for word in ("--set", "=".join(pair))]
        start_broker(folder / "broker", "--port", str(doors["BROKER"]), *options)
        self.open = f"127.0.0.1:{doors['BROKER']}"
        self.sasl = f"127.0.0.1:{doors['SASL']}"
        self.mutual = f"127.0.0.1:{doors['MUTUAL']}"
        self.by_other_name = f"127.0.0.1:{doors['NAMED']}"

    def add_user(self, name: str) -> None:
        """Let a user in by SCRAM-SHA-512 with ``PASSWORD``; it has no rights yet."""
        credential = UserScramCredentialUpsertion(name, ScramMechanism.SCRAM_SHA_512, PASSWORD)
        admin = KafkaAdminClient(bootstrap_servers=self.open)
        try:
            assert set(admin.alter_user_scram_credentials([credential]).values()) == {None}
        finally:
            admin.close()

    def allow(
        self, user: str, resource: str, name: str, operation: str, pattern: str = "LITERAL"
    ) -> None:
        """Give a user a right; ``*`` is every topic or group."""
        right = ACL(
            principal=f"User:{user}",
            host="*",
            operation=ACLOperation[operation],
            permission_type=ACLPermissionType.ALLOW,
            resource_pattern=ResourcePattern(
                ResourceType[resource], name, ACLResourcePatternType[pattern]
            ),
        )
        admin = KafkaAdminClient(bootstrap_servers=self.open)
        try:
            assert not admin.create_acls([right])["failed"]
        finally:
            admin.close()

    def settings(
        self, user: str, mechanism: str = "SCRAM-SHA-512", **more: object
    ) -> BrokerSettings:
        """Return what a user has to be told; ``more`` replaces some of it."""
        given: dict[str, object] = {
            "bootstrap": self.sasl,
            "security_protocol": "SASL_SSL",
            "tls_ca_file": self.authority.file,
            "sasl_mechanism": mechanism,
            "sasl_user": user,
            "sasl_password": PASSWORD,
        }
        return BrokerSettings(**{**given, **more})  # type: ignore[arg-type] # names are the fields'


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    free = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return free
