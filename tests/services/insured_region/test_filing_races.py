"""Two desks file for one member at the same time, at two processes of one node."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.db.memory import MemoryStore
from adapters.wire.envelopes import encode_envelope
from clearing.errors import Conflict
from clearing.filing import FilingRecord
from services.insured_region import commands as desk
from services.node.command import Failed, Request, RequestMeta
from services.node.machine import NodeMachine
from services.simulator.plans import answers
from tests.network_pump import CountingIds
from tests.services.care_region.counter import CARE, HOME, NOON, Counter


def test_the_second_starts_anew_and_sees_the_first() -> None:
    counter = Counter()
    counter.member("E1")
    world = counter.pump.world
    plan, disk = world.plans[HOME], world.disks[HOME]
    one, other = (
        NodeMachine(
            HOME,
            plan.role,
            MemoryStore(disk),
            world.clock,
            CountingIds(),
            answers(),
            encode_envelope,
            replaying=True,
        )
        for _ in range(2)
    )
    filing = desk.FileRemoteCare("E1", "long_term_resident", CARE.region, date(2023, 5, 1))
    first = Request(filing, RequestMeta("desk", "f1", NOON))
    second = Request(filing, RequestMeta("desk", "f2", NOON))
    under_way = other.open([second])
    one.run([first])
    with pytest.raises(Conflict):
        under_way.commit()
    (result,) = other.run([second]).results
    assert isinstance(result, Failed)
    assert result.error.code == "filing_exists"
    assert len(counter.pump.rows(HOME, FilingRecord)) == 1
    counter.pump.close()
