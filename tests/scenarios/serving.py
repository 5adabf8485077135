"""A whole network on a folder, served on a thread of its own, and stubs to talk to it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from clearing.calendar import Instant, instant_at
from protos.care.v1 import care_pb2 as care_v1
from protos.care.v1 import care_pb2_grpc
from protos.common.v1 import common_pb2 as common
from protos.house.v1 import house_pb2_grpc
from protos.insured.v1 import insured_pb2 as insured_v1
from protos.insured.v1 import insured_pb2_grpc
from services.network.network import Addresses, Network
from services.network.settings import NetworkSettings
from services.simulator.plans import books

HOSPITAL = "H31000000001"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a caller is told: the status, ErrorInfo's reason, the field of BadRequest."""

    status: str
    reason: str
    field: str = ""
    message_zh: str = ""


class Served:
    """A network that serves, and what a hospital and an agency ask of it."""

    def __init__(self, network: Network, addresses: Addresses) -> None:
        self.network, self.addresses = network, addresses
        self._channels = [
            grpc.insecure_channel(at) for at in (addresses.care, addresses.insured, addresses.house)
        ]
        self.care = care_pb2_grpc.CareRegionServiceStub(self._channels[0])
        self.insured = insured_pb2_grpc.InsuredRegionServiceStub(self._channels[1])
        self.house = house_pb2_grpc.ClearingHouseServiceStub(self._channels[2])

    def close(self) -> None:
        for channel in self._channels:
            channel.close()

    def register(self, member: insured_v1.Member, on: date) -> None:
        header = header_of(member.insured_region, f"member-{member.member_id}", on, "desk")
        request = insured_v1.RegisterMembersRequest(header=header, members=[member])
        self.insured.RegisterMembers(request)

    def designate(
        self, region: str, level: common.HospitalLevel, institution: str = HOSPITAL
    ) -> None:
        known = care_v1.Institution(institution_id=institution, name="医院", level=level)
        header = header_of(region, f"inst-{institution}", date(2024, 1, 1), institution)
        self.care.RegisterInstitutions(
            care_v1.RegisterInstitutionsRequest(header=header, institutions=[known])
        )

    def visit(
        self,
        key: str,
        care_region: str,
        insured_region: str,
        member_id: str,
        days: tuple[date, date],
        lines: dict[str, int],
        *,
        institution: str = HOSPITAL,
        **facts: Any,
    ) -> str:
        """Open a visit, upload its lines (item → 分) and close it; return its id."""

        def header(step: str) -> common.RequestHeader:
            return header_of(care_region, f"{key}-{step}", days[1], institution)

        inpatient = days[0] != days[1]
        facts.setdefault(
            "care_type", common.CARE_TYPE_INPATIENT if inpatient else common.CARE_TYPE_OUTPATIENT
        )
        visit = self.care.OpenVisit(
            care_v1.OpenVisitRequest(
                header=header("open"),
                insured_region=insured_region,
                member_id=member_id,
                admitted_on=days[0].isoformat(),
                **facts,
            )
        )
        self.care.UploadFeeLines(
            care_v1.UploadFeeLinesRequest(
                header=header("lines"),
                visit_id=visit.visit_id,
                lines=[
                    care_v1.FeeLine(
                        line_no=number,
                        item_code=code,
                        quantity_e4=10_000,
                        unit_price_e6=fen * 10_000,
                        amount_fen=fen,
                    )
                    for number, (code, fen) in enumerate(lines.items(), start=1)
                ],
            )
        )
        if inpatient:
            self.care.CloseVisit(
                care_v1.CloseVisitRequest(
                    header=header("close"),
                    visit_id=visit.visit_id,
                    discharged_on=days[1].isoformat(),
                )
            )
        return str(visit.visit_id)

    def settle(
        self,
        key: str,
        care_region: str,
        visit_id: str,
        on: date,
        *,
        institution: str = HOSPITAL,
        **account: Any,
    ) -> care_v1.SettlementResponse:
        request = care_v1.SettleRequest(
            header=header_of(care_region, key, on, institution), visit_id=visit_id, **account
        )
        answer: care_v1.SettlementResponse = self.care.Settle(request)
        return answer


def header_of(
    region: str, request_id: str, on: date | Instant, institution: str = HOSPITAL
) -> common.RequestHeader:
    return common.RequestHeader(
        request_id=request_id,
        institution_id=institution,
        region=region,
        business_time=stamp(on),
    )


def stamp(on: date | Instant) -> Timestamp:
    moment = Timestamp()
    moment.FromMilliseconds(instant_at(on) if isinstance(on, date) else on)
    return moment


@contextmanager
def serving(data: Path, *, own_rules: bool = False, **settings: Any) -> Iterator[Served]:
    """Serve a network on a folder inside the block; stop it as an operator would.

    The packaged rules never change, so networks share them unless they read their own.
    """
    given = {"replaying": True, "care_port": 0, "insured_port": 0, "house_port": 0, **settings}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="serving")
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    async def make() -> tuple[Network, Addresses]:
        with pytest.MonkeyPatch.context() as patched:
            if not own_rules:
                patched.setattr("services.network.roles.RuleBooks", lambda _: books())
            network = Network(NetworkSettings(data, **given))
            return network, await network.start()

    try:
        network, addresses = run(make())
        served = Served(network, addresses)
        try:
            yield served
        finally:
            served.close()
            run(network.stop())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def refusal(call: Callable[[Any], Any], request: Any) -> Refusal:
    """Return how a call is refused; fail where it is not."""
    with pytest.raises(grpc.RpcError) as caught:
        call(request)
    status = rpc_status.from_call(caught.value)
    assert status is not None, caught.value
    info, bad, words = (
        error_details_pb2.ErrorInfo(),
        error_details_pb2.BadRequest(),
        error_details_pb2.LocalizedMessage(),
    )
    for detail in status.details:
        for kind in (info, bad, words):
            detail.Unpack(kind)
    assert (info.domain, words.locale) == ("yidi", "zh-CN")
    assert info.metadata["message_zh"] == words.message
    field = bad.field_violations[0].field if bad.field_violations else ""
    return Refusal(caught.value.code().name, info.reason, field, words.message)


def eventually(check: Callable[[], bool], within_s: float = 10.0) -> None:
    """Wait until something is so; what one node told another needs a moment to arrive."""
    end = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
