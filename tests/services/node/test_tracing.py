from __future__ import annotations

import re

import pytest

from services.node.tracing import trace_id_of, trace_parent_of

GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
FRESH = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01")


def test_a_trace_that_is_brought_is_kept() -> None:
    metadata = (("user-agent", "x"), ("traceparent", GIVEN))
    assert trace_parent_of(metadata) == GIVEN
    assert trace_id_of(GIVEN) == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_of_a_later_version_what_is_known_is_kept() -> None:
    later = f"cc{GIVEN[2:]}-what-comes-then"
    assert trace_parent_of((("traceparent", later),)) == GIVEN


@pytest.mark.parametrize(
    "brought",
    [
        "",
        "anything",
        GIVEN.upper(),
        f"{GIVEN}-more",
        f"{GIVEN}x",
        f"ff{GIVEN[2:]}",
        f"cc{GIVEN[2:]}more",
        f"cc{GIVEN[2:]}-{'x' * 200}",
        GIVEN.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        GIVEN.replace("00f067aa0ba902b7", "0" * 16),
        GIVEN.encode(),
    ],
)
def test_what_is_no_trace_is_replaced(brought: str | bytes) -> None:
    fresh = trace_parent_of((("traceparent", brought),))
    assert FRESH.fullmatch(fresh)
    assert trace_id_of(fresh) not in (trace_id_of(GIVEN), "0" * 32)


def test_each_call_gets_a_trace_of_its_own() -> None:
    assert trace_parent_of(None) != trace_parent_of(None)
    assert trace_id_of("") == ""
