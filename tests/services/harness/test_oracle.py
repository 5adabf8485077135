from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from clearing.benefits.claim import CareType, Fund, HospitalLevel, Scheme
from clearing.calendar import instant_at
from clearing.catalogue import FeeLine
from services.harness.corpus import (
    AccountKey,
    AccountUse,
    Balances,
    FilingAction,
    FilingStep,
    FinalState,
    Institution,
    Member,
    PositionKey,
    Span,
    Story,
    Visit,
    VisitResult,
    YearKey,
)
from services.harness.folder import CorpusFileError
from services.harness.oracle import Oracle
from services.harness.timeline import timeline
from tests.services.harness.corpora import FILING, INSTITUTION, MEMBER, visit
from tests.services.harness.generated import rules

JUNE = PositionKey("330213", "310000", Scheme.RESIDENT, "21", Fund.POOLED, "2020-06")
JULY = replace(JUNE, period="2020-07")
UNDONE = instant_at(date(2020, 7, 1))
AGAIN = instant_at(date(2020, 7, 2))


def passed(
    visits: Iterable[Visit], filings: Iterable[FilingStep] = (FILING,), member: Member = MEMBER
) -> tuple[dict[str, VisitResult], Balances]:
    oracle = Oracle(rules(), [INSTITUTION], [member])
    results = {}
    for event in timeline(filings, visits):
        if isinstance(event, FilingStep):
            oracle.file(event)
            continue
        result = oracle.play(event)
        if result is not None:
            results[result.key] = result
    return results, oracle.balances()


def test_a_referral_to_shanghai() -> None:
    results, balances = passed([visit("v")])
    payment = results["v"].payment
    assert payment is not None
    assert payment.fund_fen == 2_298_000
    assert payment.by_fund == {Fund.POOLED: 2_298_000}
    assert payment.cash_fen == 4_000_000 - 2_298_000
    assert balances.positions == {JUNE: (2_298_000, 1)}
    assert balances.accumulators[YearKey("330213", "t-m1", 2020)]["inpatient/admissions"] == 1


@pytest.mark.parametrize(
    ("story", "state"),
    [(Story.CANCELLED, FinalState.CANCELLED), (Story.REVERSED, FinalState.REVERSED)],
)
def test_what_is_undone_leaves_only_lines(story: Story, state: FinalState) -> None:
    results, balances = passed([visit("v", story=story, undo_at=UNDONE)])
    assert results["v"].state is state
    assert balances.positions == {JUNE: (2_298_000, 1), JULY: (-2_298_000, 1)}
    assert balances.accumulators == {}


def test_a_reversed_cancellation_is_back() -> None:
    story = Story.CANCELLATION_REVERSED
    results, balances = passed([visit("v", story=story, undo_at=UNDONE, again_at=AGAIN)])
    assert results["v"].state is FinalState.SETTLED
    assert balances.positions == {JUNE: (2_298_000, 1), JULY: (0, 2)}
    assert balances.accumulators[YearKey("330213", "t-m1", 2020)]["inpatient/admissions"] == 1


def test_what_was_settled_between_keeps_its_outcome() -> None:
    """The second stay was left to a person because of the first, and stays so."""
    first = visit("v1", story=Story.CANCELLED, undo_at=UNDONE)
    second = visit("v2", settle_at=instant_at(date(2020, 6, 20)))
    results, _ = passed([first, second])
    assert results["v2"].code == "second_admission"
    results, _ = passed([first, visit("v2", settle_at=AGAIN)])
    assert results["v2"].state is FinalState.SETTLED


def test_a_request_that_was_lost_settles_under_the_next_id() -> None:
    results, balances = passed([visit("v", story=Story.REQUEST_LOST)])
    assert results["v"].refusals == ("request_reversed",)
    assert balances.positions == {JUNE: (2_298_000, 1)}


def test_a_voided_line_does_not_count() -> None:
    lines = (
        *visit("v").lines,
        FeeLine(3, "F0015", 10_000, 100_000_000, 10_000),
        FeeLine(4, "X0201", 10_000, 10_000_000, 1_000),
    )
    voiding = replace(visit("v", story=Story.LINE_VOIDED, voided=(3,)), lines=lines)
    results, _ = passed([voiding])
    assert results["v"].cost is not None
    assert results["v"].cost.total_fen == 4_001_000


def test_a_refused_line_is_named_by_its_code() -> None:
    refused = FeeLine(3, "nothing", 10_000, 1_000_000, 100)
    results, _ = passed([visit("v", story=Story.LINE_REFUSED, refused_line=refused)])
    assert results["v"].refusals == ("item_unknown",)
    assert results["v"].state is FinalState.SETTLED


WORKER = Member(
    "w",
    "990100",
    date(1980, 1, 1),
    (Span(Scheme.EMPLOYEE, "active", date(2015, 1, 1), date(2015, 1, 1), date(2026, 12, 31)),),
    account_id="acc",
    account_balance_fen=10_000,
)


def at_the_pharmacy(key: str, hour: int, story: Story = Story.PLAIN) -> Visit:
    day = date(2024, 5, 8)
    undone = instant_at(day, 20) if story is Story.CANCELLED else None
    base = visit(key, story=story, undo_at=undone, account=AccountUse("acc", "990100", own=True))
    return replace(
        base,
        insured_region="990100",
        member_id="w",
        admitted_on=day,
        discharged_on=day,
        settle_at=instant_at(day, hour),
        lines=(FeeLine(1, "X0001", 10_000, 80_000_000, 8_000),),
    )


def test_an_account_gives_what_it_has_and_gets_it_back() -> None:
    visits = [
        replace(one, care_type=CareType.PHARMACY)
        for one in (at_the_pharmacy("p1", 9, Story.CANCELLED), at_the_pharmacy("p2", 10))
    ]
    oracle = Oracle(rules(), [INSTITUTION], [WORKER])
    drawn = {}
    for event in timeline([], visits):
        assert not isinstance(event, FilingStep)
        result = oracle.play(event)
        if result is not None and result.payment is not None:
            drawn[result.key] = result.payment.account_fen
    assert drawn == {"p1": 8_000, "p2": 2_000}
    assert oracle.balances().accounts == {AccountKey("990100", "acc"): 8_000}
    (position,) = oracle.balances().positions.items()
    assert position[0].fund is Fund.PERSONAL_ACCOUNT
    assert position[1] == (2_000, 3)


def test_who_may_not_draw_pays_cash() -> None:
    stranger = replace(WORKER, member_id="x", account_id="", account_balance_fen=0)
    asking = replace(
        at_the_pharmacy("p", 9),
        member_id="x",
        care_type=CareType.PHARMACY,
        account=AccountUse("acc", "990100", own=False),
    )
    oracle = Oracle(rules(), [INSTITUTION], [WORKER, stranger])
    for event in timeline([], [asking]):
        assert not isinstance(event, FilingStep)
        result = oracle.play(event)
    assert result is not None
    assert result.payment is not None
    assert (result.payment.account_fen, result.payment.cash_fen) == (0, 8_000)


@pytest.mark.parametrize(
    "broken",
    [
        replace(visit("v"), institution_id="H0"),
        replace(visit("v"), care_region="999999"),
        replace(visit("v"), lines=()),
        replace(visit("v"), account=AccountUse("other", "330213", own=True)),
        replace(visit("v", story=Story.LINE_VOIDED, voided=(2,))),
        visit("v", story=Story.LINE_REFUSED, refused_line=FeeLine(3, "X0001", 10_000, 0, 0)),
    ],
)
def test_a_visit_that_cannot_be_is_a_broken_corpus(broken: Visit) -> None:
    with pytest.raises(CorpusFileError, match=r"visits\.jsonl: v"):
        passed([broken])


def test_what_is_refused_is_not_undone() -> None:
    nobody = visit("v", member_id="nobody", story=Story.CANCELLED, undo_at=UNDONE)
    with pytest.raises(CorpusFileError, match="nothing to undo"):
        passed([nobody])


@pytest.mark.parametrize(
    "broken",
    [
        replace(FILING, category="holiday"),
        replace(FILING, insured_region="999999"),
        replace(FILING, action=FilingAction.REVOKE, of="none", revoked_on=date(2020, 6, 1)),
    ],
)
def test_a_filing_that_cannot_be_is_a_broken_corpus(broken: FilingStep) -> None:
    with pytest.raises(CorpusFileError, match=r"filings\.jsonl: t-f1"):
        passed([], [broken])


def test_the_level_is_the_institutions() -> None:
    """At a secondary hospital the deductible isn't given: a person decides."""
    secondary = Institution("310000", "H31000001", "上海二院", HospitalLevel.SECONDARY)
    oracle = Oracle(rules(), [secondary], [MEMBER])
    assert oracle.rule(visit("v"), visit("v").settle_at).code == "deductible_not_given"
