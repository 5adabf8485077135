"""What is written is read again; what differs, or cannot be read, is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import make_dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.wire.codec import MessageCodec
from clearing.benefits.claim import CareType, Fund, Scheme
from clearing.calendar import Instant
from clearing.errors import Malformed
from clearing.messages import CostSplit
from protos.care.v1 import care_pb2
from protos.common.v1 import common_pb2
from protos.insured.v1 import insured_pb2
from services.care_region import commands as care_commands
from services.care_region.service import ENDPOINTS as CARE
from services.insured_region import commands as insured_commands
from services.insured_region.service import ENDPOINTS as INSURED
from services.network.network import CARE_SERVICE, INSURED_SERVICE
from tests.adapters.wire.values import values

METHODS = [
    (endpoints[method.name], method)
    for endpoints, service in ((CARE, CARE_SERVICE), (INSURED, INSURED_SERVICE))
    for method in service.methods
]
KINDS: dict[type, Any] = {}
for _endpoint, _method in METHODS:
    KINDS[_endpoint.command] = _method.input_type
    KINDS[_endpoint.answer] = _method.output_type


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_command_and_answer_round_trips(kind: type) -> None:
    descriptor = KINDS[kind]
    ignored = ("header",) if "header" in descriptor.fields_by_name else ()
    codec: MessageCodec[Any] = MessageCodec(kind, descriptor._concrete_class, ignored)

    @settings(max_examples=12, deadline=None)
    @given(values(kind, descriptor))
    def round_trip(value: Any) -> None:
        data = codec.to_bytes(value)
        assert codec.from_bytes(data) == value
        assert codec.to_bytes(codec.from_bytes(data)) == data

    round_trip()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_compiled_does_what_the_fields_do_one_by_one(kind: type) -> None:
    descriptor = KINDS[kind]
    ignored = ("header",) if "header" in descriptor.fields_by_name else ()
    codec: MessageCodec[Any] = MessageCodec(kind, descriptor._concrete_class, ignored)

    names = [field.name for field in codec.fields]

    @settings(max_examples=12, deadline=None)
    @given(values(kind, descriptor), st.sets(st.sampled_from(["", *names])))
    def the_same(value: Any, emptied: set[str]) -> None:
        written = codec.message_type()
        for field in codec.fields:
            field.write(written, getattr(value, field.name))
        encoded = codec.encode(value)
        assert encoded == written
        for name in emptied - {""}:  # then the first that must be given is named
            encoded.ClearField(name)
        assert _said_of(lambda: codec.decode(encoded, "in.")) == _said_of(
            lambda: kind(*[field.read(encoded, "in.") for field in codec.fields])
        )

    the_same()


def _said_of(decode: Callable[[], Any]) -> Any:
    try:
        return decode()
    except Malformed as error:
        return error.code, error.field, str(error)


@pytest.mark.parametrize(
    ("name", "hint", "message"),
    [
        ("registered", str, care_pb2.RegisterInstitutionsResponse),
        ("registered", bool, care_pb2.RegisterInstitutionsResponse),
        ("registered", date, care_pb2.RegisterInstitutionsResponse),
        ("registered", tuple[int, ...], care_pb2.RegisterInstitutionsResponse),
        ("registered", CareType, care_pb2.RegisterInstitutionsResponse),
        ("registered", CostSplit, care_pb2.RegisterInstitutionsResponse),
        ("registered", float, care_pb2.RegisterInstitutionsResponse),
        ("totals", str, care_pb2.CareDayTotalsResponse),
        ("totals", CostSplit, care_pb2.CareDayTotalsResponse),
        ("totals", Mapping[Fund, int], care_pb2.CareDayTotalsResponse),
        ("bundles", Mapping[str, int], insured_pb2.ListBundlesResponse),
        ("institutions", tuple[str, ...], None),
    ],
)
def test_types_that_cannot_carry_each_other_are_refused(name: str, hint: Any, message: Any) -> None:
    ignored: tuple[str, ...] = ()
    if message is None:
        message, ignored = care_pb2.RegisterInstitutionsRequest, ("header",)
    like = make_dataclass("Like", [(name, hint)])
    with pytest.raises(TypeError, match=r"does not travel|differ"):
        MessageCodec(like, message, ignored)


def test_fields_of_other_names_are_refused() -> None:
    like = make_dataclass("Like", [("visit_id", str), ("status", str)])
    with pytest.raises(TypeError, match=r"\['state', 'status'\]"):
        MessageCodec(like, care_pb2.VisitResponse)


def test_enums_of_other_values_are_refused() -> None:
    like = make_dataclass("Like", [("institution_id", str), ("name", str), ("level", Scheme)])
    with pytest.raises(TypeError, match="Scheme and"):
        MessageCodec(like, care_pb2.Institution)


OPEN = MessageCodec(care_commands.OpenVisit, care_pb2.OpenVisitRequest, ("header",))


def _opening(**changes: Any) -> Any:
    given: dict[str, Any] = {
        "insured_region": "330213",
        "member_id": "M1",
        "care_type": common_pb2.CARE_TYPE_INPATIENT,
        "admitted_on": "2020-06-01",
    }
    return care_pb2.OpenVisitRequest(**{**given, **changes})


@pytest.mark.parametrize("name", ["insured_region", "member_id", "care_type", "admitted_on"])
def test_a_field_that_must_be_given_is_named(name: str) -> None:
    message = _opening()
    message.ClearField(name)
    with pytest.raises(Malformed) as caught:
        OPEN.decode(message)
    assert (caught.value.code, caught.value.field) == ("field_missing", name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("admitted_on", "2020-6-1"),
        ("admitted_on", "2020-02-30"),
        ("admitted_on", "20200601"),
        ("admitted_on", "2020-W01-1"),
        ("admitted_on", "2020-06-01T00:00"),
        ("admitted_on", "今天"),
        ("care_type", 99),
    ],
)
def test_a_field_that_cannot_be_read_is_named(name: str, value: Any) -> None:
    with pytest.raises(Malformed) as caught:
        OPEN.decode(_opening(**{name: value}))
    assert (caught.value.code, caught.value.field) == ("field_unreadable", name)


def test_a_nested_field_is_named_with_its_path() -> None:
    codec = MessageCodec(care_commands.UploadFeeLines, care_pb2.UploadFeeLinesRequest, ("header",))
    lines = [care_pb2.FeeLine(line_no=1, item_code="X"), care_pb2.FeeLine(line_no=2)]
    with pytest.raises(Malformed) as caught:
        codec.decode(care_pb2.UploadFeeLinesRequest(visit_id="v", lines=lines))
    assert caught.value.field == "lines[1].item_code"


DECIDE = MessageCodec(
    insured_commands.DecideManualCase, insured_pb2.DecideManualCaseRequest, ("header",)
)


@pytest.mark.parametrize(
    ("funds", "code"), [([1, 1], "fund_repeated"), ([0], "field_unreadable"), ([1, 99], None)]
)
def test_funds_are_named_once_each(funds: list[int], code: str | None) -> None:
    amounts = [common_pb2.FundAmount(fund=fund, amount_fen=5) for fund in funds]  # type: ignore[arg-type]  # unknown numbers too
    message = insured_pb2.DecideManualCaseRequest(
        case_id="c", by_fund=amounts, decided_by="x", reason="y"
    )
    with pytest.raises(Malformed) as caught:
        DECIDE.decode(message)
    assert caught.value.code == (code or "field_unreadable")
    assert caught.value.field == f"by_fund[{len(funds) - 1}].fund"


@pytest.mark.parametrize("stamp", [(2**40, 0), (-(2**40), 0), (0, -1), (0, 10**9)])
def test_an_instant_outside_the_calendar_is_malformed(stamp: tuple[int, int]) -> None:
    quote = MessageCodec(care_commands.Quote, care_pb2.QuoteRequest)
    message = care_pb2.QuoteRequest(care_region="310000", institution_id="H", visit_id="v")
    message.business_time.seconds, message.business_time.nanos = stamp
    with pytest.raises(Malformed) as caught:
        quote.decode(message)
    assert caught.value.field == "business_time"


def test_an_instant_keeps_whole_milliseconds_before_the_epoch_too() -> None:
    quote = MessageCodec(care_commands.Quote, care_pb2.QuoteRequest)
    value = care_commands.Quote("310000", "H", "v", Instant(-1))
    assert quote.encode(value).business_time.nanos == 999_000_000
    assert quote.from_bytes(quote.to_bytes(value)) == value


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\x09short", b"\x0a\x02\xff\xfe"])
def test_bytes_that_are_no_message_are_malformed(data: bytes) -> None:
    codec: MessageCodec[Any] = MessageCodec(care_commands.GetVisits, care_pb2.GetVisitsRequest)
    with pytest.raises(Malformed) as caught:
        codec.from_bytes(data)
    assert caught.value.code == "record_unreadable"


@pytest.mark.parametrize(
    ("message", "value_type", "field"),
    [
        (care_pb2.GetVisitsRequest(care_region="3\0"), care_commands.GetVisits, "care_region"),
        (
            care_pb2.GetVisitsRequest(care_region="3", visit_ids=["v", "v\0"]),
            care_commands.GetVisits,
            "visit_ids[1]",
        ),
        (
            insured_pb2.DecideManualCaseRequest(case_id="c", additions={"a\0": 1}),
            insured_commands.DecideManualCase,
            "additions",
        ),
    ],
)
def test_a_text_that_no_database_takes_is_malformed(
    message: Any, value_type: type, field: str
) -> None:
    ignored = ("header",) if "header" in message.DESCRIPTOR.fields_by_name else ()
    codec: MessageCodec[Any] = MessageCodec(value_type, type(message), ignored)
    with pytest.raises(Malformed) as caught:
        codec.decode(message)
    assert (caught.value.code, caught.value.field) == ("text_with_nul", field)
