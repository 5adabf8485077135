"""Each kind of bad request gets its status, a stable reason and the field at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from clearing.calendar import instant_at
from protos.care.v1 import care_pb2 as care_v1
from protos.common.v1 import common_pb2 as common
from protos.insured.v1 import insured_pb2 as insured_v1
from tests.scenarios.serving import HOSPITAL, Refusal, Served, header_of, refusal, serving, stamp

DAY = date(2023, 6, 1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("network")) as network:
        network.designate("310000", common.HOSPITAL_LEVEL_TERTIARY)
        span = insured_v1.EnrolmentSpan(
            scheme=common.SCHEME_EMPLOYEE, category="active", benefit_from="2023-01-01",
            benefit_until="2023-12-31", enrolled_on="2022-11-01",
        )  # fmt: skip
        member = insured_v1.Member(
            member_id="M1", insured_region="990100", birth_date="1980-05-01", spans=[span]
        )
        network.register(member, DAY)
        yield network


def _open(**changes: Any) -> Any:
    given: dict[str, Any] = {
        "header": header_of("310000", "bad", DAY),
        "insured_region": "990100",
        "member_id": "M1",
        "care_type": common.CARE_TYPE_OUTPATIENT,
        "admitted_on": "2023-06-01",
    }
    return care_v1.OpenVisitRequest(**{**given, **changes})


def _header(**changes: Any) -> common.RequestHeader:
    header = header_of("310000", "bad", DAY)
    for name, value in changes.items():
        if name == "seconds":
            header.business_time.seconds = value
        else:
            setattr(header, name, value)
    return header


MALFORMED = [
    (_open(header=None), "field_missing", "header.institution_id"),
    (_open(header=_header(request_id="")), "request_id", "header.request_id"),
    (_open(header=_header(request_id="a b")), "request_id", "header.request_id"),
    (_open(header=_header(request_id="x" * 65)), "request_id", "header.request_id"),
    (_open(header=_header(institution_id="")), "field_missing", "header.institution_id"),
    (
        _open(header=_header(institution_id="H" * 65)),
        "institution_id_long",
        "header.institution_id",
    ),
    (_open(header=_header(institution_id="H\0")), "text_with_nul", "header.institution_id"),
    (_open(member_id="M\0"), "text_with_nul", "member_id"),
    (_open(header=_header(region="")), "field_missing", "header.region"),
    (_open(header=_header(region="31")), "region_code", "header.region"),
    (_open(header=_header(seconds=2**50)), "field_unreadable", "header.business_time"),
    (_open(member_id=""), "field_missing", "member_id"),
    (_open(insured_region="上海"), "region_code", "insured_region"),
    (_open(care_type=0), "field_missing", "care_type"),
    (_open(care_type=77), "field_unreadable", "care_type"),
    (_open(admitted_on="2023-02-29"), "field_unreadable", "admitted_on"),
    (_open(admitted_on="1.6.2023"), "field_unreadable", "admitted_on"),
]


@pytest.mark.parametrize(
    ("request_", "reason", "field"), MALFORMED, ids=lambda case: str(case)[:40]
)
def test_what_cannot_be_read_is_invalid_and_names_the_field(
    served: Served, request_: Any, reason: str, field: str
) -> None:
    refused = refusal(served.care.OpenVisit, request_)
    assert (refused.status, refused.reason, refused.field) == ("INVALID_ARGUMENT", reason, field)
    assert refused.message_zh


def test_a_malformed_request_may_be_mended_under_its_id(served: Served) -> None:
    header = header_of("310000", "mended", DAY)
    assert refusal(served.care.OpenVisit, _open(header=header, member_id="")).reason
    assert served.care.OpenVisit(_open(header=header)).visit_id


def test_an_id_used_for_other_content_exists_already(served: Served) -> None:
    header = header_of("310000", "twice", DAY)
    first = served.care.OpenVisit(_open(header=header))
    later = header_of("310000", "twice", instant_at(DAY, 20))
    assert served.care.OpenVisit(_open(header=later)) == first
    refused = refusal(served.care.OpenVisit, _open(header=header, member_id="M2"))
    assert (refused.status, refused.reason) == ("ALREADY_EXISTS", "request_id_reused")
    assert refused.field == "header.request_id"


def _of(name: str) -> Callable[[Served], Any]:
    return lambda served: getattr(served.care, name)


REFUSED = [
    (
        _of("OpenVisit"),
        _open(header=header_of("310000", "bad", DAY, "H-none")),
        Refusal("NOT_FOUND", "institution_unknown", "header.institution_id"),
    ),
    (
        _of("OpenVisit"),
        _open(admitted_on="2023-06-02"),
        Refusal("FAILED_PRECONDITION", "date_in_future", "admitted_on"),
    ),
    (
        _of("OpenVisit"),
        _open(header=header_of("999999", "bad", DAY)),
        Refusal("UNAVAILABLE", "node_not_here", "header.region"),
    ),
    (
        _of("Settle"),
        care_v1.SettleRequest(header=header_of("310000", "bad2", DAY), visit_id="vst-none"),
        Refusal("NOT_FOUND", "visit_unknown", "visit_id"),
    ),
    (
        _of("GetOutcome"),
        care_v1.GetOutcomeRequest(
            care_region="310000", institution_id=HOSPITAL, request_id="never"
        ),
        Refusal("NOT_FOUND", "request_unknown", "request_id"),
    ),
    (
        _of("GetVisits"),
        care_v1.GetVisitsRequest(care_region="310000", visit_ids=["v"] * 501),
        Refusal("INVALID_ARGUMENT", "too_many", "visit_ids"),
    ),
    (
        _of("LookUpMember"),
        care_v1.LookUpMemberRequest(
            care_region="310000", insured_region="990100", member_id="nobody"
        ),
        Refusal("NOT_FOUND", "member_unknown", "member_id"),
    ),
    (
        _of("LookUpMember"),
        care_v1.LookUpMemberRequest(
            care_region="310000", insured_region="654321", member_id="M1"
        ),
        Refusal("UNAVAILABLE", "node_not_here", "insured_region"),
    ),
    (
        _of("LookUpMember"),
        care_v1.LookUpMemberRequest(care_region="310000", insured_region="65", member_id="M1"),
        Refusal("INVALID_ARGUMENT", "region_code", "insured_region"),
    ),
    (
        lambda served: served.insured.DecideManualCase,
        insured_v1.DecideManualCaseRequest(
            header=header_of("990100", "bad", DAY, "desk"),
            case_id="none", decided_by="x", reason="y",
        ),
        Refusal("NOT_FOUND", "case_unknown", "case_id"),
    ),
    (
        lambda served: served.insured.FileRemoteCare,
        insured_v1.FileRemoteCareRequest(
            header=header_of("990100", "bad3", DAY, "desk"), member_id="M1",
            category="holiday", destination_region="310000", approved_on="2023-05-01",
        ),
        Refusal("INVALID_ARGUMENT", "filing_category", "category"),
    ),
    (
        lambda served: served.insured.RegisterMembers,
        insured_v1.RegisterMembersRequest(
            header=header_of("990100", "bad4", DAY, "desk"),
            members=[
                insured_v1.Member(member_id="X", insured_region="970100", birth_date="1980-01-01")
            ],
        ),
        Refusal("FAILED_PRECONDITION", "region_mismatch", "members[0].insured_region"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("method", "request_", "expected"), REFUSED)
def test_what_is_not_so_is_refused_by_name(
    served: Served, method: Callable[[Served], Any], request_: Any, expected: Refusal
) -> None:
    refused = refusal(method(served), request_)
    assert (refused.status, refused.reason, refused.field) == (
        expected.status,
        expected.reason,
        expected.field,
    )
    assert refused.message_zh


def test_a_visit_that_moved_on_is_aborted(served: Served) -> None:
    opened = served.care.OpenVisit(_open(header=header_of("310000", "moved", DAY)))
    settle = care_v1.SettleRequest(
        header=header_of("310000", "moved-s", DAY), visit_id=opened.visit_id
    )
    refused = refusal(served.care.Settle, settle)
    assert (refused.status, refused.reason) == ("ABORTED", "visit_without_lines")


def test_a_network_that_does_not_replay_keeps_business_time(tmp_path: Any) -> None:
    with serving(tmp_path, replaying=False) as network:
        known = care_v1.Institution(
            institution_id=HOSPITAL, name="x", level=common.HOSPITAL_LEVEL_TERTIARY
        )
        header = header_of("310000", "i1", DAY)
        request = care_v1.RegisterInstitutionsRequest(header=header, institutions=[known])
        refused = refusal(network.care.RegisterInstitutions, request)
        assert (refused.status, refused.reason) == ("INVALID_ARGUMENT", "business_time_far")
        assert refused.field == "header.business_time"
        request.header.ClearField("business_time")
        assert network.care.RegisterInstitutions(request).registered == 1
        assert stamp(DAY) != request.header.business_time
