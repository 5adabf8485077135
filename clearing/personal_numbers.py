"""Numbers that name a person outside this network, and therefore never enter it."""

from __future__ import annotations

import re

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CERTIFICATE = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_PHONE = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[ -]?)?1[3-9][0-9]{9}(?![0-9A-Za-z])")


def holds_certificate(text: str) -> bool:
    """Tell whether a text holds a resident identity number.

    That is 18 characters with a region, a date of birth and the right check digit (GB 11643).
    """
    return any(_checks(found) for found in _CERTIFICATE.findall(text))


def is_phone(text: str) -> bool:
    """Tell whether a text is a mobile phone number of mainland China and nothing else."""
    return _PHONE.fullmatch(text) is not None


def blotted(text: str, certificate: str, phone: str) -> str:
    """Return a text with these words in the place of such numbers."""

    def word(found: re.Match[str]) -> str:
        return certificate if _checks(found.group()) else found.group()

    return _PHONE.sub(phone, _CERTIFICATE.sub(word, text))


def _checks(number: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return _CHECKS[total % 11] == number[17].upper()
