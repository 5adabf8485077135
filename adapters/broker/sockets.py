"""Closes the sockets that the client forgets.

kafka-python 3.0 leaves a socket whose connection was refused to the garbage collector; while a
broker is away that is several a second in each client.
"""

from __future__ import annotations

from typing import Any

from kafka import errors
from kafka.net.inet import KafkaNetSocket

_connect = KafkaNetSocket.sock_connect


async def _connect_or_close(
    self: Any, net: Any, sock: Any, sockaddr: Any, timeout_at: Any = None
) -> Any:
    try:
        return await _connect(self, net, sock, sockaddr, timeout_at=timeout_at)
    except errors.KafkaError:
        sock.close()
        raise


def mend() -> None:
    """Close such sockets from now on; a second call does nothing."""
    KafkaNetSocket.sock_connect = _connect_or_close
