"""An insured region that nobody runs: its callers are told so, and nobody else waits for it."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from protos.care.v1 import care_pb2 as care_v1
from protos.common.v1 import common_pb2 as common
from tests.scenarios.serving import Served, header_of, refusal, serving

CARE, DEAD, LIVING = "310000", "970100", "990100"
DAY = date(2023, 6, 1)
ANSWERED_WITHIN_S = 5.0
MOST = 2


def _visit(served: Served, key: str, insured_region: str) -> str:
    return served.visit(key, CARE, insured_region, f"member-{key}", (DAY, DAY), {"F0001": 1_000})


def test_a_dead_region_holds_so_many_and_stalls_nobody_else(tmp_path: Path) -> None:
    with serving(
        tmp_path,
        hosted_insured=(LIVING,),
        answer_within_s=ANSWERED_WITHIN_S,
        max_waiting=MOST,
    ) as served:
        served.designate(CARE, common.HOSPITAL_LEVEL_TERTIARY)
        dead = [_visit(served, f"dead-{at}", DEAD) for at in range(MOST + 1)]
        waiting = [
            served.care.Settle.future(
                care_v1.SettleRequest(header=header_of(CARE, f"s-{at}", DAY), visit_id=dead[at])
            )
            for at in range(MOST)
        ]
        living = _visit(served, "living", LIVING)
        began = time.monotonic()
        told = served.settle("living", CARE, living, DAY)
        assert told.state == common.SETTLEMENT_STATE_REFUSED, "nobody knows the member"
        assert not any(each.done() for each in waiting)
        last = care_v1.SettleRequest(header=header_of(CARE, "s-last", DAY), visit_id=dead[MOST])
        refused = refusal(served.care.Settle, last)
        assert (refused.status, refused.reason) == ("UNAVAILABLE", "region_behind")
        assert DEAD in refused.message_zh
        assert time.monotonic() - began < ANSWERED_WITHIN_S, "at once, both of them"
        for each in waiting:
            assert each.result().state == common.SETTLEMENT_STATE_REQUESTED, "unknown, not failed"
        assert refusal(served.care.Settle, last).reason == "region_behind", "and it stays so"
