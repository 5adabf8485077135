"""Which rules a data folder is served with: settled when it is first served, then kept to.

A command that only reads may have to finish what was pending, and must not decide it by other
rules than the network did.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from services.network.settings import NetworkSettings

NOTE = "rules.json"
PACKAGED = Path("packaged")
"""Given instead of a folder: the packaged rules, whatever was noted before."""


def with_noted_rules(settings: NetworkSettings) -> NetworkSettings:
    """Return settings with the rules to serve by: those given, else those noted, else packaged.

    What was given is noted for the next time.
    """
    note = settings.data / NOTE
    if settings.rules is None:
        return replace(settings, rules=_noted(note))
    if settings.rules == PACKAGED:
        note.unlink(missing_ok=True)
        return replace(settings, rules=None)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"folder": str(settings.rules.resolve())}) + "\n", encoding="utf-8")
    return settings


def noted_rules(data: Path) -> Path | None:
    """Return the folder of rules that a data folder is served with, ``None`` for the packaged."""
    return _noted(data / NOTE)


def _noted(note: Path) -> Path | None:
    try:
        return Path(json.loads(note.read_text(encoding="utf-8"))["folder"])
    except FileNotFoundError:
        return None
