"""Tries the broker's door before any client is made, so that a wrong key is told at once.

The client of kafka-python 3.0 takes a wrong password or an unknown certificate for a broker that
is away: it tries again until its time is up and then says no more than that. Here the connection
is opened by hand as far as signing in. What is certainly wrong with the settings is refused with
the field at fault; whatever may pass (nobody answers) is left to the client.
"""

from __future__ import annotations

import socket
import ssl
import struct
from typing import Any

from kafka.net.sasl import get_sasl_mechanism

from adapters.broker.settings import BrokerSettings
from clearing.errors import Malformed

WITHIN_S = 3.0

_API_VERSIONS = (18, 0)
_SASL_HANDSHAKE = (17, 1)
_SASL_AUTHENTICATE = (36, 0)
_UNSUPPORTED_MECHANISM = 33
_ILLEGAL_SASL_STATE = 34
_HOST_NAME_DIFFERS = (62, 64)
_TLS_ALERT = 0x15


def check(settings: BrokerSettings) -> None:
    """Raise ``Malformed`` where the settings can never let this process in.

    Codes: ``broker_tls_untrusted``, ``broker_tls_host_name``, ``broker_tls_certificate``,
    ``broker_tls_files``, ``broker_with_tls``, ``broker_without_tls``, ``broker_wants_sasl``,
    ``broker_without_sasl``, ``broker_sasl_mechanism``, ``broker_sign_in``.
    """
    context = _context(settings) if "SSL" in settings.security_protocol else None
    for address in settings.bootstrap.split(","):
        host, _, port = address.rpartition(":")
        try:
            _Door(settings, (host, int(port)), context).try_()
        except OSError:
            continue  # nobody there, or not for long: the client tries again
        return


class _Door:
    """One address of the broker, tried once."""

    def __init__(
        self, settings: BrokerSettings, address: tuple[str, int], context: ssl.SSLContext | None
    ) -> None:
        self._settings = settings
        self._address = address
        self._context = context

    def try_(self) -> None:
        """Go as far as signing in. Raises ``OSError`` where nothing can be said."""
        with self._connected() as plain:
            if self._context is None:
                self._require_plain(plain)
                self._sign_in(plain)
                return
            with self._secured(plain, self._context) as secured:
                try:
                    answered = _asked(secured, _API_VERSIONS)
                except ssl.SSLError as error:
                    raise self._refused_here(error) from None
                if answered is not None:
                    self._sign_in(secured)

    def _connected(self) -> socket.socket:
        return socket.create_connection(self._address, timeout=WITHIN_S)

    def _secured(self, plain: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        host = self._address[0]
        try:
            return context.wrap_socket(plain, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in _HOST_NAME_DIFFERS:
                raise _wrong(
                    "broker_tls_host_name",
                    "bootstrap",
                    f"the broker's certificate is not one of {host}: {error.verify_message}",
                    f"消息代理的证书不属于 {host}",
                ) from None
            raise _wrong(
                "broker_tls_untrusted",
                "tls_ca_file",
                f"the broker's certificate is not trusted: {error.verify_message}",
                f"消息代理的证书不受信任: {error.verify_message}",
            ) from None
        except OSError as error:
            if isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or ""):
                raise self._refused_here(error) from None
            with self._connected() as again:
                if _asked(again, _API_VERSIONS) is None:
                    raise
            raise _wrong(
                "broker_without_tls",
                "security_protocol",
                "the broker speaks without TLS at this address",
                "该地址的消息代理未启用 TLS",
            ) from None

    def _refused_here(self, error: ssl.SSLError) -> Malformed:
        given = self._settings.tls_certificate_file is not None
        return _wrong(
            "broker_tls_certificate",
            "tls_certificate_file",
            f"the broker {'refuses this' if given else 'asks for a'} certificate: {error.reason}",
            f"消息代理{'拒绝此' if given else '要求'}客户端证书",
        )

    def _require_plain(self, plain: socket.socket) -> None:
        try:
            answered = _asked(plain, _API_VERSIONS)
        except ConnectionResetError:
            answered = None
        if answered is not None:
            return
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # only whether it speaks TLS at all; nothing is sent
        with self._connected() as again, context.wrap_socket(again):
            raise _wrong(
                "broker_with_tls",
                "security_protocol",
                "the broker wants TLS at this address",
                "该地址的消息代理要求 TLS",
            )

    def _sign_in(self, connection: socket.socket) -> None:
        if not self._settings.security_protocol.startswith("SASL"):
            # A door that wants a password closes on whoever asks a second time before it.
            if _asked(connection, _API_VERSIONS) is None:
                raise _wrong(
                    "broker_wants_sasl",
                    "security_protocol",
                    "the broker wants a user and a password at this address",
                    "该地址的消息代理要求用户名和密码",
                )
            return
        mechanism = str(self._settings.sasl_mechanism)
        answer = _asked(connection, _SASL_HANDSHAKE, _string(mechanism))
        if answer is not None:
            self._require_mechanism(mechanism, answer)
            self._exchange(connection)

    def _require_mechanism(self, mechanism: str, answer: bytes) -> None:
        (code,) = struct.unpack_from(">h", answer)
        if code == _ILLEGAL_SASL_STATE:
            raise _wrong(
                "broker_without_sasl",
                "security_protocol",
                "the broker takes no user and password at this address",
                "该地址的消息代理不使用用户名和密码",
            )
        if code == _UNSUPPORTED_MECHANISM:
            offered = ", ".join(_strings(answer[2:]))
            raise _wrong(
                "broker_sasl_mechanism",
                "sasl_mechanism",
                f"the broker does not know {mechanism}; it offers {offered}",
                f"消息代理不支持 {mechanism}, 可用: {offered}",
            )

    def _exchange(self, connection: socket.socket) -> None:
        options = self._settings.connection()
        mechanism: Any = get_sasl_mechanism(options["sasl_mechanism"])(**options)
        while not mechanism.is_done():
            said: bytes = mechanism.auth_bytes()
            answer = _asked(connection, _SASL_AUTHENTICATE, struct.pack(">i", len(said)) + said)
            if answer is None:
                return
            (code,) = struct.unpack_from(">h", answer)
            if code != 0:
                user = self._settings.sasl_user
                raise _wrong(
                    "broker_sign_in",
                    "sasl_password",
                    f"the broker refuses {user} with this password",
                    f"消息代理拒绝用户 {user}: 用户名或密码错误",
                )
            (message_size,) = struct.unpack_from(">h", answer, 2)
            at = 4 + max(message_size, 0)
            (size,) = struct.unpack_from(">i", answer, at)
            mechanism.receive(answer[at + 4 : at + 4 + size])


def _context(settings: BrokerSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca_file)
    except (OSError, ValueError):
        raise _unreadable("tls_ca_file") from None
    context.check_hostname = settings.tls_check_host_name
    if settings.tls_certificate_file is not None:
        password = settings.tls_key_password or ""  # an empty one, so that nobody is prompted
        try:
            context.load_cert_chain(
                settings.tls_certificate_file, settings.tls_key_file, lambda: password
            )
        except (OSError, ValueError):
            given = settings.tls_key_password is not None
            raise _unreadable("tls_key_password" if given else "tls_key_file") from None
    return context


def _unreadable(field: str) -> Malformed:
    return _wrong(
        "broker_tls_files",
        field,
        "certificate, key and key password do not go together, or a file is no PEM",
        "证书, 私钥与私钥口令不匹配, 或文件不是 PEM 格式",
    )


def _asked(connection: socket.socket, call: tuple[int, int], body: bytes = b"") -> bytes | None:
    """Return a request's answer; ``None`` where the broker closed, or spoke another protocol."""
    request = struct.pack(">hhih", *call, 1, -1) + body
    connection.sendall(struct.pack(">i", len(request)) + request)
    head = _received(connection, 8)
    if head is None or head[0] == _TLS_ALERT:
        return None
    size, correlation = struct.unpack(">ii", head)
    if correlation != 1 or not 4 <= size < 1 << 20:
        return None
    return _received(connection, size - 4)


def _received(connection: socket.socket, size: int) -> bytes | None:
    found = b""
    while len(found) < size:
        more = connection.recv(size - len(found))
        if not more:
            return None
        found += more
    return found


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def _strings(data: bytes) -> list[str]:
    (count,) = struct.unpack_from(">i", data)
    at, found = 4, []
    for _ in range(count):
        (size,) = struct.unpack_from(">h", data, at)
        found.append(data[at + 2 : at + 2 + size].decode(errors="replace"))
        at += 2 + size
    return found


def _wrong(code: str, field: str, en: str, zh: str) -> Malformed:
    return Malformed(code, en, zh, field=f"broker.{field}")
