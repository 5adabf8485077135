"""The second line of defence: what looks like a person's number is blotted out of a log line.

The first is that nothing personal is written: nodes know members by pseudonymous numbers, and
errors are logged by their code. Names cannot be recognised; these numbers can.
"""

from __future__ import annotations

import re

CERTIFICATE = "[certificate number]"
PHONE = "[phone number]"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CERTIFICATE = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_PHONE = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[ -]?)?1[3-9][0-9]{9}(?![0-9A-Za-z])")


def is_certificate(text: str) -> bool:
    """Tell whether a text is a resident identity number (GB 11643: date and check digit)."""
    return _CERTIFICATE.fullmatch(text) is not None and _checks(text)


def redacted(text: str) -> str:
    """Return a text with resident identity and mobile phone numbers blotted out."""
    found = _CERTIFICATE.sub(_blotted, text)
    return _PHONE.sub(PHONE, found)


def _blotted(match: re.Match[str]) -> str:
    return CERTIFICATE if _checks(match.group()) else match.group()


def _checks(text: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECKS[total % 11] == text[17].upper()
