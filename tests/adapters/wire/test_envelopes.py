"""Messages on the log: all of them round-trip, and nothing is half understood."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.calendar import Instant
from clearing.errors import Malformed
from clearing.messages import HOUSE, Address, Body, DebitUndone, Envelope, Role
from protos.log.v1 import messages_pb2
from tests.adapters.wire.values import INSTANTS, TEXT, values

BODIES: tuple[type, ...] = Body.__args__
ADDRESSES = st.builds(Address, st.sampled_from([Role.CARE, Role.INSURED]), TEXT) | st.just(HOUSE)


def test_every_message_of_the_log_has_a_plain_value() -> None:
    (oneof,) = messages_pb2.Envelope.DESCRIPTOR.oneofs
    assert {f.message_type.name for f in oneof.fields} == {body.__name__ for body in BODIES}  # type: ignore[union-attr]  # all are messages


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_message_round_trips(body: type) -> None:
    bodies = values(body, getattr(messages_pb2, body.__name__).DESCRIPTOR)
    envelopes = st.builds(
        Envelope, TEXT, TEXT, ADDRESSES, ADDRESSES, INSTANTS, INSTANTS, bodies, TEXT | st.just("")
    )

    @settings(max_examples=25, deadline=None)
    @given(envelopes)
    def round_trip(envelope: Envelope) -> None:
        assert decode_envelope(encode_envelope(envelope)) == envelope

    round_trip()


def _record() -> Any:
    envelope = Envelope(
        "m1", "c1", HOUSE, HOUSE, Instant(5), Instant(6), DebitUndone("u", "d", "s", 1)
    )
    return messages_pb2.Envelope.FromString(encode_envelope(envelope))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("schema_version", 2, "schema_version"),
        ("schema_version", 0, "schema_version"),
        ("from_role", "clinic", "role_unknown"),
        ("to_role", "", "role_unknown"),
        ("message_id", "", "field_missing"),
    ],
)
def test_an_envelope_that_is_not_known_is_malformed(name: str, value: Any, code: str) -> None:
    record = _record()
    setattr(record, name, value)
    with pytest.raises(Malformed) as caught:
        decode_envelope(record.SerializeToString())
    assert caught.value.code == code


@pytest.mark.parametrize("field", ["message_id", "correlation_id", "trace_parent"])
@pytest.mark.parametrize(("text", "code"), [("m\0", "text_with_nul"), ("m" * 201, "id_too_long")])
def test_an_id_that_no_database_takes_is_malformed(field: str, text: str, code: str) -> None:
    record = _record()
    setattr(record, field, text)
    with pytest.raises(Malformed) as caught:
        decode_envelope(record.SerializeToString())
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_message_without_a_known_body_is_malformed() -> None:
    record = _record()
    record.ClearField("debit_undone")
    with pytest.raises(Malformed) as caught:
        decode_envelope(record.SerializeToString())
    assert caught.value.code == "body_unknown"


def test_a_time_outside_the_calendar_is_malformed() -> None:
    record = _record()
    record.business_time.seconds = 2**50
    with pytest.raises(Malformed) as caught:
        decode_envelope(record.SerializeToString())
    assert caught.value.field == "business_time"


def test_a_field_at_fault_is_named_with_its_message() -> None:
    record = _record()
    record.debit_undone.ClearField("debit_id")
    with pytest.raises(Malformed) as caught:
        decode_envelope(record.SerializeToString())
    assert caught.value.field == "debit_undone.debit_id"


def test_a_field_of_a_later_version_is_passed_over() -> None:
    data = _record().SerializeToString()
    assert decode_envelope(data + b"\xba\x3e\x03abc") == decode_envelope(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_malformed(data: bytes) -> None:
    for text in (data, b"\x0a\x01m" + data, _record().SerializeToString() + data):
        with contextlib.suppress(Malformed):  # any other error would end the reader
            assert decode_envelope(text).message_id


def test_an_empty_record_is_said_to_be_empty() -> None:
    with pytest.raises(Malformed) as caught:
        decode_envelope(b"")
    assert caught.value.code == "record_empty"
