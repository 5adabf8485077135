"""How the address of a process is written."""

from __future__ import annotations


def is_address(text: str) -> bool:
    """Tell whether this is ``HOST:PORT``."""
    host, _, port = text.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65_536
