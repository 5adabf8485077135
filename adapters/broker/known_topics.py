"""Topics as the broker has them, each looked at before this process uses it first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kafka import errors

from adapters.broker.failures import meaning, patiently, translated, unknown_topic
from adapters.broker.records import Names
from adapters.broker.topics import options_of, require_sound
from clearing.errors import Rejected


@dataclass(frozen=True, slots=True)
class _Known:
    """How many partitions a topic has, and what this user may do there.

    No rights at all: the broker does not tell, for whoever sees a topic has the right to.
    """

    partitions: int
    rights: frozenset[str]

    def allows(self, operation: str) -> bool:
        return not self.rights or operation in self.rights


class KnownTopics:
    """What is found of a topic stays so for the life of a process. Any thread may use it."""

    def __init__(
        self, admin: Any, names: Names, *, within_ms: int, in_sync: int, keep_ms: int
    ) -> None:
        """``in_sync`` and ``keep_ms`` are what ``require_sound`` asks of every topic."""
        self._admin = admin
        self._names = names
        self._within_ms = within_ms
        self._in_sync = in_sync
        self._keep_ms = keep_ms
        self._found: dict[str, _Known] = {}

    def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has.

        Raises ``Rejected``: ``topic_unknown``, ``broker_forbidden`` for one that this user may
        not even see, and what ``require_sound`` refuses.
        """
        return self._known(topic).partitions

    def readable(self, topic: str) -> int:
        """Return ``partitions``, and raise ``broker_forbidden`` without the right to read."""
        return self._allowed(topic, "READ")

    def writable(self, topic: str) -> int:
        """Return ``partitions``, and raise ``broker_forbidden`` without the right to write.

        Asked before anything is sent: one record that the broker refuses ends the client's
        producer for good (kafka-python 3.0), for every topic.
        """
        return self._allowed(topic, "WRITE")

    def _allowed(self, topic: str, operation: str) -> int:
        known = self._known(topic)
        if not known.allows(operation):
            self._found.pop(topic, None)  # the right may have been given meanwhile
            known = self._known(topic)
        if not known.allows(operation):
            raise Rejected(
                "broker_forbidden",
                f"The broker does not allow this user to {operation.lower()} "
                f"{self._names.outside(topic)}.",
                f"消息代理不允许此用户对 {self._names.outside(topic)} 执行 {operation}。",
            )
        return known.partitions

    def _known(self, topic: str) -> _Known:
        found = self._found.get(topic)
        if found is None:
            found = self._found[topic] = self._looked_at(topic)
        return found

    def _looked_at(self, topic: str) -> _Known:
        outside = self._names.outside(topic)
        described = self._asked(lambda: self._admin.describe_topics([outside]))
        if described and described[0]["error_code"] == errors.TopicAuthorizationFailedError.errno:
            raise meaning(errors.TopicAuthorizationFailedError(outside))
        if not described or described[0]["error_code"] != 0:
            raise unknown_topic(topic)
        partitions = described[0]["partitions"]
        options: Mapping[str, str] = self._asked(lambda: options_of(self._admin, [outside]))[
            outside
        ]
        replicas = min(len(each["replica_nodes"]) for each in partitions)
        require_sound(topic, replicas, options, self._in_sync, self._keep_ms)
        rights = described[0].get("authorized_operations") or ()
        return _Known(len(partitions), frozenset(rights))

    def _asked(self, call: Callable[[], Any]) -> Any:
        with translated():
            return patiently(call, self._within_ms)
