"""The rules desk: submitting, checking, signing off and publishing bundles of a region."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from clearing.benefits.bundles.publications import Publication
from clearing.benefits.claim import CareType, Filing, HospitalLevel, Scheme
from clearing.benefits.loading import policy_from_canonical
from clearing.enrolment.spans import EnrolmentSpan
from clearing.errors import Conflict, Malformed, NotFound, Rejected, RequestIdReused, YidiError
from clearing.messages import CostSplit
from services.insured_region import bundle_commands as desk
from services.insured_region.bundle_check import BundleReader
from services.insured_region.commands import (
    Adjudicate,
    ClaimEntry,
    ExplainSettlement,
    MemberEntry,
    QuoteClaim,
    VisitFacts,
)
from services.insured_region.records import RuleLayer, RuleText, Settlement
from services.insured_region.verifying import verify_insured
from services.simulator.layout import Layout, Seat
from services.simulator.plans import books, insured_plan
from tests.services.insured_region.rules_desk import (
    NOON_2024,
    REGION,
    RulesDesk,
    layers,
    raised,
    texts,
)

MARCH = date(2024, 3, 1)
A_VISIT = date(2024, 3, 5)


@pytest.fixture
def office() -> Iterator[RulesDesk]:
    opened = RulesDesk()
    yield opened
    assert opened.pump.look(opened.at, lambda unit: verify_insured(unit, REGION))[1] == ""
    opened.pump.close()


def _states(office: RulesDesk) -> dict[str, str]:
    bundles = office.ask(desk.ListBundles(REGION)).bundles
    return {bundle.policy_bundle: bundle.state for bundle in bundles}


def _refused(office: RulesDesk, payload: Any, request_id: str = "") -> YidiError:
    with pytest.raises(YidiError) as caught:
        office.do(request_id or office.fresh("refused"), payload)
    return caught.value


def test_a_bundle_walks_from_draft_to_being_in_force(office: RulesDesk) -> None:
    (configured,) = office.ask(desk.ListBundles(REGION)).bundles
    assert (configured.state, configured.acts) == ("published", ())  # nothing decided yet
    bundle = office.submit(raised())
    seen = []
    for payload in (
        desk.CheckBundle(bundle, "Ms Lin"),
        desk.SignOffBundle(bundle, "Mr Wu", "read"),
        desk.PublishBundle(bundle, MARCH, "Ms Lin", "order 7"),
    ):
        office.do(office.fresh("step"), payload)
        seen.append(_states(office)[bundle])
    assert seen == ["checked", "signed_off", "published"]
    first, second = office.ask(desk.ListBundles(REGION)).bundles
    assert (first.policy_bundle, first.publications[0].from_on) == (bundle, MARCH)
    assert [(act.kind, act.by) for act in first.acts] == [
        ("submitted", "Ms Lin"),
        ("checked", "Ms Lin"),
        ("signed_off", "Mr Wu"),
        ("published", "Ms Lin"),
    ]
    assert (second.state, second.publications[0].superseded_from_on) == ("superseded", MARCH)
    assert [act.kind for act in second.acts] == ["configured"]


def test_each_step_waits_for_the_one_before(office: RulesDesk) -> None:
    bundle = office.submit(raised())
    assert office.submit(raised(), "Mr Wu") == bundle  # a draft may come again
    sign, publish = (
        desk.SignOffBundle(bundle, "Ms Lin", "read"),
        desk.PublishBundle(bundle, MARCH, "Ms Lin", "order 7"),
    )
    assert _refused(office, sign).code == "bundle_not_checked"
    assert _refused(office, publish).code == "bundle_not_checked"
    office.do("check", desk.CheckBundle(bundle, "Ms Lin"))
    assert _refused(office, desk.SubmitBundle("Mr Hu", raised())).code == "already_submitted"
    assert _refused(office, publish).code == "bundle_not_signed_off"
    same = _refused(office, desk.SignOffBundle(bundle, "Mr Wu", "read"))
    assert (same.code, same.field) == ("same_person", "by")
    office.do("sign", sign)
    # What a refusal depended on has come about: the same request id goes through now.
    office.do("publish", publish)
    assert _refused(office, publish, "again").code == "already_published"
    assert _refused(office, desk.CheckBundle(bundle, "Ms Lin")).code == "already_published"
    unknown = _refused(office, desk.CheckBundle("sha256:none", "Ms Lin"))
    assert (type(unknown), unknown.code) == (NotFound, "bundle_unknown")


def test_a_request_that_comes_twice_is_carried_out_once(office: RulesDesk) -> None:
    bundle = office.ready(raised())
    publish = desk.PublishBundle(bundle, MARCH, "Ms Lin", "order 7")
    first = office.do("publish", publish)
    assert office.do("publish", publish) == first
    assert len(office.reruns()) == 1
    other = _refused(office, desk.PublishBundle(bundle, A_VISIT, "Ms Lin", "order 7"), "publish")
    assert isinstance(other, RequestIdReused)


def test_a_check_that_finds_something_keeps_it_a_draft(office: RulesDesk) -> None:
    (layer,) = raised()
    marked = [
        RuleText(file.name, file.text + "# a finding\n") if file.name == "policy.yaml" else file
        for file in layer.files
    ]
    bundle = office.submit((RuleLayer(tuple(marked), REGION),))
    checked = office.do("check", desk.CheckBundle(bundle, "Ms Lin"))
    (finding,) = checked.findings
    assert (finding.file, finding.line, finding.code) == (f"{REGION}/policy.yaml", 1, "marked")
    assert checked.bundle.state == "draft"
    sign = desk.SignOffBundle(bundle, "Mr Wu", "read")
    assert _refused(office, sign).code == "bundle_not_checked"
    # The comment is taken out: the same content, so the same draft comes again.
    assert office.submit(raised()) == bundle
    assert office.do("check-2", desk.CheckBundle(bundle, "Ms Lin")).findings == ()


def test_texts_with_defects_are_no_draft_and_all_defects_are_told(office: RulesDesk) -> None:
    wrong = layers(
        {
            "outpatient.yaml": texts()["outpatient.yaml"].replace("value: 60%", "value: 160%"),
            "pharmacy.yaml": texts()["pharmacy.yaml"].replace("value: 40%", "valeu: 40%"),
        }
    )
    error = _refused(office, desk.SubmitBundle("Ms Lin", wrong))
    assert isinstance(error, Malformed)
    assert (error.code, error.field) == ("rule_data", "layers")
    told = error.message_en.splitlines()
    assert any(line.startswith(f"{REGION}/outpatient.yaml:") for line in told)
    assert any(line.startswith(f"{REGION}/pharmacy.yaml:") for line in told)
    assert len(_states(office)) == 1


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ((), "layer_missing", "layers"),
        ((RuleLayer((RuleText("a", ""), RuleText("a", "")), REGION),), "given_twice",
         "layers[0].files[1].name"),
        ((RuleLayer((RuleText("a", "x" * (1 << 20) + "x"),), REGION),), "text_too_long",
         "layers[0].files[0].text"),
    ],
)  # fmt: skip
def test_a_submission_that_cannot_be_read(
    office: RulesDesk, given: tuple[RuleLayer, ...], code: str, field: str
) -> None:
    error = _refused(office, desk.SubmitBundle("Ms Lin", given))
    assert (type(error), error.code, error.field) == (Malformed, code, field)


def test_the_rules_in_force_are_not_submitted_again(office: RulesDesk) -> None:
    error = _refused(office, desk.SubmitBundle("Ms Lin", layers()))
    assert (type(error), error.code) == (Conflict, "already_published")


def test_a_bundle_that_forgets_members_is_not_published(office: RulesDesk) -> None:
    region = texts()["region.yaml"]
    more = layers(
        {"region.yaml": region + "resident_categories: [adult, student]\n", **_students()}
    )
    office.publish(more, MARCH)
    span = EnrolmentSpan(
        Scheme.RESIDENT, "student", date(2024, 1, 1), date(2024, 12, 31), date(2023, 11, 1)
    )
    office.register(MemberEntry("M2", REGION, date(2010, 5, 1), (), (span,)))
    bundle = office.ready(raised())
    error = _refused(office, desk.PublishBundle(bundle, MARCH, "Ms Lin", "order 8"))
    assert (type(error), error.code) == (Rejected, "categories_dropped")
    assert "student" in error.message_en


def _students() -> dict[str, str]:
    """Return the files whose tables name categories, with students beside adults."""
    named = {name: text for name, text in texts().items() if "category: adult" in text}
    return {
        name: text.replace("category: adult", "category: [adult, student]")
        for name, text in named.items()
    }


def _quote(office: RulesDesk, on: date) -> Any:
    cost = CostSplit(50_000, 0, 0, 0, 50_000)
    facts = VisitFacts(
        "M1", "310000", HospitalLevel.TERTIARY, CareType.OUTPATIENT, on, on, False, False, False,
        cost,
    )  # fmt: skip
    return office.ask(QuoteClaim(REGION, facts, NOON_2024))


def _claim(on: date) -> Adjudicate:
    entry = ClaimEntry(
        REGION, Scheme.RESIDENT, "adult", date(1980, 5, 1), "310000", HospitalLevel.TERTIARY,
        CareType.OUTPATIENT, on, on, Filing.UNFILED, cost=CostSplit(50_000, 0, 0, 0, 50_000),
    )  # fmt: skip
    return Adjudicate(entry, {})


def test_everything_is_decided_by_the_bundle_of_its_day_also_after_a_restart(
    office: RulesDesk,
) -> None:
    before = office.ask(desk.ListBundles(REGION)).bundles[0].policy_bundle
    bundle = office.publish(raised(), MARCH).bundle.policy_bundle
    # 500.00 less the deductible of 100.00: at 30 % before March, at 40 % from March on.
    expected = {date(2024, 2, 29): (before, 12_000), MARCH: (bundle, 16_000)}
    for restarted in (False, True):
        if restarted:
            office.pump.restart(office.at)
        for day, (decides, fund_fen) in expected.items():
            for decision in (_quote(office, day), office.ask(_claim(day))):
                assert decision.policy_bundle == decides
                assert decision.payment.fund_fen == fund_fen


def test_a_settlement_stays_explained_by_the_rules_it_was_decided_by(office: RulesDesk) -> None:
    assert office.visit("before", A_VISIT, 50_000) == 12_000
    office.publish(raised(), MARCH)
    assert office.visit("after", A_VISIT, 50_000) == 20_000  # the deductible is used up
    office.pump.restart(office.at)
    explained = {
        name: office.ask(ExplainSettlement(REGION, name)).adjudication
        for name in ("before", "after")
    }
    rows = {row.settlement_id: row for row in office.pump.rows(office.at, Settlement)}
    for name, adjudication in explained.items():
        assert adjudication.policy_bundle == rows[name].policy_bundle
        assert adjudication.payment.by_fund == rows[name].by_fund
    assert rows["before"].policy_bundle != rows["after"].policy_bundle


def test_rules_that_were_superseded_can_be_brought_back(office: RulesDesk) -> None:
    before = office.ask(desk.ListBundles(REGION)).bundles[0].policy_bundle
    bundle = office.publish(raised(), MARCH).bundle.policy_bundle
    assert office.publish(layers(), MARCH).bundle.policy_bundle == before
    assert _states(office) == {before: "published", bundle: "superseded"}
    assert _quote(office, A_VISIT).policy_bundle == before


def test_a_bundle_is_shown_whole(office: RulesDesk) -> None:
    bundle = office.submit(raised())
    content = office.ask(desk.GetBundle(REGION, bundle))
    assert policy_from_canonical(content.canonical).bundle_hash == bundle
    assert content.layers == raised()
    with pytest.raises(NotFound):
        office.ask(desk.GetBundle(REGION, "sha256:none"))


def test_what_a_node_is_started_with_never_overrides_what_was_published(
    office: RulesDesk,
) -> None:
    office.visit("early", date(2024, 2, 10), 10_000)
    bundle = office.publish(raised(), MARCH).bundle.policy_bundle
    # The folder says 70 % now; the node is started anew.
    other = BundleReader(books().shared_texts()).policy(raised("70%", "2024-01-01"), REGION)
    office.pump.restart(office.at, insured_plan(REGION, policy=other))
    assert _quote(office, A_VISIT).policy_bundle == bundle
    assert _quote(office, date(2024, 2, 29)).policy_bundle == other.bundle_hash
    assert office.visit("late", date(2024, 2, 29), 10_000) == 5_000  # 70 % less 20 points
    listed = office.ask(desk.ListBundles(REGION)).bundles
    assert [(b.state, len(b.publications)) for b in listed] == [
        ("published", 1),
        ("superseded", 1),  # from March on
        ("superseded", 1),  # by the newer folder, wholly
    ]
    assert listed[1].policy_bundle == other.bundle_hash
    assert office.ask(ExplainSettlement(REGION, "early")).adjudication.illustrative


def test_processes_of_two_configurations_do_not_take_turns_with_the_rules(
    office: RulesDesk,
) -> None:
    """A node is upgraded one process after the other: what came last decides in both."""
    world = office.pump.world
    world.layout = Layout({office.at: 2})
    office.pump.restart(office.at)
    old = world.running[Seat(office.at)].machine
    policy = BundleReader(books().shared_texts()).policy(raised("70%", "2024-01-01"), REGION)
    world.plans[office.at] = insured_plan(REGION, policy=policy)
    world.start(Seat(office.at, 2))
    new = world.running[Seat(office.at, 2)].machine
    for number, machine in enumerate([old, old, new, old, new, old, old, new]):
        asked = office.asked_for(f"visit {number}", A_VISIT, 10_000)
        machine.run([office.delivery(asked, NOON_2024)])
    settled = sorted(office.pump.rows(office.at, Settlement), key=lambda row: row.settlement_id)
    assert [row.policy_bundle for row in settled[2:]] == [policy.bundle_hash] * 6
    assert settled[0].policy_bundle == settled[1].policy_bundle != policy.bundle_hash
    assert len(office.pump.rows(office.at, Publication)) == 2
    # Only who starts anew with the old ones takes them for the newer.
    world.plans[office.at] = insured_plan(REGION)
    office.pump.restart(office.at)
    office.visit("back", A_VISIT, 10_000)
    assert len(office.pump.rows(office.at, Publication)) == 3
