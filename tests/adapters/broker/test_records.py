"""A record's key as nodes know it, whatever bytes it is on the broker."""

from __future__ import annotations

import pytest

from adapters.broker.records import MAX_KEY, key_of


def test_a_members_key_is_its_text() -> None:
    assert key_of("M1-上海".encode()) == "M1-上海"
    assert key_of(b"") == ""


@pytest.mark.parametrize("key", [b"\xff\xfe", b"M\0", b"x" * (MAX_KEY + 1)])
def test_a_key_that_no_database_takes_is_known_by_its_hash(key: bytes) -> None:
    found = key_of(key)
    assert found.startswith("sha256:")
    assert len(found) <= MAX_KEY
    assert found != key_of(key + b"\0")
