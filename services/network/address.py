"""How the address of a process is written."""

from __future__ import annotations

import re

_ELSEWHERE = re.compile(r"[\s=,/|@]")
"""What no name of a host has: it belongs to a list of them, or to a URL."""


def is_address(text: str) -> bool:
    """Tell whether this is ``HOST:PORT``."""
    host, _, port = text.rpartition(":")
    if not host or _ELSEWHERE.search(host):
        return False
    return port.isascii() and port.isdigit() and 0 < int(port) < 65_536
