"""Circumstances of a visit reach the decision, the record and its seal."""

from __future__ import annotations

from datetime import date

from clearing.benefits.claim import Cause, Circumstances, Delivery
from services.insured_region import records as kept
from services.insured_region.seal import seal_of
from tests.services.insured_region.agency import Agency


def settlement(agency: Agency) -> kept.Settlement:
    (row,) = agency.pump.rows(agency.at, kept.Settlement)
    return row


def test_a_birth_is_a_manual_case_that_names_the_flat_amount(agency: Agency) -> None:
    born = Circumstances(delivery=Delivery.CAESAREAN, delivered_on=date(2020, 6, 2))
    decided = agency.settle("s1", circumstances=born)
    assert (decided.result, decided.code) == ("manual", "maternity_quota")
    assert "2000.00" in decided.message_zh
    assert "2020-12-02" in decided.message_en
    (case,) = agency.pump.rows(agency.at, kept.ManualCase)
    assert case.state is kept.CaseState.OPEN
    assert agency.accumulators() == {}


def test_circumstances_stand_on_the_record_under_its_seal(agency: Agency) -> None:
    told = Circumstances(cause=Cause.INJURY, special_disease=True)
    decided = agency.settle("s1", circumstances=told)
    assert (decided.result, decided.deductible_fen) == ("paid", 0)
    assert "prepayment_audit" in decided.flags
    row = settlement(agency)
    assert row.circumstances == told
    assert row.seal == seal_of(row)


def test_a_third_party_leaves_the_case_to_a_person(agency: Agency) -> None:
    decided = agency.settle("s1", circumstances=Circumstances(cause=Cause.THIRD_PARTY_ABSENT))
    assert (decided.result, decided.code) == ("manual", "third_party_not_given")
    assert settlement(agency).recoverable_fen == 0
