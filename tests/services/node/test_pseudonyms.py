from __future__ import annotations

from typing import Any

import pytest

from clearing.errors import Malformed
from protos.care.v1 import care_pb2 as care_v1
from protos.common.v1 import common_pb2 as common
from protos.insured.v1 import insured_pb2 as insured_v1
from services.node.pseudonyms import Pseudonyms

CERTIFICATE = "11010519491231002X"


def _refused(message: Any) -> tuple[str, str] | None:
    try:
        Pseudonyms(message.DESCRIPTOR).require(message)
    except Malformed as error:
        return error.code, str(error.field)
    return None


def _members(**facts: Any) -> insured_v1.RegisterMembersRequest:
    return insured_v1.RegisterMembersRequest(
        members=[insured_v1.Member(member_id="M1"), insured_v1.Member(**facts)]
    )


@pytest.mark.parametrize("text", ["王小明", "Wang Xiaoming", "13800138000", "+86 13800138000"])
def test_names_and_phones_are_no_ids_of_anybody(text: str) -> None:
    assert _refused(care_v1.OpenVisitRequest(member_id=text)) == ("id_form", "member_id")
    assert _refused(_members(member_id=text)) == ("id_form", "members.member_id")
    shared = _members(account_shared_with=["M1", text])
    assert _refused(shared) == ("id_form", "members.account_shared_with")


@pytest.mark.parametrize("text", [CERTIFICATE, f"member {CERTIFICATE}."])
def test_a_certificate_number_is_refused_wherever_it_stands(text: str) -> None:
    visit = care_v1.OpenVisitRequest(member_id="M1", diagnosis_code=text)
    assert _refused(visit) == ("certificate_number", "diagnosis_code")
    header = common.RequestHeader(request_id=CERTIFICATE)
    found = _refused(care_v1.SettleRequest(header=header))
    assert found == ("certificate_number", "header.request_id")


@pytest.mark.parametrize(
    "facts",
    [
        {"member_id": "demo-330213-00003", "account_id": "A-13800138000"},
        {"member_id": "110105194912310021"},  # the check digit is X
        {"member_id": ""},  # what is missing is said by whoever reads it
        {"member_id": "31000012345678901234567890123"},
    ],
)
def test_member_numbers_pass(facts: dict[str, str]) -> None:
    assert _refused(_members(**facts)) is None


def test_an_institution_may_have_eleven_digits_and_a_name() -> None:
    institution = care_v1.Institution(institution_id="13800138000", name="第一人民医院")
    request = care_v1.RegisterInstitutionsRequest(institutions=[institution])
    assert _refused(request) is None
