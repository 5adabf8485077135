"""A day full of personal values in every field: none comes to the log, nor to what is logged."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest

from adapters.telemetry import log_lines, log_output
from clearing.messages import HOUSE, Address, Role
from clearing.ports import NewRecord, TopicPartition
from protos.care.v1 import care_pb2 as care_v1
from protos.common.v1 import common_pb2 as common
from protos.insured.v1 import insured_pb2 as insured_v1
from protos.log.v1 import messages_pb2
from protos.node.v1 import node_pb2_grpc
from services.node import topics
from services.node.desk_service import desk_endpoints
from tests.scenarios.serving import Served, eventually, header_of, refusal, serving

DAY = date(2023, 6, 1)
NAME, CERTIFICATE, PHONE = "王小明", "11010519491231002X", "13800138000"
PERSONAL = (NAME, CERTIFICATE, PHONE, f"{NAME} {CERTIFICATE} {PHONE}")
CARE, INSURED = Address(Role.CARE, "310000"), Address(Role.INSURED, "990100")


@contextmanager
def _heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Hear all that our loggers say, written in both ways, without the second line of defence."""
    monkeypatch.setattr(log_lines, "redacted", lambda text: text)
    heard = io.StringIO()
    root = logging.getLogger()
    handlers = []
    for formatter in (log_lines.JsonLines({"role": "all"}), log_lines.TextLines()):
        handler = logging.StreamHandler(heard)
        handler.setFormatter(formatter)
        handlers.append(handler)
        root.addHandler(handler)
    levels = {name: logging.getLogger(name).level for name in log_output.HOUSE}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        for handler in handlers:
            root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _texts(descriptor: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every text in a message, into what is repeated as well."""
    for field in descriptor.fields if len(path) < 5 else ():
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            yield from _texts(field.message_type, (*path, field.name))
        elif field.cpp_type == field.CPPTYPE_STRING and field.type == field.TYPE_STRING:
            yield (*path, field.name)


def _put(message: Any, path: tuple[str, ...], value: str) -> None:
    for name in path[:-1]:
        field = message.DESCRIPTOR.fields_by_name[name]
        inner = getattr(message, name)
        message = (inner[0] if len(inner) else inner.add()) if field.is_repeated else inner
    if message.DESCRIPTOR.fields_by_name[path[-1]].is_repeated:
        getattr(message, path[-1]).append(value)
    else:
        setattr(message, path[-1], value)


def _requests(kind: Any, region_field: str, region: str, key: str) -> Iterator[Any]:
    """Yield for each text of a request, and each personal value, a request with that in it."""
    for number, path in enumerate(_texts(kind.DESCRIPTOR)):
        for place, value in enumerate(PERSONAL):
            message = kind()
            if "header" in kind.DESCRIPTOR.fields_by_name:
                message.header.CopyFrom(header_of(region, f"{key}-{number}-{place}", DAY))
            elif region_field in kind.DESCRIPTOR.fields_by_name:
                setattr(message, region_field, region)
            _put(message, path, value)
            yield message


def _try_every_text(served: Served) -> int:
    """Call every method with personal values in every text; return how many calls there were."""
    endpoints, count = served.network._roles.endpoints, 0
    desks = [node_pb2_grpc.NodeDeskServiceStub(channel) for channel in served._channels]
    stubs = (served.care, served.insured, served.house)
    for at, stub, desk in zip((CARE, INSURED, HOUSE), stubs, desks, strict=True):
        bound = [(stub, each) for each in endpoints[at.role]]
        bound += [(desk, each) for each in desk_endpoints(at.role)]
        for served_by, each in bound:
            key = f"{at.role}-{each.name}"
            for message in _requests(each.request_type, f"{at.role}_region", at.region, key):
                count += 1
                code = grpc.StatusCode.OK
                try:
                    getattr(served_by, each.name)(message, timeout=60)
                except grpc.RpcError as error:
                    code = error.code()
                assert code is not grpc.StatusCode.INTERNAL, (key, message)
    return count


def _log_bytes(served: Served) -> bytes:
    log = served.network._log
    names = {name for node in served.network.nodes for name in topics.read_by(node)}
    places: dict[TopicPartition, int] = {
        place: 0 for name in sorted(names) for place in log.partitions(name)
    }
    return b"\n".join(
        record.key.encode() + b" " + record.value for record in log.poll(places, 100_000)
    )


def _settle_one(served: Served, member_id: str, key: str) -> Any:
    visit_id = served.visit(key, CARE.region, INSURED.region, member_id, (DAY, DAY),
                            {"X0001": 100_000})  # fmt: skip
    return served.settle(f"{key}-settle", CARE.region, visit_id, DAY)


def _member(member_id: str) -> insured_v1.Member:
    span = insured_v1.EnrolmentSpan(
        scheme=common.SCHEME_EMPLOYEE, category="active", benefit_from="2023-01-01",
        benefit_until="2023-12-31", enrolled_on="2022-11-01",
    )  # fmt: skip
    return insured_v1.Member(
        member_id=member_id, insured_region=INSURED.region, birth_date="1980-05-01", spans=[span]
    )


def _spoiled() -> Iterator[bytes]:
    """Yield messages of a stranger who does not keep to the rules: none can be carried out."""
    yield f"{NAME} {CERTIFICATE} {PHONE}".encode()
    envelope = messages_pb2.Envelope(
        message_id="stranger", correlation_id=NAME, from_role="care", from_region=CARE.region,
        to_role="insured", to_region=INSURED.region, schema_version=1,
    )  # fmt: skip
    envelope.settle_requested.SetInParent()
    envelope.settle_requested.member_id = CERTIFICATE
    envelope.settle_requested.admitted_on = PHONE  # no date
    yield envelope.SerializeToString()
    envelope.from_role = NAME
    yield envelope.SerializeToString()


@pytest.mark.slow
def test_no_personal_value_reaches_the_log_or_what_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _heard(monkeypatch) as heard, serving(tmp_path) as served:
        served.designate(CARE.region, common.HOSPITAL_LEVEL_TERTIARY)
        served.register(_member("M1"), DAY)
        assert _settle_one(served, "M1", "good").state == common.SETTLEMENT_STATE_SETTLED
        for number, value in enumerate(PERSONAL):  # a hospital that sends what it should not
            visit = care_v1.OpenVisitRequest(
                header=header_of(CARE.region, f"bad-{number}", DAY), insured_region=INSURED.region,
                member_id=value, care_type=common.CARE_TYPE_OUTPATIENT, admitted_on="2023-06-01",
            )  # fmt: skip
            refused = refusal(served.care.OpenVisit, visit)
            assert refused.reason in ("id_form", "certificate_number")
            assert refused.field == "member_id"
            assert value not in str(refused)
        assert _try_every_text(served) > 300
        nobody = _settle_one(served, "nobody", "unknown")
        assert nobody.state == common.SETTLEMENT_STATE_REFUSED
        written = _log_bytes(served)
        assert b"M1" in written  # this is where they would be
        for value in PERSONAL:
            assert value.encode() not in written

        served.network._log.append(
            [NewRecord(topics.inbound(INSURED), f"k{n}", each) for n, each in enumerate(_spoiled())]
        )
        eventually(lambda: heard.getvalue().count(" parks ") == 2 * len(list(_spoiled())))
        assert _settle_one(served, "M1", "after").state == common.SETTLEMENT_STATE_SETTLED
    said = heard.getvalue()
    assert "takes SettleRequested" in said  # at debug all is heard
    for value in PERSONAL:
        found = [line for line in said.splitlines() if value in line]
        assert found == []
