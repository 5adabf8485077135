"""The second line of defence: what looks like a person's number is blotted out of a log line.

The first is that nothing personal is written: nodes know members by pseudonymous numbers, and
errors are logged by their code. Names cannot be recognised; these numbers can.
"""

from __future__ import annotations

from clearing.personal_numbers import blotted

CERTIFICATE = "[certificate number]"
PHONE = "[phone number]"


def redacted(text: str) -> str:
    """Return a text with resident identity and mobile phone numbers blotted out."""
    return blotted(text, CERTIFICATE, PHONE)
