"""How commands that decide by rules say that they cannot."""

from __future__ import annotations

import sys

from clearing.errors import Malformed, YidiError
from services.cli import exit_codes


def say(error: YidiError) -> int:
    """Print an error with the field at fault on standard error; return the exit code."""
    malformed = isinstance(error, Malformed)
    field = f" field {error.field}:" if malformed and error.field else ""
    print(f"error: {error.code}:{field} {error.message_en}", file=sys.stderr)
    return exit_codes.BAD_INPUT if malformed else exit_codes.DIFFERENCE
