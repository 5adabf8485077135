"""What a handler sees of time."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.db.store import SqlStore
from clearing.calendar import Instant
from services.node.context import Context
from services.node.records import SPECS
from tests.network_pump import CountingIds
from tests.services.node.plain_node import HERE


@pytest.mark.parametrize(
    ("now", "unhurried", "past"),
    [(1_000, False, False), (1_001, False, True), (10**12, True, False)],
)
def test_a_deadline_passes_after_its_last_instant_and_never_in_a_replay(
    now: int, unhurried: bool, past: bool
) -> None:
    store = SqlStore(":memory:", SPECS)

    def no_answer(_: Any) -> tuple[str, bytes]:
        raise AssertionError

    context = Context(
        address=HERE,
        uow=store.begin(),
        ids=CountingIds(),
        now=Instant(now),
        logged_at=Instant(now),
        business_time=Instant(0),
        encode_answer=no_answer,
        unhurried=unhurried,
    )
    assert context.past(Instant(1_000)) is past
    store.close()
