from __future__ import annotations

import pytest

from adapters.telemetry.redaction import CERTIFICATE, PHONE, redacted
from clearing.personal_numbers import holds_certificate, is_phone

# The worked example of GB 11643-1999 itself.
STANDARD = "11010519491231002X"


@pytest.mark.parametrize("number", [STANDARD, "11010519491231002x", "440524188001010014"])
def test_a_number_with_its_check_digit_is_one(number: str) -> None:
    assert holds_certificate(number)
    assert redacted(f"no member {number!r}.") == f"no member '{CERTIFICATE}'."


@pytest.mark.parametrize(
    "number",
    [
        "110105194912310021",  # the check digit is X
        "11010519491331002X",  # no such month
        "01010519491231002X",  # no region begins with 0
        "811010519491231002X",  # part of a longer number
    ],
)
def test_other_numbers_stand(number: str) -> None:
    assert not holds_certificate(number)
    assert redacted(f"offset {number}") == f"offset {number}"


@pytest.mark.parametrize("number", ["13800138000", "+86 13912345678", "8619912345678"])
def test_mobile_phones_are_blotted_out(number: str) -> None:
    assert is_phone(number)
    assert redacted(f"tel:{number};") == f"tel:{PHONE};"


@pytest.mark.parametrize(
    "text",
    [
        "stl-0198a13800138000bcd",
        "offset 1099511627776",
        "12345678901",
        "1763786700.13800138000",
        "4bf92f3577b34da6a3ce929d0e0e4736",
    ],
)
def test_what_is_no_phone_stands(text: str) -> None:
    assert not is_phone(text)
    assert redacted(text) == text
