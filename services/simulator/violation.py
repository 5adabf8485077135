"""What an oracle says when something promised does not hold."""

from __future__ import annotations


class Violation(Exception):
    """A promise is broken. ``code`` is stable: a shorter trace must break the same one."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
