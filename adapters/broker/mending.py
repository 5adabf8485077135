"""Mends what the client forgets (kafka-python 3.0).

A socket whose connection was refused is left to the garbage collector: several a second in each
client while a broker is away.

A paused partition whose records were partly handed out is never read again, once resumed, where
records of another partition were handed out meanwhile: the place for what comes next then holds
something empty instead of nothing.
"""

from __future__ import annotations

from typing import Any

from kafka import errors
from kafka.consumer.fetcher import Fetcher
from kafka.net.inet import KafkaNetSocket

_connect = KafkaNetSocket.sock_connect
_fetched_records = Fetcher.fetched_records


async def _connect_or_close(
    self: Any, net: Any, sock: Any, sockaddr: Any, timeout_at: Any = None
) -> Any:
    try:
        return await _connect(self, net, sock, sockaddr, timeout_at=timeout_at)
    except errors.KafkaError:
        sock.close()
        raise


def _fetched_with_parked(self: Any, *given: Any, **options: Any) -> Any:
    if not self._next_partition_records:
        self._next_partition_records = None
    return _fetched_records(self, *given, **options)


def mend() -> None:
    """Do so from now on; a second call does nothing."""
    KafkaNetSocket.sock_connect = _connect_or_close
    Fetcher.fetched_records = _fetched_with_parked
