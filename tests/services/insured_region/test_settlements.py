"""Settling and undoing as the insured region decides them, whatever a care region sends."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from clearing.benefits.claim import Fund
from clearing.calendar import Instant
from clearing.errors import Conflict, InvariantBroken, Malformed, NotFound, Rejected
from clearing.messages import DetailedLine, FeeLinesDetailed, JournalHeadPublished
from services.insured_region import commands as desk
from services.insured_region import records as kept
from services.insured_region.bundle_commands import ListBundles
from services.node.day_book import BookedLine
from services.node.records import ParkedRecord
from tests.network_pump import START
from tests.services.insured_region.agency import Agency


def test_a_settlement_moves_the_accumulators_and_is_booked(agency: Agency) -> None:
    decided = agency.settle("s1")
    assert (decided.result, dict(decided.by_fund)) == ("paid", {Fund.POOLED: 1_915_000})
    assert agency.accumulators() != {}
    (line,) = agency.pump.rows(agency.at, BookedLine)
    assert (line.kind, line.payer_region, line.care_region) == ("settlement", "330213", "310000")


def test_a_request_reversed_before_it_came_is_refused(agency: Agency) -> None:
    assert agency.undo("u1", "reversal", target="request of s1").result == "tombstoned"
    assert agency.undo("u2", "reversal", target="request of s1").result == "tombstoned"
    decided = agency.settle("s1")
    assert (decided.result, decided.code) == ("refused", "request_reversed")
    assert (agency.accumulators(), agency.pump.rows(agency.at, kept.Settlement)) == ({}, [])


def test_a_cancellation_reversed_before_it_came_cancels_nothing(agency: Agency) -> None:
    agency.settle("s1")
    assert agency.undo("u1", "reversal", target="request of c1").result == "tombstoned"
    decided = agency.undo("c1", "cancellation", settlement_id="s1")
    assert (decided.result, decided.code) == ("refused", "request_reversed")
    assert agency.state("s1") == "settled"


def test_a_request_after_its_deadline_has_no_effect(agency: Agency) -> None:
    decided = agency.settle("s1", deadline=Instant(START - 1))
    assert (decided.result, decided.code) == ("expired", "deadline_passed")
    assert agency.accumulators() == {}
    assert agency.undo("u1", "reversal", target="request of s1").result == "tombstoned"


def test_a_visit_has_one_live_settlement(agency: Agency) -> None:
    agency.settle("s1")
    before = agency.accumulators()
    decided = agency.settle("s2")
    assert (decided.result, decided.code) == ("refused", "visit_settled")
    assert agency.accumulators() == before
    agency.undo("c1", "cancellation", settlement_id="s1")
    assert agency.settle("s3").result == "paid"


def test_only_its_own_reversal_restores_a_cancelled_settlement(agency: Agency) -> None:
    agency.settle("s1")
    before = agency.accumulators()
    assert agency.undo("c1", "cancellation", settlement_id="s1").result == "undone"
    refused = agency.undo("c2", "cancellation", settlement_id="s1")
    assert (refused.result, refused.code) == ("refused", "settlement_not_live")
    # What was refused did nothing: reversing it restores nothing.
    assert agency.undo("r2", "reversal", target="request of c2").result == "tombstoned"
    assert (agency.state("s1"), agency.accumulators()) == ("cancelled", {})
    assert agency.undo("r1", "reversal", target="request of c1").result == "restored"
    assert (agency.state("s1"), agency.accumulators()) == ("settled", before)
    # A later cancellation is not undone by reversing the first once more.
    agency.undo("c3", "cancellation", settlement_id="s1")
    assert agency.undo("r3", "reversal", target="request of c1").result == "tombstoned"
    assert agency.state("s1") == "cancelled"


def test_reversals_of_what_stands_otherwise(agency: Agency) -> None:
    agency.settle("s1")
    agency.undo("c1", "cancellation", settlement_id="s1")
    refused = agency.undo("r1", "reversal", target="request of s1")
    assert (refused.result, refused.code) == ("refused", "settlement_cancelled")
    agency.settle("s2")
    refused = agency.undo("r2", "reversal", target="request of c1")
    assert (refused.result, refused.code) == ("refused", "visit_settled_anew")
    assert agency.undo("r3", "reversal", target="request of s2").result == "undone"
    assert agency.undo("r4", "reversal", target="request of s2").result == "undone"
    assert agency.accumulators() == {}
    assert len(agency.pump.rows(agency.at, BookedLine)) == 4


def test_every_decision_is_explained_by_the_rules_it_was_made_by(agency: Agency) -> None:
    agency.settle("paid")
    agency.settle("manual", visit_id="v2", records_verified=False)
    agency.settle("barred", visit_id="v3", member_id="nobody")
    for settlement_id, outcome in (("paid", "paid"), ("manual", "manual"), ("barred", "refused")):
        explained = agency.ask(desk.ExplainSettlement("330213", settlement_id))
        assert str(explained.adjudication.outcome) == outcome
        assert explained.adjudication.explanation
    (bundle,) = agency.pump.rows(agency.at, kept.KeptBundle)
    assert bundle.bundle_hash == agency.ask(ListBundles("330213")).bundles[0].policy_bundle
    with pytest.raises(NotFound):
        agency.ask(desk.ExplainSettlement("330213", "none"))


def test_the_rules_of_a_claim_that_only_a_person_decides_are_kept(agency: Agency) -> None:
    agency.settle("manual", records_verified=False)
    assert len(agency.pump.rows(agency.at, kept.KeptBundle)) == 1


def _decision(case_id: object, **changes: object) -> desk.DecideManualCase:
    given: dict[str, object] = {
        "case_id": case_id,
        "by_fund": {Fund.POOLED: 100},
        "additions": {"inpatient/fees": 200},
        "decided_by": "a clerk",
        "reason": "papers seen",
    }
    return desk.DecideManualCase(**{**given, **changes})  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"by_fund": {Fund.POOLED: -1}}, Malformed, "by_fund"),
        ({"by_fund": {Fund.PERSONAL_ACCOUNT: 1}}, Malformed, "by_fund"),
        ({"by_fund": {Fund.POOLED: 4_000_000, Fund.OTHER: 1}}, Rejected, "by_fund"),
        ({"additions": {"inpatient/fees": -1}}, Malformed, "additions"),
        ({"additions": {"inpatient/fees": 2**62}}, Malformed, "additions"),
        ({"case_id": "none"}, NotFound, "case_id"),
    ],
)
def test_a_decision_must_make_sense(
    agency: Agency, changes: dict[str, object], kind: type[Rejected], field: str
) -> None:
    agency.settle("s1", records_verified=False)
    with pytest.raises(kind) as caught:
        agency.do("d1", _decision(**{"case_id": "s1", **changes}))
    assert caught.value.field == field
    assert agency.accumulators() == {}


def test_a_case_is_decided_once_and_then_stands(agency: Agency) -> None:
    agency.settle("s1", records_verified=False)
    (case,) = agency.ask(desk.ListManualCases("330213", "open")).cases
    assert (case.case_id, case.total_fen, case.in_scope_fen) == ("s1", 4_000_000, 3_950_000)
    decided = agency.do("d1", _decision("s1"))
    assert agency.do("d1", _decision("s1")) == decided
    with pytest.raises(Conflict):
        agency.do("d2", _decision("s1", by_fund={}))
    assert agency.accumulators() == {"inpatient/fees": 200}
    for kind, given in (("cancellation", {"settlement_id": "s1"}),
                        ("reversal", {"target": "request of s1"})):  # fmt: skip
        assert agency.undo(f"u-{kind}", kind, **given).code == "manual_case_decided"
    assert agency.state("s1") == "manual"
    assert agency.pump.rows(agency.at, BookedLine) == []
    assert agency.ask(desk.ListManualCases("330213", "open")).cases == ()
    with pytest.raises(Malformed):
        agency.ask(desk.ListManualCases("330213", "lost"))


def test_a_tampered_settlement_is_found_when_it_is_explained(agency: Agency) -> None:
    agency.settle("s1")
    (row,) = agency.pump.rows(agency.at, kept.Settlement)
    agency.pump.put(agency.at, dataclasses.replace(row, by_fund={Fund.POOLED: 1}))
    with pytest.raises(InvariantBroken):
        agency.ask(desk.ExplainSettlement("330213", "s1"))
    assert agency.settle("s2", visit_id="v2").result == "manual"  # the node serves on


def test_what_others_tell_is_kept(agency: Agency) -> None:
    line = DetailedLine(1, "X0001", 10_000, 0, 0, 0, 0, 0, 0, date(2020, 6, 1))
    agency.tell(FeeLinesDetailed("s1", 1, 1, (line,)))
    (details,) = agency.pump.rows(agency.at, kept.LineDetails)
    assert details.lines == (line,)
    head = JournalHeadPublished(date(2020, 6, 10), 5, "aa")
    agency.tell(head)
    agency.tell(head)
    with pytest.raises(AssertionError):  # parked, for people to see
        agency.tell(JournalHeadPublished(date(2020, 6, 10), 5, "bb"))
    (parked,) = agency.pump.rows(agency.at, ParkedRecord)
    assert parked.code == "journal_rewritten"
    assert [row.hash for row in agency.pump.rows(agency.at, kept.JournalHead)] == ["aa"]
