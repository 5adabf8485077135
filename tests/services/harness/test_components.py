from __future__ import annotations

import random
from dataclasses import replace

import pytest

from clearing.calendar import Instant
from services.harness.components import components_of
from services.harness.corpus import AccountUse, Visit
from services.harness.folder import CorpusFileError
from tests.services.harness.corpora import FILING, visit

SHARED = AccountUse("t-a1", "330213", own=False)


def at(key: str, member_id: str, when: int, account: AccountUse | None = None) -> Visit:
    return visit(key, member_id=member_id, settle_at=Instant(when), account=account)


VISITS = [
    at("a1", "a", 10),
    at("b1", "b", 11),
    at("a2", "a", 12, SHARED),
    at("c1", "c", 13, SHARED),
    at("b2", "b", 14),
    at("d1", "d", 15, AccountUse("t-a1", "440700", own=False)),
]


def grouped(visits: list[Visit]) -> list[list[str]]:
    found = components_of(enumerate(visits), [])
    return [[visits[offset].key for offset in one.offsets] for one in found]


def test_who_shares_an_account_is_one_component() -> None:
    assert grouped(VISITS) == [["a1", "a2", "c1"], ["b1", "b2"], ["d1"]]


def test_the_order_of_the_file_does_not_matter() -> None:
    shuffled = list(VISITS)
    for seed in range(20):
        random.Random(seed).shuffle(shuffled)
        assert grouped(shuffled) == grouped(VISITS)


def test_filings_go_with_their_member_and_may_stand_alone() -> None:
    steps = [replace(FILING, member_id="b", at=Instant(1)), replace(FILING, member_id="z")]
    found = components_of(enumerate(VISITS), steps)
    assert [VISITS[one.offsets[0]].key if one.offsets else "" for one in found] == [
        *("b1", "a1", "d1", "")
    ]
    assert found[0].starts_at == 1
    assert [step.member_id for step in found[0].filings] == ["b"]


def test_a_key_stands_once() -> None:
    with pytest.raises(CorpusFileError, match="a1"):
        components_of(enumerate([VISITS[0], VISITS[0]]), [])
