"""One settlement's trace, from the hospital's call to the clearing house's books and back."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import grpc
import pytest

from adapters.wire.envelopes import decode_envelope
from clearing.messages import Envelope, SettleRequested
from clearing.ports import TopicPartition
from protos.care.v1 import care_pb2 as care_v1
from protos.common.v1 import common_pb2 as common
from protos.insured.v1 import insured_pb2 as insured_v1
from services.node import topics
from tests.scenarios.serving import Served, eventually, header_of, serving

DAY = date(2023, 6, 1)
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACE_PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
FRESH = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("network")) as network:
        network.designate("310000", common.HOSPITAL_LEVEL_TERTIARY)
        network.register(_member("990100", "TR-1"), DAY)
        holder = _member("970100", "TR-2")
        holder.account_id, holder.account_balance_fen = "TR-A", 50_000
        holder.account_shared_with.append("TR-1")
        network.register(holder, DAY)
        yield network


def _member(region: str, member_id: str) -> insured_v1.Member:
    span = insured_v1.EnrolmentSpan(
        scheme=common.SCHEME_EMPLOYEE, category="active", benefit_from="2023-01-01",
        benefit_until="2023-12-31", enrolled_on="2022-11-01",
    )  # fmt: skip
    return insured_v1.Member(
        member_id=member_id, insured_region=region, birth_date="1980-05-01", spans=[span]
    )


def _records(served: Served) -> list[bytes]:
    """Return everything on the log: of each topic that a node of the network reads."""
    log = served.network._log
    names = {name for node in served.network.nodes for name in topics.read_by(node)}
    places: dict[TopicPartition, int] = {
        place: 0 for name in sorted(names) for place in log.partitions(name)
    }
    return [record.value for record in log.poll(places, 100_000)]


def _messages(served: Served) -> list[Envelope]:
    return [decode_envelope(value) for value in _records(served)]


def _settle(served: Served, key: str, trace_parent: str | None) -> tuple[Any, dict[str, Any]]:
    visit_id = served.visit(key, "310000", "990100", "TR-1", (DAY, DAY), {"X0001": 100_000})
    request = care_v1.SettleRequest(
        header=header_of("310000", f"{key}-settle", DAY), visit_id=visit_id, use_account=True,
        account_id="TR-A", account_region="970100",
    )  # fmt: skip
    metadata = () if trace_parent is None else (("traceparent", trace_parent),)
    answer, call = served.care.Settle.with_call(request, metadata=metadata)
    return answer, dict(call.trailing_metadata())


def test_every_hop_of_a_settlement_is_in_its_trace(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "services.node")
    answer, trailing = _settle(served, "hops", TRACE_PARENT)
    assert trailing["traceparent"] == TRACE_PARENT
    assert answer.payment.account_fen == 50_000

    def of_it() -> list[Envelope]:
        return [each for each in _messages(served) if each.trace_parent == TRACE_PARENT]

    def told() -> set[tuple[str, str]]:
        """Return which node took which kind of message, by the log's records of this trace."""
        found = set()
        for record in caplog.records:
            if getattr(record, "trace_parent", "") == TRACE_PARENT:
                node, kind = record.args[:2]  # type: ignore[index,misc] # of our own records
                found.add((str(node), str(kind)))
        return found

    # Settlement and debit, each reported by both sides.
    eventually(lambda: ("house/000000", "LineReported") in told())
    eventually(lambda: sum(each.receiver.region == "000000" for each in of_it()) == 4)
    hops = {(str(each.sender), str(each.receiver), type(each.body).__name__) for each in of_it()}
    assert hops == {
        ("care/310000", "insured/990100", "SettleRequested"),
        ("care/310000", "insured/990100", "FeeLinesDetailed"),
        ("insured/990100", "care/310000", "SettlementDecided"),
        ("care/310000", "insured/970100", "DebitRequested"),
        ("insured/970100", "care/310000", "DebitDecided"),
        ("care/310000", "house/000000", "LineReported"),
        ("insured/990100", "house/000000", "LineReported"),
        ("insured/970100", "house/000000", "LineReported"),
    }
    assert told() == {("care/310000", "Settle")} | {(to, kind) for _, to, kind in hops}


def test_a_call_without_a_trace_is_given_one_and_told(served: Served) -> None:
    brought = (None, "", "00-zz", f"00-{'0' * 32}-00f067aa0ba902b7-01")
    for number, given in enumerate(brought):
        _, trailing = _settle(served, f"fresh-{number}", given)
        assert FRESH.fullmatch(trailing["traceparent"])
        (asked,) = [
            each
            for each in _messages(served)
            if each.trace_parent == trailing["traceparent"]
            and isinstance(each.body, SettleRequested)
        ]
        assert asked.sender.region == "310000"


def test_a_refusal_tells_its_trace_beside_its_details(served: Served) -> None:
    request = care_v1.SettleRequest(header=header_of("310000", "none", DAY), visit_id="none")
    with pytest.raises(grpc.RpcError) as caught:
        served.care.Settle(request, metadata=(("traceparent", TRACE_PARENT),))
    metadata: Any = caught.value.trailing_metadata()
    trailing = dict(metadata)
    assert trailing["traceparent"] == TRACE_PARENT
    assert b"visit_unknown" in trailing["grpc-status-details-bin"]


def test_a_repeat_belongs_to_the_trace_of_its_own_call(served: Served) -> None:
    first, _ = _settle(served, "again", TRACE_PARENT)
    other = TRACE_PARENT.replace("4bf9", "5bf9")
    again, trailing = _settle(served, "again", other)
    assert trailing["traceparent"] == other
    assert again == first
