"""The errors of the house: one small tree, each with a stable code.

Every error carries

* ``code``: stable, snake_case, never reworded; programs match on it;
* ``message_en`` and ``message_zh``: what a clerk at a hospital counter can act on;
* ``field``: the path of the field at fault, as the caller wrote it, or ``None``.

The class says what a caller may do about it; adapters map classes (never codes) to gRPC
status and exit codes.
"""

from __future__ import annotations


class YidiError(Exception):
    """Root of the tree; never raised itself."""

    def __init__(
        self, code: str, message_en: str, message_zh: str, *, field: str | None = None
    ) -> None:
        super().__init__(f"{code}: {message_en}")
        self.code = code
        self.message_en = message_en
        self.message_zh = message_zh
        self.field = field


class Rejected(YidiError):
    """The request is wrong or not allowed. Sending it again never helps."""


class Malformed(Rejected):
    """The request cannot be read as what it claims to be. Never stored as an answer."""


class NotFound(Rejected):
    """What the request names does not exist here."""


class RequestIdReused(Rejected):
    """The request id was used before, for other content."""


class RuleError(YidiError):
    """Rule data is broken or cannot decide what it promises to decide."""


class Conflict(YidiError):
    """State has moved on since the caller last looked; a fresh look may help."""


class Unavailable(YidiError):
    """Somebody needed is not there right now; retry with back-off."""


class InvariantBroken(YidiError):
    """The books do not balance. Stop and shout; never continue past it."""
