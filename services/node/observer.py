"""Who watches the nodes of a process: told of every batch and every call, never in their way.

The nodes know this protocol and nothing about how figures are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from clearing.messages import Address
from services.node.batch import BatchResult


@dataclass(frozen=True, slots=True)
class Looked:
    """What is counted in a node's database now and then.

    ``parked`` messages failed, those ``behind`` wait for them. ``open_breaks`` only a clearing
    house has, ``unanswered`` only a care region: what it had to ask another region again.
    """

    parked: int
    behind: int
    open_breaks: int | None = None
    unanswered: int | None = None


class Observer(Protocol):
    """Any thread may call it; it returns at once and raises nothing."""

    watching: bool
    """Whether what costs a look into a database is worth it."""

    def arrived(self, service: str) -> None:
        """A call has come."""

    def answered(self, service: str, method: str, code: str, seconds: float) -> None:
        """A call that came has ended, with this gRPC status code."""

    def committed(self, node: Address, result: BatchResult, work_s: float, commit_s: float) -> None:
        """A transaction of a node is durable."""

    def without_effect(self, node: Address, error: Exception) -> None:
        """A batch had no effect and is tried again."""

    def appended(self, records: int, seconds: float) -> None:
        """The log has confirmed an append."""

    def not_appended(self) -> None:
        """The log has not confirmed an append, which is tried again."""

    def looked(self, node: Address, found: Looked) -> None:
        """A node's database was looked into."""

    def not_looked(self, node: Address) -> None:
        """A node's database could not be looked into."""


class Unobserved:
    """Nobody watches."""

    watching = False

    def arrived(self, service: str) -> None:
        """See ``Observer``."""

    def answered(self, service: str, method: str, code: str, seconds: float) -> None:
        """See ``Observer``."""

    def committed(self, node: Address, result: BatchResult, work_s: float, commit_s: float) -> None:
        """See ``Observer``."""

    def without_effect(self, node: Address, error: Exception) -> None:
        """See ``Observer``."""

    def appended(self, records: int, seconds: float) -> None:
        """See ``Observer``."""

    def not_appended(self) -> None:
        """See ``Observer``."""

    def looked(self, node: Address, found: Looked) -> None:
        """See ``Observer``."""

    def not_looked(self, node: Address) -> None:
        """See ``Observer``."""


UNOBSERVED = Unobserved()
