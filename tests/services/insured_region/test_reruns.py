"""Re-runs of many members: in small steps, over a crash, and recomputed by whoever verifies."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from clearing.benefits.bundles.bundle_life import BundleAct
from clearing.benefits.bundles.publications import Publication
from clearing.benefits.claim import Fund, Outcome
from clearing.chain import ChainHead
from clearing.errors import Conflict, Malformed, NotFound
from clearing.messages import UndoRequested
from services.insured_region import bundle_commands as desk
from services.insured_region import reruns
from services.insured_region.commands import DecideManualCase, MemberEntry
from services.insured_region.records import KeptBundle, Settlement, YearAccumulators
from services.insured_region.rerun_records import (
    ItemState,
    Rerun,
    RerunChain,
    RerunEntry,
    RerunItem,
)
from services.insured_region.verifying import verify_insured
from services.node.command import Request, RequestMeta
from services.node.day_book import BookedLine
from services.node.machine import NodeMachine
from services.simulator.layout import Layout, Seat
from tests.services.insured_region.rules_desk import (
    NOON_2024,
    REGION,
    SPAN,
    RulesDesk,
    layers,
    raised,
    texts,
)

MARCH = date(2024, 3, 1)
A_VISIT = date(2024, 3, 5)
_POINTS = "          - {where: away, filing: unfiled, value: 20}\n"
_OPEN = "          - {where: away, filing: unfiled, not_given: unfiled_not_said}\n"


def _fault(office: RulesDesk) -> str:
    return office.pump.look(office.at, lambda unit: verify_insured(unit, REGION))[1]


@pytest.fixture
def office() -> Iterator[RulesDesk]:
    opened = RulesDesk()
    yield opened
    assert _fault(opened) == ""
    opened.pump.close()


def _crowd(office: RulesDesk, members: int) -> None:
    """Register members and settle a visit of 500.00 for each: 400.00 at 30 %."""
    born = date(1980, 5, 1)
    names = [f"C{number:03d}" for number in range(members)]
    office.register(*(MemberEntry(name, REGION, born, (), (SPAN,)) for name in names))
    for name in names:
        assert office.visit(f"of {name}", A_VISIT, 50_000, member_id=name) == 12_000


def test_a_rerun_goes_on_where_it_was_when_its_node_is_killed(
    office: RulesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reruns, "CHAINS_A_STEP", 3)
    _crowd(office, 10)
    rerun_id = office.publish(raised(), MARCH).rerun_id
    steps = [(job.state, job.chains) for job in office.reruns()]
    while office.reruns()[0].state == "running":
        office.pump.tick(office.at)
        steps += [(job.state, job.chains) for job in office.reruns()]
        office.pump.restart(office.at)
    assert steps == [
        ("running", 0), ("running", 3), ("running", 6), ("running", 9), ("done", 10),
    ]  # fmt: skip
    (job,) = office.reruns()
    assert (job.settlements, job.reimburse_fen) == (10, 10 * 4_000)
    assert len(office.items(rerun_id)) == 10
    office.pump.tick(office.at)
    assert office.reruns() == (job,)


def test_members_settle_on_while_a_rerun_is_under_way(
    office: RulesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reruns, "CHAINS_A_STEP", 2)
    _crowd(office, 4)
    rerun_id = office.publish(raised(), MARCH).rerun_id
    office.pump.tick(office.at)
    # C000 has been run again, C003 not yet; both come once more, by the new rules: 40 %.
    for name in ("C000", "C003"):
        assert office.visit(f"again {name}", A_VISIT, 10_000, member_id=name) == 4_000
    office.run_all()
    items = office.items(rerun_id)
    assert set(items) == {"of C000", "of C001", "of C002", "of C003", "again C003"}
    assert items["again C003"].remedy == "none"
    with pytest.raises(Conflict, match="chain_moved"):
        office.record(rerun_id, "of C000")
    office.record(rerun_id, "of C003")


def _other_process(office: RulesDesk) -> NodeMachine:
    """Start a second process of the node."""
    world = office.pump.world
    world.layout = Layout({office.at: 2})
    office.pump.restart(office.at)
    world.start(Seat(office.at, 2))
    return world.running[Seat(office.at, 2)].machine


def test_what_another_process_decides_while_rules_are_published_is_decided_anew(
    office: RulesDesk,
) -> None:
    _crowd(office, 1)
    other = _other_process(office)
    asked = [office.delivery(office.asked_for("meanwhile", A_VISIT, 10_000, member_id="C000"))]
    deciding = other.open(asked)
    rerun_id = office.publish(raised(), MARCH).rerun_id
    office.run_all()
    with pytest.raises(Conflict, match="database_moved_on"):
        deciding.commit()
    assert set(office.items(rerun_id)) == {"of C000"}
    other.run(asked)
    settled = office.pump.rows(office.at, Settlement)
    assert {each.settlement_id: sum(each.by_fund.values()) for each in settled} == {
        "of C000": 12_000,  # (500.00 - 100.00) x 30 %
        "meanwhile": 4_000,  # 40 %, by the new rules
    }


def test_what_is_committed_before_rules_are_published_is_in_their_rerun(office: RulesDesk) -> None:
    _crowd(office, 1)
    other = _other_process(office)
    bundle = office.ready(raised())
    asked = desk.PublishBundle(bundle, MARCH, "Ms Lin", "order 7")
    publishing = other.open([Request(asked, RequestMeta("desk", "publish", NOON_2024))])
    assert office.visit("meanwhile", A_VISIT, 10_000, member_id="C000") == 3_000
    publishing.commit()
    office.run_all()
    (job,) = office.reruns()
    assert set(office.items(job.rerun_id)) == {"of C000", "meanwhile"}


def test_publications_close_together_are_worked_off_in_order(office: RulesDesk) -> None:
    _crowd(office, 2)
    first = office.publish(raised("60%"), MARCH).rerun_id
    second = office.publish(raised("70%"), MARCH).rerun_id
    office.run_all()
    # Both were run after the second publication, so both say what it decides: 50 %.
    for rerun_id in (first, second):
        assert {item.new_by_fund[Fund.POOLED] for item in office.items(rerun_id).values()} == {
            20_000
        }
    assert {item.state for item in office.items(first).values()} == {"superseded"}


def test_pages_of_a_rerun(office: RulesDesk) -> None:
    _crowd(office, 5)
    office.visit("february", date(2024, 2, 1), 10_000)
    rerun_id = office.publish(raised(), MARCH).rerun_id
    office.run_all()
    names, after = [], ""
    while True:
        page = office.page(rerun_id, limit=2, after_settlement_id=after, changed_only=True)
        names += [item.settlement_id for item in page.items]
        after = page.next_after
        if not after:
            break
    assert names == [f"of C{number:03d}" for number in range(5)]
    for limit in (-1, 1_001):
        with pytest.raises(Malformed, match="page_size"):
            office.page(rerun_id, limit=limit)
    with pytest.raises(NotFound, match="rerun_unknown"):
        office.page("rerun-9")


def test_a_rerun_is_repeated_only_when_it_is_done(office: RulesDesk) -> None:
    rerun_id = office.publish(raised(), MARCH).rerun_id
    with pytest.raises(Conflict, match="rerun_running"):
        office.repeat(rerun_id)
    office.run_all()
    assert office.repeat(rerun_id) != rerun_id
    office.run_all()
    with pytest.raises(NotFound, match="item_unknown"):
        office.record(rerun_id, "nothing")


def _open_points() -> Any:
    """Return an edition that leaves the points for unfiled care open."""
    policy = texts()["policy.yaml"]
    assert policy.count(_POINTS) == 1
    return layers({"policy.yaml": policy.replace(_POINTS, _OPEN)})


def test_rules_that_leave_it_open_now_ask_for_a_person(office: RulesDesk) -> None:
    office.visit("a", A_VISIT, 50_000)
    rerun_id = office.publish(_open_points(), MARCH).rerun_id
    office.run_all()
    (item,) = office.items(rerun_id).values()
    assert (item.new_outcome, item.new_code) == (Outcome.MANUAL, "unfiled_not_said")
    assert item.remedy == "person"
    with pytest.raises(Conflict, match="nothing_to_record"):
        office.record(rerun_id, "a")


def test_an_open_case_learns_what_the_rules_now_say(office: RulesDesk) -> None:
    office.publish(_open_points(), date(2024, 1, 1))
    assert office.visit("open", A_VISIT, 50_000) == 0
    assert office.visit("decided", A_VISIT, 60_000) == 0
    decision = DecideManualCase(
        "decided", {Fund.POOLED: 7_000}, {"outpatient/resident/payment": 7_000}, "Mr Hu", "papers"
    )
    office.do("decide", decision)
    rerun_id = office.publish(raised(), MARCH).rerun_id
    office.run_all()
    # The decided case stands; the open one comes to 400.00 at 40 %, for the person who decides.
    (item,) = office.items(rerun_id).values()
    assert (item.settlement_id, item.remedy) == ("open", "case")
    assert (item.old_outcome, item.new_by_fund) == (Outcome.MANUAL, {Fund.POOLED: 16_000})
    with pytest.raises(Conflict):
        office.record(rerun_id, "open")


def test_what_was_refused_and_is_paid_now_is_reimbursed_once(office: RulesDesk) -> None:
    strict = texts()["policy.yaml"].replace(
        "exclusions:\n",
        "exclusions:\n  - code: unfiled_excluded\n    when: {filing: unfiled}\n"
        "    source: illustrative\n    zh: 未备案不予支付\n    en: unfiled care isn't paid\n",
    )
    office.publish(layers({"policy.yaml": strict}), date(2024, 1, 1))
    assert office.visit("first try", A_VISIT, 50_000, visit_id="v1") == 0
    assert office.visit("second try", A_VISIT, 50_000, visit_id="v1") == 0
    assert office.visit("other", A_VISIT, 50_000, visit_id="v2") == 0
    rerun_id = office.publish(raised(), MARCH).rerun_id
    office.run_all()
    items = office.items(rerun_id)
    # A visit that was refused twice is one visit; the deductible of 100.00 counts once.
    assert {name: item.difference_fen for name, item in items.items()} == {
        "second try": 16_000,
        "other": 20_000,
    }
    # The hospital settles the other one anew before anybody reimburses it.
    assert office.visit("other anew", A_VISIT, 50_000, visit_id="v2") == 16_000
    with pytest.raises(Conflict):
        office.record(rerun_id, "other")
    again = office.repeat(rerun_id)
    office.run_all()
    assert "other" not in office.items(again)
    office.record(again, "second try")
    decided = office.settle(
        "third try", visit_id="v1", insured_region=REGION, admitted_on=A_VISIT,
        discharged_on=A_VISIT,
    )  # fmt: skip
    assert (decided.result, decided.code) == ("refused", "visit_settled")


def test_a_publication_for_days_to_come_finds_nothing(office: RulesDesk) -> None:
    _crowd(office, 2)
    rerun_id = office.publish(raised(first_day="2024-07-01"), date(2024, 7, 1)).rerun_id
    office.run_all()
    assert office.items(rerun_id) == {}
    assert _counts(office) == (0, 0)


def _counts(office: RulesDesk) -> tuple[int, int]:
    (job,) = office.reruns()
    return job.chains, job.settlements


def test_a_filing_counts_as_it_did_when_it_was_settled(office: RulesDesk) -> None:
    office.visit("a", A_VISIT, 50_000, emergency=True)
    rerun_id = office.publish(raised(), MARCH).rerun_id
    office.run_all()
    (item,) = office.items(rerun_id).values()
    # An emergency loses 10 points: 400.00 at 40 %, now at 50 %.
    assert (item.old_by_fund, item.new_by_fund) == (
        {Fund.POOLED: 16_000},
        {Fund.POOLED: 20_000},
    )


@pytest.fixture(scope="module")
def told() -> Iterator[RulesDesk]:
    """Return a node with a published edition, its re-run, and two corrections recorded."""
    office = RulesDesk()
    office.visit("february", date(2024, 2, 10), 40_000)
    office.visit("march", A_VISIT, 50_000)
    office.visit("april", date(2024, 4, 5), 20_000)
    office.visit("may", date(2024, 5, 5), 30_000)
    rerun_id = office.publish(raised(), MARCH).rerun_id
    office.run_all()
    office.record(rerun_id, "march")
    office.record(rerun_id, "may", through_hospital=True)
    yield office
    office.pump.close()


_TAMPERED: list[tuple[type[Any], dict[str, Any], dict[str, Any], str]] = [
    (KeptBundle, {}, {"canonical": "{}"}, "not what its hash is of"),
    (BundleAct, {"sequence": 3}, {"by": "Mr Hu"}, "its content does not give its hash"),
    (BundleAct, {"sequence": 5}, {"from_on": date(2024, 1, 1)}, "does not give its hash"),
    (ChainHead, {}, {"sequence": 6}, "is missing"),
    (Publication, {"number": 2}, {"from_on": date(2024, 1, 1)}, "publication 2"),
    (Publication, {"number": 2}, {"bundle_hash": "sha256:x"}, "publication 2"),
    (YearAccumulators, {}, {"places": 5}, "places"),
    (Rerun, {}, {"number": 1}, "not that of publication"),
    (Rerun, {}, {"reimburse_fen": 1}, "its sums"),
    (RerunChain, {}, {"entries": ()}, "left out"),
    (RerunChain, {}, {"publications": 1}, "comes out differently"),
    (
        RerunChain,
        {},
        {"entries": (RerunEntry(1, "case", "x"), RerunEntry(2, "settlement", "march"))},
        "left out",
    ),
    (RerunItem, {"settlement_id": "april"}, {"new_by_fund": {Fund.POOLED: 1}}, "differently"),
    (RerunItem, {"settlement_id": "april"}, {"old_by_fund": {Fund.POOLED: 1}}, "differently"),
    (RerunItem, {"settlement_id": "april"}, {"state": ItemState.RECORDED}, ""),
    (RerunItem, {"settlement_id": "march"}, {"state": ItemState.OPEN}, "accumulators"),
    (RerunItem, {"settlement_id": "march"}, {"recorded_by": ""}, "who recorded it"),
    (RerunItem, {"settlement_id": "march"}, {"by_fund": {Fund.POOLED: 1}}, "not the difference"),
    (RerunItem, {"settlement_id": "march"}, {"additions": {}}, "accumulators"),
    (RerunItem, {"settlement_id": "march"}, {"settlement_id": "other"}, ""),
    (RerunItem, {"settlement_id": "may"}, {"correction_id": ""}, "the correction it is of"),
    (RerunItem, {"settlement_id": "march"}, {"correction_id": "cor-0"}, "line in the day's book"),
    (BookedLine, {"kind": "correction"}, {"by_fund": {Fund.POOLED: 1}}, "its correction says"),
    (BookedLine, {"kind": "correction"}, {"total_fen": 1}, "its correction says"),
    (BookedLine, {"kind": "correction"}, {"original_line_id": "march"}, "not linked"),
    (BookedLine, {"kind": "correction"}, {"settlement_id": "april"}, "the correction it is of"),
]


@pytest.mark.parametrize(("record", "where", "changes", "named"), _TAMPERED)
def test_a_tampered_row_is_found(
    told: RulesDesk, record: type[Any], where: dict[str, Any], changes: dict[str, Any], named: str
) -> None:
    row = next(
        row
        for row in told.pump.rows(told.at, record)
        if all(getattr(row, name) == value for name, value in where.items())
    )
    assert _fault(told) == ""
    told.pump.put(told.at, dataclasses.replace(row, **changes))
    try:
        fault = _fault(told)
    finally:
        told.pump.put(told.at, row)
        if record is RerunItem and "settlement_id" in changes:
            _delete(told, RerunItem, row.rerun_id, changes["settlement_id"])
    assert fault
    assert named in fault


@pytest.mark.parametrize("record", [BundleAct, Publication, Rerun, RerunChain, RerunItem])
def test_a_deleted_row_is_found(told: RulesDesk, record: type[Any]) -> None:
    for row in told.pump.rows(told.at, record):
        key = next(
            tuple(getattr(row, name) for name in names)
            for names in (
                ("rerun_id", "member_id", "benefit_year"),
                ("rerun_id", "settlement_id"),
                ("rerun_id",),
                ("sequence",),
                ("number",),
            )
            if all(hasattr(row, name) for name in names)
            and (record is not RerunItem or "settlement_id" in names)
        )
        _delete(told, record, *key)
        assert _fault(told)
        told.pump.put(told.at, row)
        assert _fault(told) == ""


def _delete(office: RulesDesk, record: type[Any], *key: Any) -> None:
    office.pump.delete(office.at, record, *key)


def test_a_restored_visit_has_moved_its_year_on(office: RulesDesk) -> None:
    """It was cancelled when the year was run again; the cap has no room for both."""
    months = {"march": 50_000, "april": 80_000, "may": 100_000}
    for number, (name, in_scope_fen) in enumerate(months.items(), 3):
        office.visit(name, date(2024, number, 5), in_scope_fen)
    assert office.undo("cancelled", "cancellation", settlement_id="april").result == "undone"
    rerun_id = office.publish(raised(), MARCH).rerun_id
    office.run_all()
    restored = office.undo("restored", "reversal", target="request of cancelled")
    assert restored.result == "restored"
    before = office.used()
    for name in ("march", "may"):
        with pytest.raises(Conflict, match="chain_moved"):
            office.record(rerun_id, name)
    assert office.used() == before
    again = office.repeat(rerun_id)
    office.run_all()
    assert set(office.items(again)) == set(months)
    office.record(again, "march")


def test_a_correction_and_a_cancellation_at_once_are_not_both_done(office: RulesDesk) -> None:
    """The cap was used up: what is cancelled added nothing, so it moves no accumulator."""
    for number, in_scope_fen in enumerate((80_000, 100_000, 100_000), 3):
        office.visit(f"of {number}", date(2024, number, 5), in_scope_fen)
    assert office.visit("june", date(2024, 6, 5), 20_000) == 0
    office.undo("gone", "reversal", target="request of of 3")
    rerun_id = office.publish(raised(first_day="2024-06-01"), date(2024, 6, 1)).rerun_id
    office.run_all()
    other = _other_process(office)
    cancelled = UndoRequested(
        "u1", "cancellation", "H1", "310000", "M1", REGION, "t", "request of u1", "june"
    )
    cancelling = other.open([office.delivery(cancelled)])
    recorded = office.record(rerun_id, "june")
    assert recorded.difference_fen > 0
    with pytest.raises(Conflict, match="database_moved_on"):
        cancelling.commit()
    assert office.undo("u2", "cancellation", settlement_id="june").code == "correction_recorded"
