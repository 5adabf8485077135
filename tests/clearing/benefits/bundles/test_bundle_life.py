"""Whatever people try, in whatever order: a bundle in force was checked and seen by two."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from clearing.benefits.bundles.bundle_life import (
    ActKind,
    BundleAct,
    BundleState,
    Life,
    after,
    check_act,
    life_of,
)
from clearing.calendar import Instant
from clearing.errors import Conflict, Malformed, Rejected

PEOPLE = st.sampled_from(["Lin", "Wu", "Hu"])
A_DAY = date(2024, 3, 1)


def act(kind: ActKind, by: str = "Lin") -> BundleAct:
    from_on = A_DAY if kind is ActKind.PUBLISHED else None
    return BundleAct(0, "sha256:a", kind, by, "why", Instant(0), from_on)


class Desk(RuleBasedStateMachine):
    """People doing things to one bundle; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.acts: list[BundleAct] = []
        self.life = Life()
        # What the road must have been, told without the code under test.
        self.submitter = ""
        self.passed_check = False
        self.signer = ""

    @rule(kind=st.sampled_from(ActKind), by=PEOPLE)
    def somebody_tries(self, kind: ActKind, by: str) -> None:
        asked = act(kind, by)
        try:
            self.life = after(self.life, asked)
        except Rejected:
            return
        except Conflict:
            return
        self.acts.append(asked)
        if kind is ActKind.SUBMITTED:
            self.submitter, self.passed_check, self.signer = by, False, ""
        elif kind in (ActKind.CHECKED, ActKind.CHECK_FAILED):
            assert self.submitter
            assert not self.signer
            self.passed_check = kind is ActKind.CHECKED
        elif kind is ActKind.SIGNED_OFF:
            assert self.passed_check
            assert by != self.submitter
            self.signer = by
        elif kind is ActKind.PUBLISHED:
            assert self.signer
            assert self.signer != self.submitter
            self.submitter, self.passed_check, self.signer = "", False, ""

    @invariant()
    def the_acts_alone_tell_the_life(self) -> None:
        assert life_of(self.acts) == self.life

    @invariant()
    def only_the_first_act_can_put_rules_in_force_unseen(self) -> None:
        if self.life.state is BundleState.SIGNED_OFF:
            assert self.life.signed_off_by == self.signer != self.life.submitted_by


TestDesk = Desk.TestCase


@pytest.mark.parametrize(
    ("done", "asked", "code"),
    [
        ([], ActKind.CHECKED, "bundle_unknown"),
        ([], ActKind.PUBLISHED, "bundle_unknown"),
        ([ActKind.SUBMITTED], ActKind.SIGNED_OFF, "bundle_not_checked"),
        ([ActKind.SUBMITTED], ActKind.PUBLISHED, "bundle_not_checked"),
        ([ActKind.SUBMITTED, ActKind.CHECK_FAILED], ActKind.SIGNED_OFF, "bundle_not_checked"),
        ([ActKind.SUBMITTED, ActKind.CHECKED], ActKind.PUBLISHED, "bundle_not_signed_off"),
        ([ActKind.SUBMITTED, ActKind.CHECKED], ActKind.SUBMITTED, "already_submitted"),
        ([ActKind.CONFIGURED], ActKind.CHECKED, "already_published"),
        ([ActKind.CONFIGURED], ActKind.SIGNED_OFF, "already_published"),
    ],
)
def test_what_comes_too_early_or_too_late_is_a_conflict(
    done: list[ActKind], asked: ActKind, code: str
) -> None:
    life = life_of([act(kind) for kind in done])
    with pytest.raises(Conflict) as caught:
        check_act(life, asked, "Wu")
    assert caught.value.code == code


def test_after_the_signature_nothing_is_checked_or_signed_again() -> None:
    life = life_of([act(ActKind.SUBMITTED), act(ActKind.CHECKED), act(ActKind.SIGNED_OFF, "Wu")])
    for kind in (ActKind.CHECKED, ActKind.SIGNED_OFF, ActKind.SUBMITTED):
        with pytest.raises(Conflict, match="already_signed_off"):
            check_act(life, kind, "Hu")


def test_who_submits_does_not_sign_off() -> None:
    life = life_of([act(ActKind.SUBMITTED), act(ActKind.CHECKED)])
    for name in ("Lin", "lin", " L in "):
        with pytest.raises(Rejected, match="same_person"):
            check_act(life, ActKind.SIGNED_OFF, name)
    with pytest.raises(Malformed, match="field_missing"):
        check_act(life, ActKind.SIGNED_OFF, " ")
    check_act(life, ActKind.SIGNED_OFF, "Wu")


def test_a_check_that_finds_something_takes_an_earlier_one_back() -> None:
    acts = [act(ActKind.SUBMITTED), act(ActKind.CHECKED), act(ActKind.CHECK_FAILED)]
    assert life_of(acts).state is BundleState.DRAFT


def test_rules_that_were_superseded_may_take_the_road_again() -> None:
    whole = [
        act(ActKind.SUBMITTED),
        act(ActKind.CHECKED),
        act(ActKind.SIGNED_OFF, "Wu"),
        act(ActKind.PUBLISHED),
    ]
    assert life_of(whole).state is BundleState.PUBLISHED
    assert life_of([*whole, act(ActKind.SUBMITTED, "Hu")]) == Life(BundleState.DRAFT, "Hu")
    assert life_of(whole + whole).state is BundleState.PUBLISHED
