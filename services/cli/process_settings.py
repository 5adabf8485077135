"""Settings as the command line gives them, and ``yidi settings show``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from clearing.errors import Malformed
from services.cli import exit_codes
from services.cli.failures import say
from services.network.settings_sources import Gathered, gather

FILE_VARIABLE = "YIDI_CONFIG"


def gathered(file: Path | None, set_: Sequence[str], **flags: str) -> Gathered:
    """Gather settings from every source.

    ``set_`` are ``NAME=VALUE``; ``flags`` are those with an option of their own, passed over
    where empty. Raises ``Malformed`` for a ``set_`` without ``=``.
    """
    given = dict(map(_parted, set_))
    given |= {name: text for name, text in flags.items() if text}
    named = os.environ.get(FILE_VARIABLE)
    return gather(file or (Path(named) if named else None), os.environ, given)


def _parted(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Malformed(
            "settings", f"write --set NAME=VALUE, not {text!r}", "请写作 --set 名称=值", field="set"
        )
    return name, value


def settings_show_command(file: Path | None, set_: Sequence[str], *, as_json: bool) -> int:
    """Print every setting that has a value, without secrets, and everything that is wrong."""
    try:
        found = gathered(file, set_)
    except Malformed as defect:
        return say(defect)
    if as_json:
        shown = [
            {"name": name, "value": text, "source": source} for name, text, source in found.shown()
        ]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for name, text, source in found.shown():
            print(f"{name} = {text!r}  ({source})")
    for each in found.defects:
        say(each)
    sys.stdout.flush()
    return exit_codes.BAD_INPUT if found.defects else exit_codes.OK


def verify_server(file: Path | None, as_json: bool) -> int:
    """Verify the books on the server that the settings name; the other settings don't matter."""
    from services.cli.verify import verify_server_command

    found = gathered(file, ())
    needed = ("database.url", "database.schema_prefix")
    wrong = [each for each in found.defects if each.field in needed]
    for each in wrong:
        say(each)
    if wrong:
        return exit_codes.BAD_INPUT
    url, prefix = (found.values[name] for name in needed)
    return verify_server_command(url, prefix, as_json)
